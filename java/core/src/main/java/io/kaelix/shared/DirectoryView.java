// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import io.kaelix.KaelixException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory as those have it who do not take part: figures of it, and where its processes write their counters. Nobody waits for them.
 *
 * <p>A process that writes counters leaves a link to them in each directory that it is in, named after the file that it leads to. Links go
 * with their process, or, if that died, with the next one that comes, or with the directory.
 *
 * <p><b>Threads</b>: any.
 */
public final class DirectoryView {

    static final String COUNTERS = "counters-";

    private final Path folder;
    private final ControlFile control;

    private DirectoryView(final Path folder, final ControlFile control) {
        this.folder = folder;
        this.control = control;
    }

    /** Whether a folder is a directory that was launched. */
    public static boolean isDirectory(final Path folder) {
        return Files.isRegularFile(folder.resolve(SharedDirectory.CONTROL), LinkOption.NOFOLLOW_LINKS);
    }

    /** @throws KaelixException if it cannot be read, is none, or of another version */
    public static DirectoryView open(final Path folder) {
        return new DirectoryView(folder, ControlFile.openForReading(folder.resolve(SharedDirectory.CONTROL)));
    }

    /** Where it lies. */
    public Path folder() {
        return folder;
    }

    /** What is in it now. */
    public DirectoryFigures figures() {
        return control.figures();
    }

    /** Files of counters of its processes, in the order of their names; some may be dead. */
    public static List<Path> counterFiles(final Path folder) {
        final List<Path> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (final Path link : files.filter(DirectoryView::isLink).sorted().toList()) {
                found.add(Files.readSymbolicLink(link));
            }
            return found;
        } catch (final IOException e) {
            throw new KaelixException("cannot read the directory " + folder + ": " + e, e);
        }
    }

    private static boolean isLink(final Path file) {
        return file.getFileName().toString().startsWith(COUNTERS) && Files.isSymbolicLink(file);
    }

    /**
     * Tells in a directory where a process writes its counters.
     *
     * @return what is to be removed when it does no more
     */
    public static Path note(final Path folder, final Path counterFile) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (final Path link : files.filter(DirectoryView::isLink).toList()) {
                if (!Files.exists(link)) {
                    Files.deleteIfExists(link);
                }
            }
        }
        final Path link = folder.resolve(COUNTERS + counterFile.getFileName());
        try {
            return Files.createSymbolicLink(link, counterFile.toAbsolutePath());
        } catch (final FileAlreadyExistsException e) {
            // Of a process that had the same id, in another folder.
            Files.deleteIfExists(link);
            return Files.createSymbolicLink(link, counterFile.toAbsolutePath());
        }
    }
}
