// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

/**
 * Layout of a frame: one message on a lane, in shared memory and on the wire, little-endian.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  0|                 length (the commit word)                      |
 *   +---------------+---------------+-------------------------------+
 *  4|     flags     |    version    |        headers length         |
 *   +---------------+---------------+-------------------------------+
 *  8|                          stream id                            |
 *   +---------------------------------------------------------------+
 * 12|                 sequence (low 32 bits)                        |
 *   +---------------------------------------------------------------+
 * 16|                                                               |
 *   |            timestamp, only if FLAG_TIMESTAMP                  |
 *   +---------------------------------------------------------------+
 *   |            headers, only if FLAG_HEADERS                     ...
 *   +---------------------------------------------------------------+
 *   |            payload                                           ...
 *   +---------------------------------------------------------------+
 *   |            zero bytes to a multiple of 8                      |
 *   +---------------------------------------------------------------+
 * </pre>
 *
 * <p><b>Length</b> is that of the frame from its first byte to the end of its payload, so at least {@link #HEADER_LENGTH}. A reader
 * goes on {@link #step} bytes from it. It is stored last, with release: a frame whose length is there is whole. 0: nothing here yet.
 * Negative: padding of {@code -length} bytes, a multiple of 8, to skip.
 *
 * <p>Sixteen bytes of header, because what limits small messages is the number of cache lines that travel between two cores.
 */
public final class FrameDescriptor {

    /** Frames start at multiples of this. */
    public static final int ALIGNMENT = 8;

    /** Offset of the commit word. */
    public static final int LENGTH_OFFSET = 0;

    /** Offset of the word that holds flags, version and headers length. */
    public static final int FLAGS_OFFSET = 4;

    /** Offset of the stream id. */
    public static final int STREAM_ID_OFFSET = 8;

    /** Offset of the low 32 bits of the sequence. */
    public static final int SEQUENCE_OFFSET = 12;

    /** Offset of the timestamp, where there is one. */
    public static final int TIMESTAMP_OFFSET = 16;

    /** Bytes that every frame has. */
    public static final int HEADER_LENGTH = 16;

    /** Bytes of a timestamp. */
    public static final int TIMESTAMP_LENGTH = 8;

    /** The frame has a timestamp. */
    public static final int FLAG_TIMESTAMP = 0x01;

    /** The frame has headers. */
    public static final int FLAG_HEADERS = 0x02;

    /** Every flag that says nothing more than how the payload is found in the frame: with another one, only its message knows how to read it. */
    public static final int PLAIN_FLAGS = FLAG_TIMESTAMP | FLAG_HEADERS;

    private static final int FLAGS_MASK = 0xFF;

    /** Version of this layout, in its place within the flags word. */
    public static final int VERSION_BITS = 1 << 8;

    /** Where the headers length stands within the flags word. */
    public static final int HEADERS_LENGTH_SHIFT = 16;

    private FrameDescriptor() {
    }

    /** The first eight bytes: length, flags, version and headers length. */
    public static long firstWord(final int length, final int flags) {
        return (long) flags << Integer.SIZE | length;
    }

    /** The second eight bytes: stream id and sequence. */
    public static long secondWord(final int streamId, final int sequence) {
        return (long) sequence << Integer.SIZE | Integer.toUnsignedLong(streamId);
    }

    /** The length in the first eight bytes. */
    public static int length(final long firstWord) {
        return (int) firstWord;
    }

    /** Flags, version and headers length in the first eight bytes. */
    public static int flags(final long firstWord) {
        return (int) (firstWord >>> Integer.SIZE);
    }

    /** Bytes from a frame of this length to the next. */
    public static int step(final int length) {
        return (length + (ALIGNMENT - 1)) & -ALIGNMENT;
    }

    /** Length of a frame without headers. */
    public static int length(final int payloadLength, final boolean timestamp) {
        return HEADER_LENGTH + (timestamp ? TIMESTAMP_LENGTH : 0) + payloadLength;
    }

    /** Whether a frame with this flags word holds its whole payload, so that kernels may take it. */
    public static boolean isPlain(final int flagsWord) {
        return (flagsWord & FLAGS_MASK & ~PLAIN_FLAGS) == 0;
    }

    /** Offset of the payload in a frame with this flags word. */
    public static int payloadOffset(final int flagsWord) {
        return HEADER_LENGTH + (flagsWord & FLAG_TIMESTAMP) * TIMESTAMP_LENGTH + (flagsWord >>> HEADERS_LENGTH_SHIFT);
    }
}
