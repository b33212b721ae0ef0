// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import io.kaelix.KaelixException;
import io.kaelix.memory.NativeMemory;
import io.kaelix.message.BatchColumns;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameFilter;
import io.kaelix.message.FrameMatches;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * One gating reader fills a batch from its ring, where the frames stay. It ends at half a ring, so that the other half can be written while the
 * batch is in use.
 */
final class LaneTake {

    /** Rows of one walk, where some are taken away again: all that a walk can write. */
    private static final int MOST_WALKED = PollableLane.MOST_PASSED_OVER;

    private final LaneReader reader;
    private final Lane lane;
    private final BatchColumns batch;
    private final StreamSet streams;
    private final FrameMatches matches;
    private final FrameFilter filter;
    private final long end;

    /**
     * Takes nothing yet.
     *
     * @param streams ids of those that are taken; null for all
     * @param matches with the filter for those that are taken; null for all
     * @param end position that it does not go beyond
     */
    LaneTake(final LaneReader reader, final BatchColumns batch, final StreamSet streams, final FrameMatches matches, final long end) {
        this.reader = reader;
        this.lane = reader.lane();
        this.batch = batch;
        this.streams = streams;
        this.matches = matches;
        this.filter = matches == null ? null : matches.filter();
        this.end = end;
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
            // SYNC: pairs with LaneEviction.evict: all that the walk read, it read before the state.
            VarHandle.acquireFence();
            if (!reader.isActive()) {
                batch.truncate(size);
                break;
            }
            if (next == at) {
                final int step = other(at, batch.size() > before);
                if (step == 0) {
                    break;
                }
                at += step;
            } else {
                at = next;
                rest -= wantsAll ? 0 : batch.walked();
                if (streams != null) {
                    batch.keepStreams(size, streams::contains);
                }
            }
        }
        return at;
    }

    private long walk(final long at, final int frames) {
        final MemorySegment ring = lane.ringSegment();
        final int size = batch.size();
        if (filter == null || at >= matches.counted()) {
            final long next = batch.walk(ring, at, (int) (end - at), frames, filter);
            if (filter != null) {
                filter.passOver(batch.walked() - (batch.size() - size));
            }
            return next;
        }
        // Those that the filter did not hold for were counted when they were first found.
        return batch.walk(ring, at, (int) (Math.min(end, matches.counted()) - at), frames, filter);
    }

    /** At what no walk takes. Bytes to go on by: 0 if there is nothing, or if it is left for the next batch, as what is corrupt is. */
    private int other(final long at, final boolean hasRows) {
        try {
            return checkedOther(at, hasRows);
        } catch (final KaelixException corrupt) {
            if (hasRows) {
                return 0;
            }
            throw corrupt;
        }
    }

    private int checkedOther(final long at, final boolean hasRows) {
        final int capacity = lane.capacity();
        final long index = at & capacity - 1;
        final int word = NativeMemory.getIntAcquire(lane.ring() + index);
        if (word == 0 || !reader.isActive()) {
            return 0;
        }
        if (word < 0) {
            final int padding = LengthCheck.padding(word, at, lane);
            return at + padding > end ? 0 : padding;
        }
        final int step = LengthCheck.frame(word, index, capacity, LaneDescriptor.maxFrameLength(capacity), lane);
        return at + step > end || !takeOrdinarily(index, word, hasRows) ? 0 : step;
    }

    /**
     * Takes one frame as its message shows it: of a kind that kernels know nothing of, or committed just now. The batch ends before it, unless
     * it is the first.
     */
    private boolean takeOrdinarily(final long index, final int word, final boolean hasRows) {
        final int flags = NativeMemory.getInt(lane.ring() + index + FrameDescriptor.FLAGS_OFFSET);
        if (hasRows && !FrameDescriptor.isPlain(flags)) {
            return false;
        }
        final int size = batch.size();
        if (!batch.add(lane.ringSegment(), (int) index, word)) {
            VarHandle.acquireFence();
            if (!reader.isActive()) {
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
