// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import io.kaelix.KaelixException;
import io.kaelix.memory.NativeMemory;
import io.kaelix.message.FrameDescriptor;
import java.lang.invoke.VarHandle;

/** Counts messages by walking from one boundary to another. */
final class LaneWalk {

    /** Bytes that are walked for a report at a time: some hundred microseconds. */
    static final int WALKED = 256 << 10;

    /** Capacity of a lane that is walked from mark to mark: a sixteenth of it, and a frame. */
    static final int EXACT_CAPACITY = 4 << 20;

    /** Of a walk that was overtaken by the writer. */
    static final long OVERTAKEN = -1;

    private LaneWalk() {
    }

    /**
     * Frames between two boundaries, those that do not end a message left out, as long as the writer has not written over any of them.
     *
     * @param from a boundary: a mark, or the position of a reader
     * @param to a boundary that is published, not before {@code from}
     * @return how many, or {@link #OVERTAKEN} if the writer came round
     * @throws io.kaelix.KaelixException if the lane is corrupt
     */
    static long frames(final Lane lane, final long from, final long to) {
        return walk(lane, from, to, to);
    }

    /**
     * The same for reports, in bounded time: in a lane of more than {@value #EXACT_CAPACITY} bytes, what lies beyond {@value #WALKED} is
     * reckoned to have as many frames a byte as those.
     */
    static long about(final Lane lane, final long from, final long to) {
        return lane.capacity() <= EXACT_CAPACITY || to - from <= WALKED ? frames(lane, from, to) : walk(lane, from, to, from + WALKED);
    }

    /** Walks to the first boundary that is not before {@code until}, and answers for {@code to} what follows from that. */
    private static long walk(final Lane lane, final long from, final long to, final long until) {
        final int capacity = lane.capacity();
        final int longest = LaneDescriptor.maxFrameLength(capacity);
        long at = from;
        long frames = 0;
        while (at < until) {
            final long index = at & capacity - 1;
            final long firstWord = NativeMemory.getLongAcquire(lane.ring() + index);
            final int word = FrameDescriptor.length(firstWord);
            // SYNC: pairs with the fence behind the store of intent in LaneWriter.raise.
            VarHandle.acquireFence();
            if (lane.intent() > at + capacity) {
                return OVERTAKEN;
            }
            if (word < 0) {
                at += LengthCheck.padding(word, at, lane);
            } else {
                at += LengthCheck.frame(word, index, capacity, longest, lane);
                frames += FrameDescriptor.endsMessage(FrameDescriptor.flags(firstWord)) ? 1 : 0;
            }
        }
        return at >= to ? frames : Math.round((double) frames * (to - from) / (at - from));
    }

    /**
     * Messages that end before a boundary that is published. Exact for a lane of up to {@value #EXACT_CAPACITY} bytes, and to within a
     * sixteenth of the ring for a larger one; so it is if the writer comes round while it is counted, or the lane is corrupt.
     *
     * @param position a boundary: the tail, or the position of a reader
     */
    static long framesBefore(final Lane lane, final long position) {
        final LaneMarks.Mark mark = new LaneMarks.Mark();
        final long count = LaneMarks.count(lane.control());
        long least = 0;
        for (long number = LaneMarks.oldest(count); number < count; number++) {
            if (!mark.load(lane.control(), number)) {
                continue;
            }
            if (mark.position >= position) {
                // Behind it the ring is still what it was, even where the writer is about to pass the mark before it.
                final long walked = count(lane, position, mark.position);
                return walked == OVERTAKEN ? least : mark.frames - walked;
            }
            least = mark.frames;
        }
        return least + Math.max(0, count(lane, mark.position, position));
    }

    private static long count(final Lane lane, final long from, final long to) {
        try {
            return about(lane, from, to);
        } catch (final KaelixException corrupt) {
            // Its readers are told, each by its poll.
            return OVERTAKEN;
        }
    }
}
