// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Buffers that show parts of one memory, to be used again: a vectored write or read needs one for each piece, and making them each time would be
 * garbage for each run. One thread.
 */
final class RingViews {

    private static final int FIRST_CAPACITY = 4;

    private final ByteBuffer memory;
    private ByteBuffer[] idle = new ByteBuffer[FIRST_CAPACITY];
    private int idleCount;

    /**
     * @param memory direct; its whole capacity can be shown, and stays valid as long as a view of it is used
     */
    RingViews(final ByteBuffer memory) {
        if (!memory.isDirect()) {
            throw new IllegalArgumentException("a socket would copy what is not direct memory first");
        }
        this.memory = memory;
    }

    /** Shows some bytes, until {@link #release}. */
    ByteBuffer acquire(final int offset, final int length) {
        if (offset < 0 || length < 0 || length > memory.capacity() - offset) {
            throw new IllegalArgumentException(length + " bytes at byte " + offset + " do not lie in memory of " + memory.capacity());
        }
        final ByteBuffer view = idleCount == 0 ? memory.duplicate() : idle[--idleCount];
        return view.limit(offset + length).position(offset);
    }

    /** Takes a view back, which came from here and is not used any longer. */
    void release(final ByteBuffer view) {
        if (idleCount == idle.length) {
            idle = Arrays.copyOf(idle, 2 * idleCount);
        }
        idle[idleCount++] = view;
    }
}
