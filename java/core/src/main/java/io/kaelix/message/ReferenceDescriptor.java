// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import io.kaelix.memory.NativeMemory;

/**
 * Layout of what stands in place of the payload in a frame with {@link FrameDescriptor#FLAG_REFERENCE}, little-endian: where the payload
 * is, in this process. The frame ends behind it.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *  0|            index in the table of payloads                     |
 *   +---------------------------------------------------------------+
 *  4|            generation: how many had that index before         |
 *   +---------------------------------------------------------------+
 *  8|            offset of the message's first byte in the bytes    |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 * 16|            length of the message, at most 2^31 - 1            |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 * </pre>
 *
 * <p>Whoever reads it loads each field once and believes none of them: see {@link FrameMessage}.
 */
public final class ReferenceDescriptor {

    /** Bytes of a reference. */
    public static final int LENGTH = 24;

    static final int INDEX_OFFSET = 0;
    static final int GENERATION_OFFSET = 4;
    static final int START_OFFSET = 8;
    static final int LENGTH_OFFSET = 16;

    private ReferenceDescriptor() {
    }

    /** Writes a reference in place. Checks no bounds: a claim did. */
    public static void put(final long address, final SharedBytes bytes, final long offset, final long length) {
        NativeMemory.putInt(address + INDEX_OFFSET, bytes.index());
        NativeMemory.putInt(address + GENERATION_OFFSET, bytes.generation());
        NativeMemory.putLong(address + START_OFFSET, offset);
        NativeMemory.putLong(address + LENGTH_OFFSET, length);
    }
}
