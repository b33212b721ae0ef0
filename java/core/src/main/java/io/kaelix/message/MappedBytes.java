// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import io.kaelix.KaelixException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Bytes of a file that is mapped.
 *
 * <p>If the file is cut, pages beyond its end are gone: the kernel signals who reads there, and the JVM makes an {@link InternalError} of
 * that, some instructions late, at the next place where the thread can stop. What lies beyond the end in its last page reads as zeros, with
 * no error at all. So a copy is followed by a look at the length of the file: a system call, in which an error that is pending comes out.
 * For the same reason nothing but Java reads here: in native code the signal would end the process.
 */
final class MappedBytes extends SharedBytes {

    private static final Executor LATER = CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);

    private final Path path;
    private final long position;
    /** Kept open to be asked for its length, without an interrupt or a file of the same name coming in between. */
    private final RandomAccessFile file;
    private final Arena arena;
    private final MemorySegment segment;

    /**
     * @param file open, which it closes
     * @param position in the file of the first byte
     * @param segment mapped in the arena, which it closes
     */
    MappedBytes(final Path path, final RandomAccessFile file, final long position, final Arena arena, final MemorySegment segment) {
        super(segment.byteSize());
        this.path = path;
        this.file = file;
        this.position = position;
        this.arena = arena;
        this.segment = segment;
    }

    Path path() {
        return path;
    }

    long position() {
        return position;
    }

    @Override
    long address() {
        return segment.address();
    }

    @Override
    MemorySegment segment() {
        return segment;
    }

    @Override
    void free() {
        try {
            arena.close();
        } catch (final IllegalStateException held) {
            // By a native call or an input-output operation of another thread, which ends without telling.
            LATER.execute(this::free);
            return;
        }
        try {
            file.close();
        } catch (final IOException e) {
            throw new KaelixException("cannot close " + path + ": " + e.getMessage(), e);
        }
    }

    @Override
    boolean isFreedQuickly() {
        return false;
    }

    @Override
    void checkWhole() {
        if (isCut()) {
            throw cut(null);
        }
    }

    private boolean isCut() {
        try {
            return file.length() < position + length();
        } catch (final IOException e) {
            throw new KaelixException("cannot tell the length of " + path + ", which is mapped: " + e.getMessage(), e);
        }
    }

    @Override
    KaelixException explain(final InternalError fault) {
        // Whatever its length is by now: whoever cut it may have written it again.
        return cut(fault);
    }

    private KaelixException cut(final InternalError fault) {
        return new KaelixException("the file " + path + " was cut while its bytes " + position + " to " + (position + length())
                + " were mapped, what was read of it is not valid; do not shorten files that are mapped: write another one and rename it",
                fault);
    }
}
