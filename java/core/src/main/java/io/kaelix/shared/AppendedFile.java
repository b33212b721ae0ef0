// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import io.kaelix.KaelixException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/**
 * A file that grows at its end. How much of it is valid is said elsewhere: what was written and not said to be valid is written over.
 *
 * <p>It is read and written, not mapped: a file system that is full is an exception. Not a channel, which an interrupt would close.
 *
 * <p><b>Threads</b>: any, one at a time.
 */
final class AppendedFile implements AutoCloseable {

    private final Path path;
    private final RandomAccessFile file;

    AppendedFile(final Path path) {
        this.path = path;
        try {
            OwnFiles.createEmpty(path);
            this.file = new RandomAccessFile(path.toFile(), "rw");
        } catch (final IOException e) {
            throw new KaelixException("cannot open " + path + ": " + e, e);
        }
    }

    synchronized void write(final long at, final byte[] bytes, final int length) {
        try {
            file.seek(at);
            file.write(bytes, 0, length);
        } catch (final IOException e) {
            throw SpaceOnDisk.noSpace(path, at + length, e);
        }
    }

    synchronized byte[] read(final long at, final int length) {
        try {
            final byte[] bytes = new byte[length];
            file.seek(at);
            file.readFully(bytes);
            return bytes;
        } catch (final IOException e) {
            throw new KaelixException("cannot read " + length + " bytes of " + path + " at " + at + ": " + e, e);
        }
    }

    @Override
    public synchronized void close() {
        try {
            file.close();
        } catch (final IOException e) {
            throw new KaelixException("cannot close " + path + ": " + e, e);
        }
    }
}
