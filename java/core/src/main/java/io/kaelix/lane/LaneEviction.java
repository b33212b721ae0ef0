// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static io.kaelix.lane.LaneDescriptor.SLOT_ACTIVE;
import static io.kaelix.lane.LaneDescriptor.SLOT_EVICTED;
import static io.kaelix.lane.LaneDescriptor.SLOT_EVICTED_LAG_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_EVICTED_STALL_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_EVICTED_TIME_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_LEAVING;
import static io.kaelix.lane.LaneDescriptor.SLOT_MAX_STALL_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_POSITION_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_STALL_NEED_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_STALL_SINCE_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_STATE_MASK;
import static io.kaelix.lane.LaneDescriptor.SLOT_STATE_OFFSET;
import static io.kaelix.lane.LaneDescriptor.USED_SLOTS_OFFSET;

import io.kaelix.memory.NativeMemory;

/**
 * How a reader was evicted; and, by the writer on its slow path, who holds it up, since when, and who has to go for that.
 *
 * <p>An evicted slot stays taken until its reader leaves; it no longer gates. The writer stores that it is evicted before it writes where the
 * reader may be; the reader loads a length, then its state, and follows the length only if it was not evicted: so a length that was
 * overwritten is never followed. The frame that its handler is at meanwhile may be overwritten under its hands.
 *
 * @param timeMillis milliseconds since 1970
 * @param lagBytes how far it was behind what it could have read
 * @param stallNanos how long it had held the writer up; 0 if it was evicted for its lag
 */
public record LaneEviction(long timeMillis, long lagBytes, long stallNanos) {

    static LaneEviction load(final long slot) {
        return new LaneEviction(NativeMemory.getLong(slot + SLOT_EVICTED_TIME_OFFSET), NativeMemory.getLong(slot + SLOT_EVICTED_LAG_OFFSET),
                NativeMemory.getLong(slot + SLOT_EVICTED_STALL_OFFSET));
    }

    /**
     * Evicts a reader, unless it has left, or its slot has another one.
     *
     * @param state of the slot, loaded before what was decided upon
     */
    static boolean evict(final long slot, final int state, final long lagBytes, final long stallNanos) {
        // Of no meaning until the state says so. If it is another reader's slot by now, it has none.
        NativeMemory.putLong(slot + SLOT_EVICTED_TIME_OFFSET, System.currentTimeMillis());
        NativeMemory.putLong(slot + SLOT_EVICTED_LAG_OFFSET, lagBytes);
        NativeMemory.putLong(slot + SLOT_EVICTED_STALL_OFFSET, stallNanos);
        // SYNC: pairs with the acquire of the state in LaneReader.poll, behind that of the length: whoever loads what is written from now on
        // as a length finds itself evicted before it follows it.
        return NativeMemory.compareAndSetInt(slot + SLOT_STATE_OFFSET, state, state & ~SLOT_STATE_MASK | SLOT_EVICTED);
    }

    /**
     * The writer was refused space up to {@code need}: notes since when each reader that leaves less has been in the way, and evicts those
     * that have been for too long.
     *
     * @param visible position behind the last frame that readers can see
     * @return whether any was evicted
     */
    static boolean refused(final long control, final int capacity, final long need, final long visible) {
        boolean evicted = false;
        long used = NativeMemory.getLongAcquire(control + USED_SLOTS_OFFSET);
        while (used != 0) {
            final long slot = LaneDescriptor.slot(control, Long.numberOfTrailingZeros(used));
            used &= used - 1;
            final int state = NativeMemory.getIntAcquire(slot + SLOT_STATE_OFFSET);
            final boolean gates = (state & SLOT_STATE_MASK) == SLOT_ACTIVE || (state & SLOT_STATE_MASK) == SLOT_LEAVING;
            final long position = NativeMemory.getLongAcquire(slot + SLOT_POSITION_OFFSET);
            if (gates && need > position + capacity) {
                evicted |= isOverdue(slot, position + capacity, need) && evict(slot, state, visible - position,
                        System.nanoTime() - NativeMemory.getLong(slot + SLOT_STALL_SINCE_OFFSET));
            }
        }
        return evicted;
    }

    /** Notes the time, if a reader that leaves {@code room} is in the way only now; whether it has been for longer than it may. */
    private static boolean isOverdue(final long slot, final long room, final long need) {
        if (NativeMemory.getLong(slot + SLOT_STALL_NEED_OFFSET) <= room) {
            // It has made the room that was asked for last time, or never was in the way.
            NativeMemory.putLong(slot + SLOT_STALL_SINCE_OFFSET, System.nanoTime());
            // SYNC: pairs with stalledSince.
            NativeMemory.putLongRelease(slot + SLOT_STALL_NEED_OFFSET, need);
            return false;
        }
        final long most = NativeMemory.getLongAcquire(slot + SLOT_MAX_STALL_OFFSET);
        return most != Long.MAX_VALUE && System.nanoTime() - NativeMemory.getLong(slot + SLOT_STALL_SINCE_OFFSET) > most;
    }

    /** Since when the reader of a slot holds the writer up; 0 if it does not. From any thread that keeps the lane. */
    static long stalledSince(final long slot, final int capacity) {
        // SYNC: pairs with isOverdue: it is at least the time that was noted with this.
        final long need = NativeMemory.getLongAcquire(slot + SLOT_STALL_NEED_OFFSET);
        final long since = NativeMemory.getLong(slot + SLOT_STALL_SINCE_OFFSET);
        return need > NativeMemory.getLongAcquire(slot + SLOT_POSITION_OFFSET) + capacity ? since : 0;
    }
}
