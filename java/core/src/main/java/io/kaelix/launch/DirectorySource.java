// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.shared.DirectoryFigures;
import io.kaelix.shared.DirectoryView;
import io.kaelix.telemetry.CounterFile;
import io.kaelix.telemetry.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The directory by which a streamer is shared: what is in it; and in it, where the counters of this process are. */
final class DirectorySource implements Source {

    private static final System.Logger LOGGER = System.getLogger(DirectorySource.class.getName());

    private final DirectoryView directory;
    private final String owner;
    private final CounterTable table;
    /** Null if there is none. */
    private final Path link;

    DirectorySource(final Path folder, final CounterFile file) {
        this.directory = DirectoryView.open(folder);
        this.owner = folder.toString();
        this.table = new CounterTable(file);
        this.link = note(folder, file);
    }

    private static Path note(final Path folder, final CounterFile file) {
        try {
            return file.isOpen() ? DirectoryView.note(folder, file.path()) : null;
        } catch (final IOException e) {
            LOGGER.log(System.Logger.Level.WARNING, "tools do not find the counters of this process by " + folder + ": " + e);
            return null;
        }
    }

    @Override
    public String name() {
        return "directory";
    }

    @Override
    public void collect() {
        final DirectoryFigures figures = directory.figures();
        final CounterTable.Row row = table.row(owner);
        row.set(Metric.DIRECTORY_PROCESSES, figures.processes().size());
        row.set(Metric.DIRECTORY_LANES, figures.lanes());
        row.set(Metric.DIRECTORY_BYTES, figures.bytes());
        row.set(Metric.DIRECTORY_RECLAIMED_LANES, figures.endedLanes());
        row.set(Metric.DIRECTORY_RECLAIMED_SLOTS, figures.freedSlots());
        row.set(Metric.DIRECTORY_RESUMED_LANES, figures.resumedLanes());
        table.endRound();
    }

    @Override
    public void close() {
        try {
            table.close();
        } finally {
            removeLink();
        }
    }

    private void removeLink() {
        try {
            if (link != null) {
                Files.deleteIfExists(link);
            }
        } catch (final IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "goes with the directory: " + link, e);
        }
    }
}
