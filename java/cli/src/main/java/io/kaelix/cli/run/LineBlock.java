// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.kaelix.memory.Block;
import io.kaelix.memory.RegionArena;
import io.kaelix.platform.Kernels;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Native memory that holds some whole lines, and where each of them ends.
 *
 * <pre>
 *   data   │ rest of the block before │ what was read │ unused │
 *          0                       scanned
 *   index  │ count │ bytes │ ends of lines, from 'scanned' on, int32 each │        as Platform.newlines writes it
 * </pre>
 *
 * <p><b>Threads</b>: one at a time.
 */
public final class LineBlock implements AutoCloseable {

    private final Block dataBlock;
    private final Block indexBlock;
    private final MemorySegment data;
    private final MemorySegment index;
    private final ByteBuffer buffer;

    private long firstLine;
    private int scanned;
    private int lines;

    /**
     * @param arena that the memory comes from
     * @param dataBytes room for data
     * @param maxLines most lines
     */
    LineBlock(final RegionArena arena, final int dataBytes, final int maxLines) {
        dataBlock = arena.allocate(dataBytes);
        indexBlock = arena.allocate(Kernels.NEWLINES_HEADER_BYTES + (long) maxLines * Integer.BYTES);
        data = dataBlock.segment();
        index = indexBlock.segment();
        buffer = data.asSlice(0, dataBytes).asByteBuffer();
    }

    /** All of its data, lines or not. */
    public MemorySegment data() {
        return data;
    }

    /** The same, from an offset on, for a channel to read into. */
    ByteBuffer buffer(final int offset, final int length) {
        return buffer.limit(offset + length).position(offset);
    }

    /** Where the ends of lines go. */
    MemorySegment index() {
        return index;
    }

    /** It holds these lines from now on. */
    void holds(final long firstLineNumber, final int scannedFrom, final int lineCount) {
        firstLine = firstLineNumber;
        scanned = scannedFrom;
        lines = lineCount;
    }

    /** It holds one line from now on, all of the data up to an end. */
    void holdsOne(final long lineNumber, final int end) {
        holds(lineNumber, 0, 1);
        index.set(JAVA_INT, Kernels.NEWLINES_HEADER_BYTES, end);
    }

    /** How many lines it holds. */
    public int lines() {
        return lines;
    }

    /** Number of the first line in the input, from 1. */
    public long firstLine() {
        return firstLine;
    }

    /** Offset behind the last byte of a line, from 0: of its newline, if it has one. */
    public int end(final int line) {
        return scanned + index.get(JAVA_INT, Kernels.NEWLINES_HEADER_BYTES + (long) line * Integer.BYTES);
    }

    @Override
    public void close() {
        dataBlock.free();
        indexBlock.free();
    }
}
