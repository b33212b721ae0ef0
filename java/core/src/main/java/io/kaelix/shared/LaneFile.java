// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import io.kaelix.KaelixException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The file of a lane, mapped. */
public final class LaneFile {

    private final Arena arena = Arena.ofShared();
    private Path path;
    private MemorySegment segment;

    private LaneFile(final Path path) {
        this.path = path;
    }

    /** @param huge whether it lies in huge pages, of which {@code bytes} is a multiple */
    static LaneFile create(final Path path, final long bytes, final boolean huge) {
        final LaneFile file = new LaneFile(path);
        try {
            file.segment = huge ? SpaceOnDisk.createHuge(path, bytes, file.arena) : SpaceOnDisk.create(path, bytes, file.arena);
            return file;
        } catch (final RuntimeException | Error e) {
            file.arena.close();
            throw e;
        }
    }

    static LaneFile open(final Path path) {
        final LaneFile file = new LaneFile(path);
        try {
            file.segment = SpaceOnDisk.map(path, file.arena);
            return file;
        } catch (final IOException e) {
            file.arena.close();
            throw new KaelixException("cannot map the lane " + path + ": " + e, e);
        }
    }

    /** All of it. Throws once it is unmapped. */
    public MemorySegment segment() {
        return segment;
    }

    /** Gives it another name. Under the lock. */
    void rename(final Path to) {
        try {
            Files.move(path, to, StandardCopyOption.ATOMIC_MOVE);
            path = to;
        } catch (final IOException e) {
            throw new KaelixException("cannot name " + path + " " + to.getFileName() + ": " + e, e);
        }
    }

    /** Removes the file; its memory stays as long as it is mapped. */
    void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (final IOException e) {
            throw new KaelixException("cannot remove " + path + ": " + e, e);
        }
    }

    /**
     * Unmaps it, unless another thread reads a segment of it at this moment.
     *
     * @return whether it is unmapped; if not, try later
     */
    public boolean tryUnmap() {
        try {
            arena.close();
            return true;
        } catch (final IllegalStateException held) {
            return !arena.scope().isAlive();
        }
    }
}
