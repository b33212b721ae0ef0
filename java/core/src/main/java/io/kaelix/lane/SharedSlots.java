// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static io.kaelix.lane.LaneDescriptor.SLOT_ACTIVE;
import static io.kaelix.lane.LaneDescriptor.SLOT_EVICTED;
import static io.kaelix.lane.LaneDescriptor.SLOT_FRAMES_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_JOINED_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_OWNER_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_POSITION_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_STATE_MASK;
import static io.kaelix.lane.LaneDescriptor.SLOT_STATE_OFFSET;
import static io.kaelix.lane.LaneDescriptor.TAIL_OFFSET;
import static io.kaelix.lane.LaneDescriptor.USED_SLOTS_OFFSET;

import io.kaelix.KaelixException;
import io.kaelix.Start;
import io.kaelix.memory.NativeMemory;

/**
 * Reader slots of a lane that processes share. Each names its owner, a participant and one of its subscribers:
 *
 * <pre>
 *   participant, 0             being taken, or left: it is freed by that participant, or by who holds proof of its death
 *   participant, subscriber    gates, or did until it was evicted; the subscriber's process makes a reader of it
 * </pre>
 *
 * <p>Who makes a lane, or uses a stream on it first, takes slots for the subscribers of others, so that they miss nothing until they
 * come by. The owner is stored when all else of the slot is: who finds itself there finds a reader's place that is complete.
 *
 * <p><b>Threads</b>: the set of used slots changes under a lock between all processes. {@link #retire}, and looking at one's own slots,
 * need none.
 */
public final class SharedSlots {

    /** Of {@link #endForDead}: where it ends is not known. */
    public static final long CORRUPT = -1;

    private static final System.Logger LOGGER = System.getLogger(SharedSlots.class.getName());
    private static final int PARTICIPANT_SHIFT = 48;
    private static final long NUMBER_MASK = (1L << PARTICIPANT_SHIFT) - 1;

    private SharedSlots() {
    }

    /**
     * What a slot says whose it is.
     *
     * @param participant from 0
     * @param number of the subscriber, from 1
     */
    public static long owner(final int participant, final long number) {
        return participant + 1L << PARTICIPANT_SHIFT | number;
    }

    static long pending(final long owner) {
        return owner & ~NUMBER_MASK;
    }

    /** Number of the subscriber whose slot it is; 0 if it is being taken or was left. */
    public static long number(final Lane lane, final int slot) {
        // SYNC: pairs with lend.
        return NativeMemory.getLongAcquire(LaneDescriptor.slot(lane.control(), slot) + SLOT_OWNER_OFFSET) & NUMBER_MASK;
    }

    /** Bit set of the used slots of a participant. */
    public static long slotsOf(final Lane lane, final int participant) {
        long used = NativeMemory.getLongAcquire(lane.control() + USED_SLOTS_OFFSET);
        long own = 0;
        for (; used != 0; used &= used - 1) {
            final int slot = Long.numberOfTrailingZeros(used);
            final long owner = NativeMemory.getLongAcquire(LaneDescriptor.slot(lane.control(), slot) + SLOT_OWNER_OFFSET);
            own |= owner >>> PARTICIPANT_SHIFT == participant + 1L ? 1L << slot : 0;
        }
        return own;
    }

    /** Whether a subscriber has a slot in the lane, whatever state it is in. */
    public static boolean has(final Lane lane, final long owner) {
        long used = NativeMemory.getLongAcquire(lane.control() + USED_SLOTS_OFFSET);
        for (; used != 0; used &= used - 1) {
            final long slot = LaneDescriptor.slot(lane.control(), Long.numberOfTrailingZeros(used));
            if (NativeMemory.getLongAcquire(slot + SLOT_OWNER_OFFSET) == owner) {
                return true;
            }
        }
        return false;
    }

    /**
     * Takes a slot at the tail for a subscriber of another process. Under the lock.
     *
     * @throws KaelixException if all slots are taken
     */
    public static void lend(final Lane lane, final Patience patience, final long owner) {
        final LaneReader reader = lane.join(Start.latest(), patience, pending(owner));
        lane.lend();
        final long slot = LaneDescriptor.slot(lane.control(), reader.slot());
        NativeMemory.putLong(slot + SLOT_FRAMES_OFFSET, reader.framesBefore());
        NativeMemory.putLong(slot + SLOT_JOINED_OFFSET, reader.start());
        // SYNC: pairs with number: who finds its own number makes a reader of what was stored before.
        NativeMemory.putLongRelease(slot + SLOT_OWNER_OFFSET, owner);
    }

    /** A reader in a slot of the caller's that was taken for it. */
    public static LaneReader adopt(final Lane lane, final int slot) {
        final long address = LaneDescriptor.slot(lane.control(), slot);
        return lane.adopt(slot, NativeMemory.getLong(address + SLOT_FRAMES_OFFSET), NativeMemory.getLong(address + SLOT_JOINED_OFFSET));
    }

    /** Lets a slot of the caller's gate no longer, at once. It is free when {@link #freeRetired} was called. */
    public static void retire(final Lane lane, final int slot) {
        final long address = LaneDescriptor.slot(lane.control(), slot);
        NativeMemory.putLongRelease(address + SLOT_OWNER_OFFSET,
                pending(NativeMemory.getLongAcquire(address + SLOT_OWNER_OFFSET)));
        final int state = NativeMemory.getIntAcquire(address + SLOT_STATE_OFFSET);
        // SYNC: pairs with the acquire of the state in LaneWriter.slowestPosition: the reader's last reads happen before it is passed.
        NativeMemory.putIntRelease(address + SLOT_STATE_OFFSET, state & ~SLOT_STATE_MASK | SLOT_EVICTED);
    }

    /** Frees what a participant has retired, and what was never handed to it. Under the lock. */
    public static void freeRetired(final Lane lane, final int participant) {
        for (long slots = slotsOf(lane, participant); slots != 0; slots &= slots - 1) {
            final int slot = Long.numberOfTrailingZeros(slots);
            if (number(lane, slot) == 0) {
                lane.freeSlot(slot);
            }
        }
    }

    /** Frees all slots of a participant that is dead, or has left; how many. Under the lock. */
    public static int freeAll(final Lane lane, final int participant) {
        final long all = slotsOf(lane, participant);
        for (long slots = all; slots != 0; slots &= slots - 1) {
            lane.freeSlot(Long.numberOfTrailingZeros(slots));
        }
        return Long.bitCount(all);
    }

    /** Ends a lane whose writer is dead, behind its last frame; the position there, or {@link #CORRUPT}. */
    public static long endForDead(final Lane lane) {
        long end = CORRUPT;
        try {
            end = cutOff(lane);
        } catch (final KaelixException corrupt) {
            // Its readers are told, each by its poll.
            LOGGER.log(System.Logger.Level.DEBUG, "the lane of a process that died is corrupt", corrupt);
        }
        lane.close();
        return end;
    }

    /**
     * Has the tail say what was committed by a writer that is dead: it may say less, if that died between the frame and the tail.
     *
     * @return the tail
     * @throws KaelixException if the lane is corrupt
     */
    public static long cutOff(final Lane lane) {
        final long mask = lane.capacity() - 1L;
        final int longest = LaneDescriptor.maxFrameLength(lane.capacity());
        long tail = lane.tail();
        final long most = lane.intent();
        while (tail < most) {
            final int word = NativeMemory.getIntAcquire(lane.ring() + (tail & mask));
            if (word == 0) {
                break;
            }
            tail += word < 0 ? LengthCheck.padding(word, tail, lane) : LengthCheck.frame(word, tail & mask, lane.capacity(), longest, lane);
        }
        NativeMemory.putLongRelease(lane.control() + TAIL_OFFSET, tail);
        return tail;
    }

    /** Whether all who hold up a lane to which nothing comes any more have read it to its end. Under the lock. */
    public static boolean isRead(final Lane lane) {
        final long tail = lane.tail();
        for (long used = NativeMemory.getLongAcquire(lane.control() + USED_SLOTS_OFFSET); used != 0; used &= used - 1) {
            final long slot = LaneDescriptor.slot(lane.control(), Long.numberOfTrailingZeros(used));
            final int state = NativeMemory.getIntAcquire(slot + SLOT_STATE_OFFSET) & SLOT_STATE_MASK;
            // SYNC: pairs with LaneReader.publish: the reader is done with all that lies before.
            if (state == SLOT_ACTIVE && NativeMemory.getLongAcquire(slot + SLOT_POSITION_OFFSET) < tail) {
                return false;
            }
        }
        return true;
    }
}
