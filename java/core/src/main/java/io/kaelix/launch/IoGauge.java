// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the process reads and writes, between two looks.
 *
 * <p><b>Threads</b>: one. A look reads one small file, some 5 µs.
 */
final class IoGauge implements AutoCloseable {

    private static final double NANOS_PER_SECOND = 1e9;

    private final KernelFile file;
    private boolean known;
    private long readBefore;
    private long writtenBefore;
    private long beforeAt;

    IoGauge(final Path proc) {
        this.file = new KernelFile(proc.resolve("self/io"));
    }

    /**
     * Looks.
     *
     * @param now by a clock that never goes back
     * @param absences takes the reasons of what is missing
     */
    Optional<ProcessProfile.Io> look(final long now, final List<String> absences) {
        try {
            file.rewind();
            // In the order in which they stand there.
            final long read = file.numberOf("rchar:");
            final long written = file.numberOf("wchar:");
            final long deviceRead = file.numberOf("read_bytes:");
            final long deviceWritten = file.numberOf("write_bytes:");
            final boolean second = known && now > beforeAt;
            final double seconds = (now - beforeAt) / NANOS_PER_SECOND;
            final ProcessProfile.Io io = new ProcessProfile.Io(read, written, deviceRead, deviceWritten, (read - readBefore) / seconds,
                    (written - writtenBefore) / seconds);
            known = true;
            readBefore = read;
            writtenBefore = written;
            beforeAt = now;
            if (!second) {
                absences.add("reads and writes: measured between two looks, this is the first");
            }
            return second ? Optional.of(io) : Optional.empty();
        } catch (final IOException e) {
            close();
            absences.add("reads and writes: " + e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        file.close();
        known = false;
    }
}
