// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

/**
 * Layout of the headers of a frame, little-endian, where {@link FrameDescriptor} says that they are.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+---------------+---------------+
 *  0|           count               |     flags     |       0       |
 *   +-------------------------------+---------------+---------------+
 *  4|        hash of the partition key, only if FLAG_KEY, else 0    |
 *   +---------------+-------------------------------+---------------+
 *  8|  name length  |         value length          |  name ...
 *   +---------------+-------------------------------+----
 *   |  value ...                                                     count times, one behind the other, at any offset
 *   +---------------------------------------------------------------+
 *   |  zero bytes to a multiple of 8                                |
 *   +---------------------------------------------------------------+
 * </pre>
 *
 * <p>The headers length of the frame is that of all this, padding included, so that the payload behind it begins at a multiple of 8. It has 16
 * bits, so it is {@link #MAX_LENGTH} at most. A name has up to 255 bytes, a value up to 65,535, either of any value. A frame with
 * neither headers nor key has no such part, and its {@link FrameDescriptor#FLAG_HEADERS} is not set.
 */
final class HeaderDescriptor {

    /** Offset of the 16-bit number of headers. */
    static final int COUNT_OFFSET = 0;

    /** Offset of the flags. */
    static final int FLAGS_OFFSET = 2;

    /** Offset of the 32-bit hash of the key. */
    static final int KEY_OFFSET = 4;

    /** Offset of the first header. */
    static final int FIRST_OFFSET = 8;

    /** The message has a partition key. */
    static final int FLAG_KEY = 0x01;

    /** Offset of the 8-bit length of the name within a header. */
    static final int NAME_LENGTH_OFFSET = 0;

    /** Offset of the 16-bit length of the value within a header. */
    static final int VALUE_LENGTH_OFFSET = 1;

    /** Offset of the name within a header; the value is behind it. */
    static final int NAME_OFFSET = 3;

    /** Most bytes of all: the largest multiple of 8 in 16 bits. */
    static final int MAX_LENGTH = 0xFFFF & -FrameDescriptor.ALIGNMENT;

    private HeaderDescriptor() {
    }
}
