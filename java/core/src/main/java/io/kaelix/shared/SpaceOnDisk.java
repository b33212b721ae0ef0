// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import io.kaelix.KaelixException;
import io.kaelix.platform.FileSpace;
import io.kaelix.platform.OwnFolder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * Files whose space is there before they are mapped: every byte is written once, or allocated, so that a file system which is full says
 * so, and no access to memory fails for it later. An interrupt of the calling thread is kept for later; it would close the file.
 */
final class SpaceOnDisk {

    private static final int CHUNK = 256 << 10;
    private static final String NO_SPACE = ": use smaller lanes, close publishers, or choose a directory on a larger file system";
    private static final String NO_HUGE_PAGES = ": use smaller lanes, close publishers, or reserve more huge pages (vm.nr_hugepages)";

    /** Something that is done with a file; again, if an interrupt closed it. */
    @FunctionalInterface
    private interface Attempt {

        MemorySegment run() throws IOException;
    }

    /** How a new file gets its space. */
    @FunctionalInterface
    private interface Filling {

        MemorySegment map(FileChannel channel) throws IOException;
    }

    private SpaceOnDisk() {
    }

    /**
     * A new file of zeros, mapped.
     *
     * @throws KaelixException if there is no space; nothing is left of it then
     */
    static MemorySegment create(final Path path, final long bytes, final Arena arena) {
        return create(path, bytes, NO_SPACE, channel -> {
            final ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(bytes, CHUNK));
            for (long at = 0; at < bytes; at += zeros.position()) {
                zeros.clear().limit((int) Math.min(bytes - at, zeros.capacity()));
                channel.write(zeros, at);
            }
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
        });
    }

    /**
     * The same in huge pages, where nothing can be written: the kernel allocates them. Where it has no call for that, mapping reserves
     * them.
     *
     * @param bytes whole pages
     */
    static MemorySegment createHuge(final Path path, final long bytes, final Arena arena) {
        return create(path, bytes, NO_HUGE_PAGES, channel -> {
            FileSpace.allocate(path, bytes);
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
        });
    }

    private static MemorySegment create(final Path path, final long bytes, final String remedy, final Filling filling) {
        try {
            return uninterrupted(() -> {
                Files.deleteIfExists(path);
                try (FileChannel channel = FileChannel.open(path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                        StandardOpenOption.WRITE), OwnFolder.FILE_MODE)) {
                    return filling.map(channel);
                }
            });
        } catch (final IOException e) {
            final KaelixException failure = noSpace(path, bytes, remedy, e);
            try {
                Files.deleteIfExists(path);
            } catch (final IOException again) {
                failure.addSuppressed(again);
            }
            throw failure;
        }
    }

    /** Maps a file that is there. */
    static MemorySegment map(final Path path, final Arena arena) throws IOException {
        return uninterrupted(() -> {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                return channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), arena);
            }
        });
    }

    /** The same to look at. */
    static MemorySegment mapForReading(final Path path, final Arena arena) throws IOException {
        return uninterrupted(() -> {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            }
        });
    }

    /** What to tell when a file cannot be made as long as it has to be. */
    static KaelixException noSpace(final Path path, final long bytes, final IOException cause) {
        return noSpace(path, bytes, NO_SPACE, cause);
    }

    private static KaelixException noSpace(final Path path, final long bytes, final String remedy, final IOException cause) {
        String free;
        try {
            free = Files.getFileStore(path.toAbsolutePath().getParent()).getUsableSpace() + " are free there";
        } catch (final IOException e) {
            free = "what is free there is not known";
        }
        return new KaelixException("cannot make " + path + " of " + bytes + " bytes: " + cause.getMessage() + "; " + free
                + remedy, cause);
    }

    private static MemorySegment uninterrupted(final Attempt attempt) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return attempt.run();
                } catch (final ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
