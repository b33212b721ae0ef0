// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/**
 * One of the kernel's files about the process, which says something new each time that it is read: kept open, read byte by byte through a
 * buffer of its own, so that looking again and again allocates nothing.
 *
 * <p>Not a channel: that is closed for good when its thread is interrupted.
 *
 * <p><b>Threads</b>: one.
 */
final class KernelFile implements AutoCloseable {

    private static final int END = -1;
    private static final long ABSENT = -1;
    private static final int BUFFER_BYTES = 4096;

    private final Path path;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private RandomAccessFile file;
    private int position;
    private int length;

    KernelFile(final Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    /** Begins with its first byte, as it is now. Opens it if it is not. */
    void rewind() throws IOException {
        if (file == null) {
            file = new RandomAccessFile(path.toFile(), "r");
        } else {
            file.seek(0);
        }
        position = 0;
        length = 0;
    }

    /** The next byte; negative at its end. */
    int next() throws IOException {
        if (position == length) {
            length = Math.max(0, file.read(buffer));
            position = 0;
            if (length == 0) {
                return END;
            }
        }
        return buffer[position++] & 0xFF;
    }

    /** The number on the next line that begins with a key. */
    long numberOf(final String key) throws IOException {
        final long value = numberOf(key, ABSENT);
        if (value == ABSENT) {
            throw new IOException(path + " has no " + key);
        }
        return value;
    }

    /** The same, or another number if there is no such line. */
    long numberOf(final String key, final long otherwise) throws IOException {
        int matched = 0;
        for (int c = next(); c >= 0; c = next()) {
            if (c == '\n') {
                matched = 0;
            } else if (matched >= 0) {
                matched = c == key.charAt(matched) ? matched + 1 : -1;
                if (matched == key.length()) {
                    return number();
                }
            }
        }
        return otherwise;
    }

    /** The next number, behind blanks. */
    long number() throws IOException {
        int c = next();
        while (c == ' ' || c == '\t') {
            c = next();
        }
        if (c < '0' || c > '9') {
            throw new IOException(path + " has no number where one should be");
        }
        long value = 0;
        while (c >= '0' && c <= '9') {
            value = 10 * value + c - '0';
            c = next();
        }
        // What ended it may end the line as well, which numberOf must see.
        if (c >= 0) {
            position--;
        }
        return value;
    }

    @Override
    public void close() {
        if (file != null) {
            try {
                file.close();
            } catch (final IOException nothingWasWritten) {
                // There is nothing to lose.
            }
            file = null;
        }
    }
}
