// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.KaelixException;
import io.kaelix.net.OutRun;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Where a flow keeps what it had to copy, until it is acknowledged: a ring of bytes, taken and freed in order. It takes memory with the
 * first.
 *
 * <p><b>Threads</b>: the session's.
 */
final class FlowCopies {

    private final int capacity;
    private MemorySegment memory;
    private ByteBuffer buffer;
    private final ByteBuffer[] views = new ByteBuffer[OutRun.SLOTS];
    /** Where the next bytes go. */
    private int head;
    /** Where the oldest lie, and how many are kept in all. */
    private int tail;
    private int kept;
    private long copied;

    /**
     * @param window most bytes that are kept
     * @param longest most that are asked for at once
     */
    FlowCopies(final int window, final int longest) {
        this.capacity = (int) Math.min(Integer.MAX_VALUE - Long.BYTES, (long) window + 2L * longest);
    }

    /**
     * Finds space in one piece: how many bytes lie free from {@link #offset} on.
     *
     * @param least that are of use
     * @return 0 if there are not so many
     */
    int room(final int least) {
        if (memory == null) {
            allocate();
        }
        if (kept == 0) {
            head = 0;
            tail = 0;
        }
        if (kept > 0 && head <= tail) {
            return tail - head >= least ? tail - head : 0;
        }
        if (capacity - head >= least) {
            return capacity - head;
        }
        if (tail >= least) {
            head = 0;
            return tail;
        }
        return 0;
    }

    private void allocate() {
        try {
            memory = Arena.ofAuto().allocate(capacity, Long.BYTES);
        } catch (final OutOfMemoryError e) {
            throw new KaelixException("no memory for the copies of a remote subscriber, " + capacity + " bytes: use a smaller window, or"
                    + " start Java with a larger -XX:MaxDirectMemorySize", e);
        }
        buffer = memory.asByteBuffer();
    }

    /** Where the space begins that was found. */
    int offset() {
        return head;
    }

    MemorySegment memory() {
        return memory;
    }

    long address(final int offset) {
        return memory.address() + offset;
    }

    /** So many bytes were written there. */
    void take(final int bytes) {
        head += bytes;
        kept += bytes;
        copied += bytes;
    }

    /** Bytes that are not needed any more, the oldest. */
    void free(final int offset, final int bytes) {
        tail = offset + bytes;
        kept -= bytes;
    }

    /** Those that were kept, for a run of that slot. */
    ByteBuffer view(final int slot, final int offset, final int length) {
        if (views[slot] == null) {
            views[slot] = buffer.duplicate();
        }
        return views[slot].limit(offset + length).position(offset);
    }

    /** Bytes that were copied. */
    long copied() {
        return copied;
    }
}
