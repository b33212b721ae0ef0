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
 *   |            payload, or a reference to it if FLAG_REFERENCE    ...
 *   +---------------------------------------------------------------+
 *   |            zero bytes to a multiple of 8                      |
 *   +---------------------------------------------------------------+
 * </pre>
 *
 * <p><b>Length</b> is that of the frame from its first byte to the end of its payload, so at least {@link #HEADER_LENGTH}. A reader
 * goes on {@link #step} bytes from it. It is stored last, with release: a frame whose length is there is whole. 0: nothing here yet.
 * Negative: padding of {@code -length} bytes, a multiple of 8, to skip; what is in it means nothing to who does not know it.
 *
 * <p><b>Parts</b>: a message that is longer than a lane's longest frame is several frames, each with the stream id and the sequence of the
 * message:
 * <pre>
 *                 flags            headers, timestamp   payload
 *   first         MORE             those of the message bytes of payload in all parts, 64 bits; then the first of them
 *   middle        FRAGMENT, MORE   none                 those that follow
 *   last          FRAGMENT         none                 the rest, at least one byte
 *   abort         FRAGMENT, MORE   none                 empty: the message ends here, and was not sent
 * </pre>
 * Messages of other streams may lie between the parts. What is counted as a message is the frame that ends one: all but those with MORE.
 *
 * <p><b>A reference</b>, laid out by {@link ReferenceDescriptor}, stands for bytes of this process, that the writer holds until all gating
 * readers have passed the frame. It means nothing in another process, so that a frame which leaves this one is sent with the bytes.
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

    /** Most bytes in front of a payload. */
    public static final int MAX_HEADER_LENGTH = HEADER_LENGTH + TIMESTAMP_LENGTH + HeaderDescriptor.MAX_LENGTH;

    /** The frame has a timestamp. */
    public static final int FLAG_TIMESTAMP = 0x01;

    /** The frame has headers. */
    public static final int FLAG_HEADERS = 0x02;

    /** The frame is a part of a message, and not its first. */
    public static final int FLAG_FRAGMENT = 0x04;

    /** The frame is a part of a message, and not its last. */
    public static final int FLAG_MORE = 0x08;

    /** Set in a part of a message. */
    private static final int PART_FLAGS = FLAG_FRAGMENT | FLAG_MORE;

    /** Bytes at the beginning of a first part's payload that say how long the payload of all parts is. */
    public static final int TOTAL_LENGTH = 8;

    /** In place of its payload the frame has a reference. */
    public static final int FLAG_REFERENCE = 0x10;

    /**
     * Every flag that says nothing more than how the payload is found in the frame: with another one, only
     * its message knows how to read it.
     */
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

    /** Whether a frame with this flags word is not a message, but a part of one. */
    public static boolean isPart(final int flagsWord) {
        return (flagsWord & PART_FLAGS) != 0;
    }

    /** Whether a frame with this flags word ends a message: it is one, or the last part of one. */
    public static boolean endsMessage(final int flagsWord) {
        return (flagsWord & FLAG_MORE) == 0;
    }

    /** Bytes from a frame of this length to the next. */
    public static int step(final int length) {
        return (length + (ALIGNMENT - 1)) & -ALIGNMENT;
    }

    /** Length of a frame without headers. */
    public static int length(final int payloadLength, final boolean timestamp) {
        return HEADER_LENGTH + (timestamp ? TIMESTAMP_LENGTH : 0) + payloadLength;
    }

    /**
     * Whether a frame with this flags word holds its whole payload, so that kernels may take it: no part of a message, and no reference.
     */
    public static boolean isPlain(final int flagsWord) {
        return (flagsWord & FLAGS_MASK & ~PLAIN_FLAGS) == 0;
    }

    /** The flags word of a message with this one, once its whole payload lies in its frame. */
    static int plain(final int flagsWord) {
        return flagsWord & ~(FLAGS_MASK & ~PLAIN_FLAGS);
    }

    /** Offset of the payload in a frame with this flags word. */
    public static int payloadOffset(final int flagsWord) {
        return HEADER_LENGTH + (flagsWord & FLAG_TIMESTAMP) * TIMESTAMP_LENGTH + (flagsWord >>> HEADERS_LENGTH_SHIFT);
    }
}
