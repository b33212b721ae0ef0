// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.Endpoint;
import io.kaelix.memory.RegionArena;
import io.kaelix.platform.Platform;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ReadableByteChannel;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reads an input into blocks of whole lines, in native memory, and finds where they end. A line that a read cuts is kept, and begins the
 * next block. What has arrived is handed over at once: a slow input is not waited for.
 *
 * <p><b>Threads</b>: any; they take blocks in turn, by one fair lock, held while a block is read and scanned.
 */
public final class LineReader implements AutoCloseable {

    /** Bytes read at a time: few enough to stay in a core's cache until they are published. */
    public static final int READ_BYTES = 128 * 1024;

    /** A line is not followed further than this only to tell how long it is. */
    private static final long MEASURE_LIMIT = 1L << 30;

    private final ReentrantLock turns = new ReentrantLock(true);
    private final Endpoint input;
    private final ReadableByteChannel channel;
    private final Platform platform;
    private final RegionArena arena;
    private final int maxLine;
    private final LineTooLong tooLong;
    /** What the last block did not take: the beginning of a line. */
    private final LineBlock cut;
    private int cutBytes;
    private long nextLine = 1;
    private boolean ended;
    private volatile long bytesRead;
    private volatile boolean finalNewline = true;

    /**
     * @param input as errors name it
     * @param channel to read; closed with this
     * @param maxLine most bytes in a line
     * @param tooLong what is said of one that has more
     */
    public LineReader(final Endpoint input, final ReadableByteChannel channel, final Platform platform, final RegionArena arena,
            final int maxLine, final LineTooLong tooLong) {
        this.input = input;
        this.channel = channel;
        this.platform = platform;
        this.arena = arena;
        this.maxLine = maxLine;
        this.tooLong = tooLong;
        this.cut = new LineBlock(arena, READ_BYTES, 1);
    }

    /** A block that {@link #next} can fill. */
    public LineBlock newBlock() {
        return new LineBlock(arena, maxLine + READ_BYTES, READ_BYTES);
    }

    /**
     * Fills a block with the next lines.
     *
     * @return false if there are no more
     * @throws CommandException if a line is too long, or the input cannot be read
     */
    public boolean next(final LineBlock block) throws InterruptedException {
        turns.lockInterruptibly();
        try {
            return !ended && fill(block);
        } finally {
            turns.unlock();
        }
    }

    private boolean fill(final LineBlock block) {
        int filled = cutBytes;
        cutBytes = 0;
        MemorySegment.copy(cut.data(), 0, block.data(), 0, filled);
        while (filled <= maxLine) {
            final int count = read(block, filled);
            if (count < 0) {
                return endWith(block, filled);
            }
            final int lines = platform.kernels().newlines(block.data(), filled, count, block.index(), READ_BYTES);
            if (lines > 0) {
                block.holds(nextLine, filled, lines);
                nextLine += lines;
                keepCut(block, filled + count);
                return true;
            }
            filled += count;
        }
        throw measure(block, filled);
    }

    private void keepCut(final LineBlock block, final int filled) {
        final int start = block.end(block.lines() - 1) + 1;
        cutBytes = filled - start;
        MemorySegment.copy(block.data(), start, cut.data(), 0, cutBytes);
    }

    /** At the end of the input: what is left is a line without a newline, or nothing. */
    private boolean endWith(final LineBlock block, final int filled) {
        ended = true;
        if (filled == 0) {
            return false;
        }
        finalNewline = false;
        block.holdsOne(nextLine++, filled);
        return true;
    }

    private int read(final LineBlock block, final int offset) {
        try {
            final int count = channel.read(block.buffer(offset, READ_BYTES));
            bytesRead += Math.max(0, count);
            return count;
        } catch (final IOException e) {
            throw input.unreadable(e);
        }
    }

    /** Goes on to the end of a line that is too long, since whoever must make room for it wants to know how long it is. */
    private CommandException measure(final LineBlock block, final int filled) {
        long length = filled;
        while (length < MEASURE_LIMIT) {
            final int count = read(block, 0);
            if (count < 0) {
                return tooLong.exactly(nextLine, length, maxLine);
            }
            if (platform.kernels().newlines(block.data(), 0, count, block.index(), 1) > 0) {
                block.holds(nextLine, 0, 1);
                return tooLong.exactly(nextLine, length + block.end(0), maxLine);
            }
            length += count;
        }
        return tooLong.beyond(nextLine, length, maxLine);
    }

    /** Bytes of the input read so far. Any thread. */
    long bytesRead() {
        return bytesRead;
    }

    /** False once a line without a newline was found, which is the last: known before that line is handed over. Any thread. */
    boolean hasFinalNewline() {
        return finalNewline;
    }

    /** Gives its memory back and closes the channel. Nobody reads any more. */
    @Override
    public void close() throws IOException {
        cut.close();
        channel.close();
    }
}
