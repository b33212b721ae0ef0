// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import io.kaelix.KaelixException;
import io.kaelix.MappedPayload;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;

/** Maps files as payloads; what {@link io.kaelix.Payload#map} finds as a service. */
public final class FileMapper implements MappedPayload.Mapper {

    private static final long ALL = -1;

    /** For the service loader. */
    public FileMapper() {
    }

    @Override
    public MappedPayload map(final Path file) {
        return map(file, 0, ALL, LeakReports.ofFiles());
    }

    @Override
    public MappedPayload map(final Path file, final long from, final long to) {
        Objects.checkFromToIndex(from, to, Long.MAX_VALUE);
        return map(file, from, to, LeakReports.ofFiles());
    }

    static MappedPayload map(final Path path, final long from, final long to, final LeakReports reports) {
        SharedBytes.freeBacklog();
        final Arena arena = Arena.ofShared();
        RandomAccessFile file = null;
        try {
            file = new RandomAccessFile(path.toFile(), "r");
            final long size = file.length();
            final long end = to == ALL ? size : to;
            Objects.checkFromToIndex(from, end, size);
            final MemorySegment segment = file.getChannel().map(FileChannel.MapMode.READ_ONLY, from, end - from, arena);
            final MappedBytes bytes = new MappedBytes(path, file, from, arena, segment);
            PayloadTable.PROCESS.add(bytes);
            return MappedPayloadHandle.over(bytes, reports);
        } catch (final IOException | UnsupportedOperationException e) {
            abandon(arena, file, e);
            throw new KaelixException("cannot map " + path + ": " + (e.getMessage() == null ? e : e.getMessage()), e);
        } catch (final RuntimeException | Error e) {
            abandon(arena, file, e);
            throw e;
        }
    }

    private static void abandon(final Arena arena, final RandomAccessFile file, final Throwable failure) {
        arena.close();
        if (file != null) {
            try {
                file.close();
            } catch (final IOException e) {
                failure.addSuppressed(e);
            }
        }
    }
}
