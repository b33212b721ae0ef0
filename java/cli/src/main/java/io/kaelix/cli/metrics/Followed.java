// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.metrics;

import io.kaelix.KaelixException;
import io.kaelix.cli.top.Watched;
import io.kaelix.telemetry.CounterReader;
import io.kaelix.telemetry.Readings;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * Readings of one process; if it was not named, of the one that runs, and when that has ended, of the next one.
 *
 * <p><b>Threads</b>: any, one at a time.
 */
public final class Followed implements Supplier<Readings>, AutoCloseable {

    private final Path folder;
    private final boolean named;
    private CounterReader reader;

    private Followed(final Path folder, final CounterReader reader) {
        this.folder = folder;
        this.reader = reader;
        named = reader != null;
    }

    /** The process of a counter file. */
    public static Followed of(final Path file) {
        return new Followed(file.toAbsolutePath().getParent(), CounterReader.open(file));
    }

    /** Whichever process is the only one that writes to a folder, now or later. */
    public static Followed in(final Path folder) {
        return new Followed(folder, null);
    }

    /** What it tells, which may say that it has ended; null if there is none, or more than one. */
    @Override
    public synchronized Readings get() {
        if (reader != null) {
            try {
                final Readings readings = reader.snapshot();
                if (named || readings.alive()) {
                    return readings;
                }
            } catch (final KaelixException unreadable) {
                if (named) {
                    throw unreadable;
                }
            }
            close();
        }
        final List<Watched.Running> running = Watched.running(folder);
        if (running.size() != 1) {
            return null;
        }
        reader = CounterReader.open(running.getFirst().file());
        return reader.snapshot();
    }

    @Override
    public synchronized void close() {
        if (reader != null) {
            reader.close();
            reader = named ? reader : null;
        }
    }
}
