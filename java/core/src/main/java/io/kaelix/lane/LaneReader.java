// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static io.kaelix.lane.LaneDescriptor.SLOT_ACTIVE;
import static io.kaelix.lane.LaneDescriptor.SLOT_EVICTED;
import static io.kaelix.lane.LaneDescriptor.SLOT_LEAVING;
import static io.kaelix.lane.LaneDescriptor.SLOT_POSITION_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_STATE_OFFSET;

import io.kaelix.MessageHandler;
import io.kaelix.memory.NativeMemory;
import io.kaelix.memory.Padded;
import io.kaelix.message.BatchColumns;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameFilter;
import io.kaelix.message.FrameMatches;
import io.kaelix.message.FrameMessage;
import java.lang.invoke.VarHandle;

/**
 * Reads every frame of a lane in place, and holds its writer up if it must.
 *
 * <p><b>Threads</b>: one, but for {@link #requestLeave} and what only reads. Checks nothing of that; its caller does.
 */
public final class LaneReader extends Padded implements PollableLane {

    private final Lane lane;
    private final int slot;
    private final long slotAddress;
    private final long ring;
    private final int capacity;
    private final long mask;
    private final int maxFrameLength;
    private final int publishStep;
    private final long start;
    private final long framesBefore;
    /** What its slot says as long as it may follow frames. */
    private final int active;

    /** Of the frame that a poll is at, or else of the next one. */
    private long position;
    /** As the writer sees it. */
    private long published;
    /** Whether a batch holds frames that lie before the position. */
    private boolean held;

    /**
     * @param position that its slot says
     * @param framesBefore frames of the lane before that
     */
    LaneReader(final Lane lane, final int slot, final long position, final long framesBefore) {
        this.lane = lane;
        this.slot = slot;
        this.slotAddress = LaneDescriptor.slot(lane.control(), slot);
        this.ring = lane.ring();
        this.capacity = lane.capacity();
        this.mask = capacity - 1L;
        this.maxFrameLength = LaneDescriptor.maxFrameLength(capacity);
        this.publishStep = LaneDescriptor.raiseStep(capacity);
        this.start = position;
        this.framesBefore = framesBefore;
        this.active = NativeMemory.getInt(slotAddress + SLOT_STATE_OFFSET);
        this.position = position;
        this.published = position;
    }

    @Override
    public Lane lane() {
        return lane;
    }

    int slot() {
        return slot;
    }

    @Override
    public long start() {
        return start;
    }

    @Override
    public long framesBefore() {
        return framesBefore;
    }

    @Override
    public long position() {
        // SYNC: pairs with publish, for other threads; its own thread is never behind what it published.
        return NativeMemory.getLongAcquire(slotAddress + SLOT_POSITION_OFFSET);
    }

    @Override
    public long lost() {
        return 0;
    }

    @Override
    public int poll(final FrameMessage message, final MessageHandler handler, final int limit) {
        // In local variables: loads with an ordering make the compiler load fields again.
        final long ring = this.ring;
        final long state = slotAddress + SLOT_STATE_OFFSET;
        final int active = this.active;
        final int capacity = this.capacity;
        final long mask = this.mask;
        final int longest = maxFrameLength;
        final int publishStep = this.publishStep;
        long position = this.position;
        long publishAt = published + publishStep;
        int count = 0;
        try {
            while (count < limit) {
                final long index = position & mask;
                final long frame = ring + index;
                // SYNC: pairs with the releases in LaneWriter.commit and publishHeld.
                final long firstWord = NativeMemory.getLongAcquire(frame);
                final int word = FrameDescriptor.length(firstWord);
                if (!LengthCheck.isFrame(word, longest)) {
                    if (word == 0 || NativeMemory.getIntAcquire(state) != active) {
                        break;
                    }
                    position += LengthCheck.padding(word, position, lane);
                    continue;
                }
                if (NativeMemory.getIntAcquire(state) != active) {
                    break;
                }
                final int step = LengthCheck.step(word, index, capacity, lane);
                if (!message.wrap(frame, word, FrameDescriptor.flags(firstWord))) {
                    // Or it was evicted since the state was loaded, and the writer is writing here already.
                    VarHandle.acquireFence();
                    if (NativeMemory.getIntAcquire(state) != active) {
                        break;
                    }
                    throw LengthCheck.corruptHeaders(word, index, lane);
                }
                this.position = position;
                position += step;
                count++;
                handler.onMessage(message);
                if (position >= publishAt) {
                    publish(position);
                    publishAt = position + publishStep;
                }
            }
        } finally {
            this.position = position;
            if (position != published) {
                publish(position);
            }
        }
        return count;
    }

    /** A loop of its own, so that who wants all frames pays for no test. */
    @Override
    public int pollMatching(final FrameMessage message, final MessageHandler handler, final int limit, final StreamSet streams) {
        final long ring = this.ring;
        final long state = slotAddress + SLOT_STATE_OFFSET;
        final int active = this.active;
        long position = this.position;
        int count = 0;
        int rest = MOST_PASSED_OVER;
        try {
            while (count < limit && rest > 0) {
                final long index = position & mask;
                final long frame = ring + index;
                // SYNC: pairs with the releases in LaneWriter.commit and publishHeld.
                final long firstWord = NativeMemory.getLongAcquire(frame);
                final int word = FrameDescriptor.length(firstWord);
                if (word == 0 || NativeMemory.getIntAcquire(state) != active) {
                    break;
                }
                if (word < 0) {
                    position += LengthCheck.padding(word, position, lane);
                    continue;
                }
                final int step = LengthCheck.frame(word, index, capacity, maxFrameLength, lane);
                if (!streams.contains(NativeMemory.getInt(frame + FrameDescriptor.STREAM_ID_OFFSET))) {
                    position += step;
                    rest--;
                    continue;
                }
                if (!message.wrap(frame, word, FrameDescriptor.flags(firstWord))) {
                    VarHandle.acquireFence();
                    if (NativeMemory.getIntAcquire(state) != active) {
                        break;
                    }
                    throw LengthCheck.corruptHeaders(word, index, lane);
                }
                this.position = position;
                position += step;
                count++;
                handler.onMessage(message);
                if (position - published >= publishStep) {
                    publish(position);
                }
            }
        } finally {
            this.position = position;
            if (position != published) {
                publish(position);
            }
        }
        return count;
    }

    @Override
    public int pollWhere(final FrameMessage message, final MessageHandler handler, final int limit, final StreamSet streams,
            final FrameMatches matches) {
        int count = 0;
        // Once more behind what a walk stopped at, the padding at the end of the ring as a rule; but not as often as there is some.
        for (int round = 0; round < 2 && count < limit; round++) {
            if (matches.isEmpty()) {
                // All of the last walk was handed over or passed over.
                position = Math.max(position, matches.end());
                final int frames = matches.isDense() ? MOST_PASSED_OVER : FrameMatches.FEW;
                count += pollEach(message, handler, limit - count, streams, matches, frames);
                if (count == limit || matches.tested() < frames) {
                    break;
                }
            }
            count += pollWalked(message, handler, limit - count, streams, matches);
            if (!matches.foundNothing()) {
                break;
            }
        }
        return count;
    }

    /** Asks the filter for one frame after the other: where there are few, or nearly all are wanted, a walk ahead would only cost. */
    private int pollEach(final FrameMessage message, final MessageHandler handler, final int limit, final StreamSet streams,
            final FrameMatches matches, final int frames) {
        final FrameFilter filter = matches.filter();
        final long ring = this.ring;
        final long state = slotAddress + SLOT_STATE_OFFSET;
        final int active = this.active;
        final int capacity = this.capacity;
        final long mask = this.mask;
        final int longest = maxFrameLength;
        long position = this.position;
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
                    position += LengthCheck.padding(word, position, lane);
                    continue;
                }
                final int step = LengthCheck.frame(word, index, capacity, longest, lane);
                tested++;
                final int flags = FrameDescriptor.flags(firstWord);
                final int start = FrameDescriptor.payloadOffset(flags);
                if (start <= word && FrameDescriptor.isPlain(flags) && !filter.holdsAt(frame + start, word - start)) {
                    passed += position >= matches.counted() ? 1 : 0;
                    position += step;
                    continue;
                }
                if (!message.wrap(frame, word, flags)) {
                    VarHandle.acquireFence();
                    if (NativeMemory.getIntAcquire(state) != active) {
                        break;
                    }
                    throw LengthCheck.corruptHeaders(word, index, lane);
                }
                final boolean isWanted = streams == null
                        || streams.contains(NativeMemory.getInt(frame + FrameDescriptor.STREAM_ID_OFFSET));
                final boolean holds = FrameDescriptor.isPlain(flags) || filter.holds(message);
                if (!holds) {
                    passed += position >= matches.counted() ? 1 : 0;
                    position += step;
                    continue;
                }
                this.position = position;
                position += step;
                if (isWanted) {
                    count++;
                    handler.onMessage(message);
                }
                if (position - published >= publishStep) {
                    publish(position);
                }
            }
        } finally {
            matches.tested(tested, passed);
            filter.passOver(passed);
            this.position = position;
            if (position != published) {
                publish(position);
            }
        }
        return count;
    }

    /** Walks ahead, and hands over what was found. */
    private int pollWalked(final FrameMessage message, final MessageHandler handler, final int limit, final StreamSet streams,
            final FrameMatches matches) {
        final long ring = this.ring;
        final long state = slotAddress + SLOT_STATE_OFFSET;
        final int active = this.active;
        final int capacity = this.capacity;
        final long mask = this.mask;
        final int longest = maxFrameLength;
        long position = this.position;
        int count = 0;
        int rest = MOST_PASSED_OVER;
        try {
            while (count < limit) {
                if (matches.isEmpty()) {
                    position = Math.max(position, matches.end());
                    if (rest <= 0 || NativeMemory.getIntAcquire(state) != active) {
                        break;
                    }
                    final int walked = matches.walk(lane.ringSegment(), position, longest);
                    // SYNC: pairs with LaneEviction.evict: all that the walk read, it read before the state.
                    VarHandle.acquireFence();
                    if (walked == 0 || NativeMemory.getIntAcquire(state) != active) {
                        // Nothing, padding, or what is taken one by one; or what was found means nothing.
                        matches.clear();
                        break;
                    }
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
                    VarHandle.acquireFence();
                    if (NativeMemory.getIntAcquire(state) != active) {
                        break;
                    }
                    throw LengthCheck.corruptHeaders(word, index, lane);
                }
                this.position = at;
                position = at + step;
                count++;
                handler.onMessage(message);
                if (position - published >= publishStep) {
                    publish(position);
                }
            }
        } finally {
            this.position = position;
            if (position != published) {
                publish(position);
            }
        }
        return count;
    }

    /** Whether it may follow frames that were there before this was asked. */
    boolean isActive() {
        return NativeMemory.getIntAcquire(slotAddress + SLOT_STATE_OFFSET) == active;
    }

    @Override
    public int take(final BatchColumns batch, final FrameMessage message, final int limit, final StreamSet streams,
            final FrameMatches matches) {
        final int before = batch.size();
        batch.beginRun(lane.ringSegment(), message);
        held = true;
        position = new LaneTake(this, batch, streams, matches, published + (capacity >> 1)).from(position, limit);
        return batch.size() - before;
    }

    @Override
    public void release() {
        held = false;
        if (position != published) {
            publish(position);
        }
    }

    /**
     * From inside its handler: tells the writer that all before the current frame is read, before something waits for that writer.
     */
    public void publishCurrent() {
        if (position > published && !held) {
            publish(position);
        }
    }

    private void publish(final long position) {
        published = position;
        // SYNC: pairs with LaneWriter.slowestPosition: what this reader read, it read before.
        NativeMemory.putLongRelease(slotAddress + SLOT_POSITION_OFFSET, position);
    }

    @Override
    public boolean isDrained() {
        // Closed first: a frame that was committed before the close is found by the load behind it.
        return isEvicted() || lane.isClosed() && NativeMemory.getIntAcquire(ring + (position & mask)) == 0;
    }

    /** Whether it was too slow, and the writer passes it. */
    public boolean isEvicted() {
        return NativeMemory.getIntAcquire(slotAddress + SLOT_STATE_OFFSET) == active - SLOT_ACTIVE + SLOT_EVICTED;
    }

    /** How it was evicted, or null. */
    public LaneEviction eviction() {
        return isEvicted() ? LaneEviction.load(slotAddress) : null;
    }

    /** Since when it holds the writer up, by the clock of {@link System#nanoTime}; 0 if it does not. */
    public long stalledSince() {
        return LaneEviction.stalledSince(slotAddress, capacity);
    }

    @Override
    public void requestLeave() {
        NativeMemory.compareAndSetInt(slotAddress + SLOT_STATE_OFFSET, active, active - SLOT_ACTIVE + SLOT_LEAVING);
    }

    @Override
    public void leave() {
        lane.leave(slot);
        lane.release();
    }
}
