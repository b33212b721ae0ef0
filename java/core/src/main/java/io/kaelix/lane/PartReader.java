// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import io.kaelix.KaelixException;
import io.kaelix.MessageHandler;
import io.kaelix.memory.NativeMemory;
import io.kaelix.memory.Padded;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameFilter;
import io.kaelix.message.FrameMessage;

/**
 * One gating reader at the parts of messages, which it takes one after the other. What a part held was copied then, so that the writer gets
 * the space back at once.
 */
final class PartReader extends Padded {

    /** Of {@link #take}: there is no part that is wanted. */
    static final int NONE = Integer.MIN_VALUE;

    private final LaneReader reader;
    private final Lane lane;
    private final long ring;
    private final int capacity;
    private final int longest;
    /** Bytes to the frame behind the part that was taken. */
    private int step;

    PartReader(final LaneReader reader) {
        this.reader = reader;
        this.lane = reader.lane();
        this.ring = lane.ring();
        this.capacity = lane.capacity();
        this.longest = LaneDescriptor.maxFrameLength(capacity);
    }

    /**
     * Takes the parts from where the reader stands on, at most {@link PollableLane#MOST_PARTS} of them, and hands over what they complete.
     * Ends at the first frame that is none: the next poll goes on there.
     *
     * @param streams ids of those that are wanted; null for all
     * @param filter what has to hold for a message that is complete; null for all
     * @param before messages that the poll has handed over so far
     * @return how many they are then
     */
    int poll(final FrameMessage message, final MessageHandler handler, final int limit, final StreamSet streams, final FrameFilter filter,
            final int before) {
        int count = before;
        for (int taken = 0; taken < PollableLane.MOST_PARTS && count < limit; taken++) {
            final int part = take(message, streams, taken > 0);
            if (part == NONE) {
                break;
            }
            final boolean wanted = part == FrameMessage.WHOLE && message.isWanted(filter);
            pass();
            if (wanted) {
                count++;
                message.deliver(handler);
            }
        }
        return count;
    }

    /**
     * Takes the part that the reader stands before, or behind padding, if there is one. The reader is not moved behind it.
     *
     * @param mayBeOther whether it may be something else; it is corrupt then if not
     * @return {@link #NONE}, or as {@link FrameMessage#take}
     * @throws KaelixException if it is corrupt, or there is no memory for the message
     */
    int take(final FrameMessage message, final StreamSet streams, final boolean mayBeOther) {
        while (true) {
            final long position = reader.next();
            final long index = position & capacity - 1L;
            final long frame = ring + index;
            // SYNC: pairs with the releases in LaneWriter.commit and publishHeld.
            final long firstWord = NativeMemory.getLongAcquire(frame);
            final int word = FrameDescriptor.length(firstWord);
            final int flags = FrameDescriptor.flags(firstWord);
            if (word == 0 || !reader.isActive()) {
                return NONE;
            }
            if (word < 0) {
                reader.moveTo(position + reader.skip(word, position));
                continue;
            }
            step = LengthCheck.frame(word, index, capacity, longest, lane);
            if (mayBeOther && !isWantedPart(frame, flags, streams)) {
                return NONE;
            }
            final int taken;
            try {
                taken = message.take(frame, word, flags, reader.sawAll());
            } catch (final KaelixException wrong) {
                if (reader.isActiveStill()) {
                    throw wrong;
                }
                return NONE;
            }
            if (!reader.isActiveStill()) {
                return NONE;
            }
            if (taken == FrameMessage.CORRUPT) {
                throw LengthCheck.corruptFrame(message, word, index, lane);
            }
            return taken;
        }
    }

    /** Moves the reader behind the part that was taken. */
    void pass() {
        reader.pass(step);
    }

    private static boolean isWantedPart(final long frame, final int flags, final StreamSet streams) {
        return FrameDescriptor.isPart(flags)
                && (streams == null || streams.contains(NativeMemory.getInt(frame + FrameDescriptor.STREAM_ID_OFFSET)));
    }
}
