// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static io.kaelix.lane.LaneDescriptor.RESUMED_FRAMES_OFFSET;
import static io.kaelix.lane.LaneDescriptor.RESUMED_POSITION_OFFSET;
import static io.kaelix.lane.LaneDescriptor.RESUMED_STATE_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_ACTIVE;
import static io.kaelix.lane.LaneDescriptor.SLOT_LEAVING;
import static io.kaelix.lane.LaneDescriptor.SLOT_POSITION_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_STATE_MASK;
import static io.kaelix.lane.LaneDescriptor.SLOT_STATE_OFFSET;
import static io.kaelix.lane.LaneDescriptor.USED_SLOTS_OFFSET;

import io.kaelix.KaelixException;
import io.kaelix.memory.NativeMemory;
import io.kaelix.message.FrameDescriptor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is left to read in a lane whose writer and readers have all died.
 *
 * <pre>
 *   oldest mark              slots of the dead          tail
 *   ├── all have read it ────┼── one has not ─────┼── nobody has ──┤ a frame that was not committed: cut off
 *                            └ start: stored in the control block, where the oldest begins from now on
 * </pre>
 *
 * <p>It begins at the slowest of the dead readers that the writer would have waited for; before a message in parts that one had not taken
 * the last of, if its first part is still there. Where there was no such reader, it begins where it began when it was resumed last, or
 * else at the oldest mark. Nothing in the ring is changed.
 *
 * <p><b>Dying in the middle of it</b>: {@link #find} stores the start and says that slots mean nothing any more, {@link #finish} frees them
 * and says that they do again. Who comes next finds the slots, or a start that is complete; and both the same.
 *
 * <p><b>Threads</b>: one, while nobody else has the lane.
 */
public final class LaneResumption {

    /** Of a lane that was never resumed. */
    static final int NEVER = 0;
    /** The start is the stored one, if no slot says otherwise. */
    static final int STORED = 1;
    /** The start is the stored one, whatever slots say. */
    static final int CLEARING = 2;

    private static final long NONE = -1;

    private final Lane lane;
    private final long ring;
    private final long mask;
    private final int longest;
    private final LaneMarks.Mark mark = new LaneMarks.Mark();
    /** Where messages in parts begin that are not complete, and how many messages end before, by stream. */
    private final Map<Integer, long[]> unfinished = new LinkedHashMap<>();

    private LaneResumption(final Lane lane) {
        this.lane = lane;
        this.ring = lane.ring();
        this.mask = lane.capacity() - 1L;
        this.longest = LaneDescriptor.maxFrameLength(lane.capacity());
    }

    /**
     * Cuts off what was not committed, and stores where the oldest begins.
     *
     * @param ended whether its publisher was closed before: then, without a reader, there is nothing that anybody waits for
     * @return messages from there to the end; 0 if it is not worth to be kept, as it has nothing that is unread
     * @throws KaelixException if it is corrupt
     */
    public static long find(final Lane lane, final boolean ended) {
        return new LaneResumption(lane).find(ended);
    }

    /** Frees the slots of the dead, behind {@link #find}, when it is known elsewhere that the lane was resumed. */
    public static void finish(final Lane lane) {
        for (long used = NativeMemory.getLong(lane.control() + USED_SLOTS_OFFSET); used != 0; used &= used - 1) {
            lane.freeSlot(Long.numberOfTrailingZeros(used));
        }
        NativeMemory.putIntRelease(lane.control() + RESUMED_STATE_OFFSET, STORED);
    }

    /** Whether the lane has a start that was stored. */
    static boolean isStored(final long control) {
        return NativeMemory.getIntAcquire(control + RESUMED_STATE_OFFSET) != NEVER;
    }

    private long find(final boolean ended) {
        SharedSlots.cutOff(lane);
        final int state = NativeMemory.getIntAcquire(lane.control() + RESUMED_STATE_OFFSET);
        final long slowest = state == CLEARING ? NONE : slowest();
        if (slowest != NONE) {
            store(slowest);
        } else if (state == NEVER) {
            if (ended) {
                return 0;
            }
            loadOldest();
            put(mark.position, mark.frames);
        } else if (state == STORED && ended) {
            return 0;
        }
        final long control = lane.control();
        final long frames = count(NativeMemory.getLong(control + RESUMED_POSITION_OFFSET), lane.tail());
        NativeMemory.putIntRelease(control + RESUMED_STATE_OFFSET, CLEARING);
        return frames;
    }

    /** The lowest position of a reader that gates; {@link #NONE} if no one does. */
    private long slowest() {
        long slowest = NONE;
        for (long used = NativeMemory.getLong(lane.control() + USED_SLOTS_OFFSET); used != 0; used &= used - 1) {
            final long slot = LaneDescriptor.slot(lane.control(), Long.numberOfTrailingZeros(used));
            final int state = NativeMemory.getInt(slot + SLOT_STATE_OFFSET) & SLOT_STATE_MASK;
            final long position = NativeMemory.getLong(slot + SLOT_POSITION_OFFSET);
            // One that died while it tried a mark which was being passed had not joined yet.
            if ((state == SLOT_ACTIVE || state == SLOT_LEAVING) && isThere(position) && position <= lane.tail()
                    && (slowest == NONE || position < slowest)) {
                slowest = position;
            }
        }
        return slowest;
    }

    private boolean isThere(final long position) {
        return position >= 0 && lane.intent() <= position + lane.capacity();
    }

    /** The oldest mark whose frames are all there. */
    private void loadOldest() {
        final long count = LaneMarks.count(lane.control());
        for (long number = LaneMarks.oldest(count); number < count; number++) {
            if (mark.load(lane.control(), number) && isThere(mark.position)) {
                return;
            }
        }
        throw new KaelixException("corrupt lane of publisher " + lane.publisherId() + ": none of its " + count + " marks leads into it");
    }

    /** Stores the position of a reader, or where the message in parts begins that it is in the middle of. */
    private void store(final long position) {
        loadOldest();
        if (position < mark.position) {
            put(position, mark.frames - count(position, mark.position));
            return;
        }
        final long frames = mark.frames + count(mark.position, position);
        long[] start = {position, frames};
        for (final long[] begun : unfinished.values()) {
            start = begun[0] < start[0] ? new long[] {begun[0], mark.frames + begun[1]} : start;
        }
        put(start[0], start[1]);
    }

    private void put(final long position, final long frames) {
        final long control = lane.control();
        NativeMemory.putIntRelease(control + RESUMED_STATE_OFFSET, NEVER);
        NativeMemory.putLongRelease(control + RESUMED_POSITION_OFFSET, position);
        NativeMemory.putLongRelease(control + RESUMED_FRAMES_OFFSET, frames);
    }

    /** Messages that end between two boundaries; notes those that begin there and do not end. */
    private long count(final long from, final long to) {
        unfinished.clear();
        long at = from;
        long frames = 0;
        while (at < to) {
            final long index = at & mask;
            final long firstWord = NativeMemory.getLongAcquire(ring + index);
            final int word = FrameDescriptor.length(firstWord);
            if (word < 0) {
                at += LengthCheck.padding(word, at, lane);
                continue;
            }
            final int step = LengthCheck.frame(word, index, lane.capacity(), longest, lane);
            final int flags = FrameDescriptor.flags(firstWord);
            note(NativeMemory.getInt(ring + index + FrameDescriptor.STREAM_ID_OFFSET), word, flags, at, frames);
            frames += FrameDescriptor.endsMessage(flags) ? 1 : 0;
            at += step;
        }
        if (at != to) {
            throw new KaelixException("corrupt lane of publisher " + lane.publisherId() + ": a frame before byte " + (at & mask)
                    + " ends behind a boundary, " + (at - to) + " bytes further on");
        }
        return frames;
    }

    /** A message of the stream that is no part, and a part of nothing, say that the sender gave up what it had begun. */
    private void note(final int stream, final int length, final int flags, final long at, final long frames) {
        if (FrameDescriptor.isPart(flags) && (flags & FrameDescriptor.FLAG_FRAGMENT) == 0) {
            unfinished.put(stream, new long[] {at, frames});
        } else if (!unfinished.isEmpty() && (FrameDescriptor.endsMessage(flags) || length == FrameDescriptor.HEADER_LENGTH)) {
            unfinished.remove(stream);
        }
    }
}
