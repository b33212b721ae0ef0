// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import io.kaelix.memory.Padded;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Idle buffers near a thread: up to two magazines of each size. When it is full one of them goes to the depot, when it is empty one comes from
 * there, so that a thread which only takes and one which only gives meet once in a magazine, not in each message; and that two hold more than
 * one keeps a thread at the boundary from going there each time.
 *
 * <p><b>Threads</b>: whoever holds it by {@link #tryLock}; nobody waits for it, because there is always another.
 */
final class BufferCache extends Padded {

    /** In place of a buffer. */
    static final long NONE = -1;

    private static final VarHandle BUSY;
    private static final VarHandle TAKEN;
    private static final VarHandle GIVEN;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            BUSY = lookup.findVarHandle(BufferCache.class, "busy", boolean.class);
            TAKEN = lookup.findVarHandle(BufferCache.class, "taken", long.class);
            GIVEN = lookup.findVarHandle(BufferCache.class, "given", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** By size class; made when first needed. */
    private final long[][] buffers = new long[BufferSize.CLASSES][];
    private final int[] counts = new int[BufferSize.CLASSES];
    private boolean busy;

    /** Buffers taken here, and given back here, since ever. Written by whoever holds it, read by all. */
    private long taken;
    private long given;

    boolean tryLock() {
        // SYNC: pairs with unlock. A plain look first, which leaves the line where it is.
        return !(boolean) BUSY.getOpaque(this) && BUSY.compareAndSet(this, false, true);
    }

    void unlock() {
        // SYNC: pairs with tryLock.
        BUSY.setRelease(this, false);
    }

    boolean isEmpty(final int sizeClass) {
        return counts[sizeClass] == 0;
    }

    /** A buffer, or {@link #NONE} if it has none and the depot has none. */
    long take(final int sizeClass, final Depot depot) {
        int count = counts[sizeClass];
        if (count == 0) {
            final long[] magazine = depot.pop();
            if (magazine == null) {
                return NONE;
            }
            count = magazine.length;
            System.arraycopy(magazine, 0, room(sizeClass), 0, count);
        }
        counts[sizeClass] = count - 1;
        TAKEN.setOpaque(this, taken + 1);
        return buffers[sizeClass][count - 1];
    }

    /** Keeps a buffer, or passes a magazine on. */
    void give(final long buffer, final int sizeClass, final Depot depot) {
        int count = counts[sizeClass];
        final long[] kept = room(sizeClass);
        if (count == kept.length) {
            final int magazine = BufferSize.magazine(sizeClass);
            count -= magazine;
            // The lower ones, which are cold: what was given last is taken first.
            depot.push(Arrays.copyOf(kept, magazine));
            System.arraycopy(kept, magazine, kept, 0, count);
        }
        kept[count] = buffer;
        counts[sizeClass] = count + 1;
        GIVEN.setOpaque(this, given + 1);
    }

    private long[] room(final int sizeClass) {
        if (buffers[sizeClass] == null) {
            buffers[sizeClass] = new long[2 * BufferSize.magazine(sizeClass)];
        }
        return buffers[sizeClass];
    }

    /** Takes out all of a size, uncounted. */
    long[] drain(final int sizeClass) {
        final long[] all = counts[sizeClass] == 0 ? new long[0] : Arrays.copyOf(buffers[sizeClass], counts[sizeClass]);
        counts[sizeClass] = 0;
        return all;
    }

    long taken() {
        return (long) TAKEN.getOpaque(this);
    }

    long given() {
        return (long) GIVEN.getOpaque(this);
    }
}
