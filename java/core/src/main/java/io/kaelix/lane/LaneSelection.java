// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static io.kaelix.lane.LaneDescriptor.SLOT_STATE_OFFSET;

import io.kaelix.MessageHandler;
import io.kaelix.memory.NativeMemory;
import io.kaelix.memory.Padded;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameFilter;
import io.kaelix.message.FrameMatches;
import io.kaelix.message.FrameMessage;

/**
 * One gating reader hands over what a filter holds for. Frames that kernels know nothing of are no part of a walk: they are asked for one
 * by one, as the messages that they are.
 */
final class LaneSelection extends Padded {

    private final LaneReader reader;
    private final PartReader parts;
    private final Lane lane;
    private final long ring;
    private final long mask;
    private final int capacity;
    private final int longest;
    private final int publishStep;
    private final long state;
    /** What the slot says as long as the reader may follow frames. */
    private final int active;
    /** Frames that a poll may still look at. */
    private int rest;

    LaneSelection(final LaneReader reader, final PartReader parts) {
        this.reader = reader;
        this.parts = parts;
        this.lane = reader.lane();
        this.ring = lane.ring();
        this.capacity = lane.capacity();
        this.mask = capacity - 1L;
        this.longest = LaneDescriptor.maxFrameLength(capacity);
        this.publishStep = LaneDescriptor.raiseStep(capacity);
        this.state = LaneDescriptor.slot(lane.control(), reader.slot()) + SLOT_STATE_OFFSET;
        this.active = NativeMemory.getInt(state);
    }

    /** As {@link PollableLane#pollWhere}. Behind what a walk stops at, it goes on in the same poll. */
    int poll(final FrameMessage message, final MessageHandler handler, final int limit, final StreamSet streams,
            final FrameMatches matches) {
        int count = 0;
        rest = PollableLane.MOST_PASSED_OVER;
        while (count < limit && rest > 0) {
            if (matches.isEmpty()) {
                // All of the last walk was handed over or passed over.
                reader.moveTo(Math.max(reader.next(), matches.end()));
                final int frames = matches.isDense() ? rest : Math.min(rest, FrameMatches.FEW);
                final int found = pollEach(message, handler, limit - count, streams, matches, frames);
                if (found < 0) {
                    return parts.poll(message, handler, limit, streams, matches.filter(), count + ~found);
                }
                count += found;
                rest -= matches.tested();
                if (matches.tested() < frames) {
                    break;
                }
            }
            count += pollWalked(message, handler, limit - count, streams, matches);
            if (!matches.isEmpty()) {
                // As many as were asked for, or it was cut off.
                break;
            }
        }
        return count;
    }

    /**
     * Asks the filter for one frame after the other: where there are few, or nearly all are wanted, a walk ahead would only cost. The bits
     * of the result are inverted if it ends before a frame that is no message.
     */
    private int pollEach(final FrameMessage message, final MessageHandler handler, final int limit, final StreamSet streams,
            final FrameMatches matches, final int frames) {
        final FrameFilter filter = matches.filter();
        final long ring = this.ring;
        final long state = this.state;
        final int active = this.active;
        final int capacity = this.capacity;
        final long mask = this.mask;
        final int longest = this.longest;
        long position = reader.next();
        int count = 0;
        int tested = 0;
        int passed = 0;
        try {
            while (count < limit && tested < frames) {
                final long index = position & mask;
                final long frame = ring + index;
                // SYNC: pairs with the releases in LaneWriter.commit and publishHeld.
                final long firstWord = NativeMemory.getLongAcquire(frame);
                final int word = FrameDescriptor.length(firstWord);
                if (word == 0 || NativeMemory.getIntAcquire(state) != active) {
                    break;
                }
                if (word < 0) {
                    position += reader.skip(word, position);
                    continue;
                }
                final int step = LengthCheck.frame(word, index, capacity, longest, lane);
                tested++;
                final int flags = FrameDescriptor.flags(firstWord);
                final int start = FrameDescriptor.payloadOffset(flags);
                final boolean plain = FrameDescriptor.isPlain(flags);
                if (start <= word && plain && !filter.holdsAt(frame + start, word - start)) {
                    passed += position >= matches.counted() ? 1 : 0;
                    position += step;
                    continue;
                }
                if (streams != null && !streams.contains(NativeMemory.getInt(frame + FrameDescriptor.STREAM_ID_OFFSET))) {
                    position += step;
                    continue;
                }
                if (!message.wrap(frame, word, flags)) {
                    if (!message.isGone()) {
                        count = ~count;
                        break;
                    }
                    if (!reader.isActiveStill()) {
                        break;
                    }
                    reader.passOver(message, position, word);
                    position += step;
                    continue;
                }
                reader.moveTo(position);
                position += step;
                // Behind the frame: a payload that can't be read is told once.
                if (!plain && !filter.holds(message)) {
                    passed++;
                    continue;
                }
                count++;
                handler.onMessage(message);
                if (position - reader.published() >= publishStep) {
                    reader.publish(position);
                }
            }
        } finally {
            matches.tested(tested, passed);
            filter.passOver(passed);
            end(position);
        }
        return count;
    }

    /** Walks ahead, and hands over what was found. Ends at what is no plain frame. */
    private int pollWalked(final FrameMessage message, final MessageHandler handler, final int limit, final StreamSet streams,
            final FrameMatches matches) {
        final long ring = this.ring;
        final long state = this.state;
        final int active = this.active;
        final int capacity = this.capacity;
        final long mask = this.mask;
        final int longest = this.longest;
        long position = reader.next();
        int count = 0;
        try {
            while (count < limit) {
                if (matches.isEmpty()) {
                    position = Math.max(position, matches.end());
                    if (rest <= 0 || NativeMemory.getIntAcquire(state) != active) {
                        break;
                    }
                    final int walked = matches.walk(lane.ringSegment(), position, longest);
                    if (walked == 0 || !reader.isActiveStill()) {
                        // Nothing, padding, or what is asked for one by one, unless what was found means nothing.
                        matches.clear();
                        break;
                    }
                    matches.countPassed();
                    rest -= walked;
                    continue;
                }
                final long at = matches.position(mask);
                final long index = at & mask;
                final long frame = ring + index;
                final long firstWord = NativeMemory.getLongAcquire(frame);
                if (NativeMemory.getIntAcquire(state) != active) {
                    break;
                }
                matches.advance();
                final int word = FrameDescriptor.length(firstWord);
                // The reader was not evicted behind the load of the word: it is the one that the walk found.
                final int step = LengthCheck.frame(word, index, capacity, longest, lane);
                if (streams != null && !streams.contains(NativeMemory.getInt(frame + FrameDescriptor.STREAM_ID_OFFSET))) {
                    position = at + step;
                    continue;
                }
                if (!message.wrap(frame, word, FrameDescriptor.flags(firstWord))) {
                    if (!reader.isActiveStill()) {
                        break;
                    }
                    throw LengthCheck.corruptFrame(message, word, index, lane);
                }
                reader.moveTo(at);
                position = at + step;
                count++;
                handler.onMessage(message);
                if (position - reader.published() >= publishStep) {
                    reader.publish(position);
                }
            }
        } finally {
            end(position);
        }
        return count;
    }

    private void end(final long position) {
        reader.moveTo(position);
        if (position != reader.published()) {
            reader.publish(position);
        }
    }
}
