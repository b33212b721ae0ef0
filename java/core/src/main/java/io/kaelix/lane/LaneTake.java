// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import io.kaelix.KaelixException;
import io.kaelix.memory.NativeMemory;
import io.kaelix.message.BatchColumns;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameFilter;
import io.kaelix.message.FrameMatches;
import io.kaelix.message.FrameMessage;

/**
 * One gating reader fills a batch from its ring, where the frames stay. It ends at half a ring, so that the other half can be written while
 * the batch is in use.
 */
final class LaneTake {

    /** Rows of one walk, where some are taken away again: all that a walk can write. */
    private static final int MOST_WALKED = PollableLane.MOST_PASSED_OVER;

    /** Of {@link #other}: there is nothing, or it is left for the next batch. */
    private static final int NOTHING = 0;
    /** Of {@link #other}: a message that is more than a frame. */
    private static final int MORE_THAN_A_FRAME = -1;

    private final LaneReader reader;
    private final PartReader parts;
    private final Lane lane;
    private final BatchColumns batch;
    private final FrameMessage message;
    private final StreamSet streams;
    private final FrameMatches matches;
    private final FrameFilter filter;
    /** Position that it does not go beyond. */
    private long end;

    /**
     * Takes nothing yet.
     *
     * @param message of the reader
     * @param streams ids of those that are taken; null for all
     * @param matches with the filter for those that are taken; null for all
     */
    LaneTake(final LaneReader reader, final PartReader parts, final BatchColumns batch, final FrameMessage message, final StreamSet streams,
            final FrameMatches matches) {
        this.reader = reader;
        this.parts = parts;
        this.lane = reader.lane();
        this.batch = batch;
        this.message = message;
        this.streams = streams;
        this.matches = matches;
        this.filter = matches == null ? null : matches.filter();
        this.end = reader.published() + (lane.capacity() >> 1);
    }

    /**
     * Adds rows from a position on.
     *
     * @param limit most rows if all frames are wanted; else {@link PollableLane#MOST_PASSED_OVER} frames are looked at, or a few more
     * @return the position behind the last frame that was taken or passed over
     */
    long from(final long position, final int limit) {
        final int before = batch.size();
        final boolean wantsAll = streams == null && filter == null;
        if (matches != null) {
            // What a poll for a handler has found already is walked once more.
            matches.clear();
        }
        long at = position;
        int rest = MOST_WALKED;
        while (batch.size() - before < limit && rest > 0 && at < end && reader.isActive()) {
            final int size = batch.size();
            final int frames = Math.min(wantsAll ? limit - (size - before) : rest, MOST_WALKED);
            final long next = walk(at, frames);
            if (!reader.isActiveStill()) {
                batch.truncate(size);
                break;
            }
            if (filter != null && at >= matches.counted()) {
                filter.passOver(batch.walked() - (batch.size() - size));
            }
            if (next != at) {
                at = next;
                rest -= wantsAll ? 0 : batch.walked();
                if (streams != null) {
                    batch.keepStreams(size, streams::contains);
                }
                continue;
            }
            final boolean hasRows = batch.size() > before;
            final int step = other(at, hasRows);
            if (step > 0) {
                at += step;
            } else if (step == NOTHING || hasRows) {
                break;
            } else {
                final boolean goesOn = new LaneCopy(reader, parts, batch, message, streams, filter).take(at);
                at = reader.next();
                if (!goesOn) {
                    break;
                }
                end = at + (lane.capacity() >> 1);
                rest--;
            }
        }
        return at;
    }

    private long walk(final long at, final int frames) {
        // Not beyond what was counted when a poll for a handler found it: those that the filter does not hold for are not counted again.
        final long most = filter == null || at >= matches.counted() ? end : Math.min(end, matches.counted());
        return batch.walk(lane.ringSegment(), at, (int) (most - at), frames, filter);
    }

    /** At what no walk takes. Bytes to go on by, or what else there is; corrupt is told by the next batch, if this one has rows. */
    private int other(final long at, final boolean hasRows) {
        try {
            return checkedOther(at);
        } catch (final KaelixException corrupt) {
            if (hasRows) {
                return NOTHING;
            }
            throw corrupt;
        }
    }

    private int checkedOther(final long at) {
        final int capacity = lane.capacity();
        final long index = at & capacity - 1;
        final long frame = lane.ring() + index;
        final long firstWord = NativeMemory.getLongAcquire(frame);
        final int word = FrameDescriptor.length(firstWord);
        if (word == 0 || !reader.isActive()) {
            return NOTHING;
        }
        if (word < 0) {
            return at + LengthCheck.padding(word, at, lane) > end ? NOTHING : reader.skip(word, at);
        }
        final int step = LengthCheck.frame(word, index, capacity, LaneDescriptor.maxFrameLength(capacity), lane);
        final int flags = FrameDescriptor.flags(firstWord);
        if (!FrameDescriptor.isPlain(flags)
                && (streams == null || streams.contains(NativeMemory.getInt(frame + FrameDescriptor.STREAM_ID_OFFSET)))) {
            return MORE_THAN_A_FRAME;
        }
        if (at + step > end) {
            return NOTHING;
        }
        return !FrameDescriptor.isPlain(flags) || takePlain(index, word, flags) ? step : NOTHING;
    }

    /** Takes one frame that was committed just now. */
    private boolean takePlain(final long index, final int word, final int flags) {
        final int size = batch.size();
        if (!batch.add(lane.ringSegment(), (int) index, word)) {
            if (!reader.isActiveStill()) {
                return false;
            }
            throw LengthCheck.corruptHeaders(word, index, lane);
        }
        final int start = FrameDescriptor.payloadOffset(flags);
        if (filter != null && !filter.holds(lane.ringSegment(), index + start, word - start)) {
            batch.truncate(size);
            filter.passOver(1);
        } else if (streams != null) {
            batch.keepStreams(size, streams::contains);
        }
        return true;
    }
}
