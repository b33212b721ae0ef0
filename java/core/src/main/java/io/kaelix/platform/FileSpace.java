// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * Space of files, taken from their file system before they are mapped: by {@code posix_fallocate} of the C library, as Java makes a file
 * longer without.
 *
 * <p><b>Threads</b>: any. <b>Blocking</b>: for as long as the kernel takes to clear the pages.
 */
public final class FileSpace {

    private static final int READ_WRITE = 2;
    private static final int INTERRUPTED = 4;
    private static final int NO_MEMORY = 12;
    private static final int TOO_LARGE = 27;
    private static final int NO_SPACE = 28;
    private static final int OVER_QUOTA = 122;

    /** The calls, linked when they are first needed. */
    private static final class Calls {

        private static final MethodHandle OPEN = link("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
                Linker.Option.firstVariadicArg(2));
        private static final MethodHandle ALLOCATE = link("posix_fallocate",
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
        private static final MethodHandle CLOSE = link("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

        private Calls() {
        }

        /** Null if the system has no such call. */
        private static MethodHandle link(final String name, final FunctionDescriptor descriptor, final Linker.Option... options) {
            final Linker linker = Linker.nativeLinker();
            return linker.defaultLookup().find(name).map(call -> linker.downcallHandle(call, descriptor, options)).orElse(null);
        }
    }

    private FileSpace() {
    }

    /**
     * Takes all the space that a file of this length needs.
     *
     * @param path of a file that the caller may write
     * @return whether the space is there; false where the system or the file system has no such call, and its answer would mean nothing
     * @throws IOException if there is not as much; part of it may have been taken
     */
    public static boolean allocate(final Path path, final long bytes) throws IOException {
        if (Calls.OPEN == null || Calls.ALLOCATE == null || Calls.CLOSE == null) {
            return false;
        }
        final int error;
        try (Arena arena = Arena.ofConfined()) {
            error = allocate(arena.allocateFrom(path.toString()), bytes);
        } catch (final RuntimeException | Error e) {
            throw e;
        } catch (final Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
        return switch (error) {
            case 0 -> true;
            case NO_SPACE -> throw new IOException("No space left on device");
            case NO_MEMORY -> throw new IOException("Cannot allocate memory");
            case OVER_QUOTA -> throw new IOException("Disk quota exceeded");
            case TOO_LARGE -> throw new IOException("File too large");
            default -> false;
        };
    }

    /** The error of the system, or 0. */
    private static int allocate(final MemorySegment path, final long bytes) throws Throwable {
        final int file = (int) Calls.OPEN.invokeExact(path, READ_WRITE);
        if (file < 0) {
            return file;
        }
        try {
            int error;
            do {
                error = (int) Calls.ALLOCATE.invokeExact(file, 0L, bytes);
            } while (error == INTERRUPTED);
            return error;
        } finally {
            final int closed = (int) Calls.CLOSE.invokeExact(file);
            assert closed == 0;
        }
    }
}
