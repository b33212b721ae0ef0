// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static io.kaelix.lane.LaneDescriptor.SLOT_ACTIVE;
import static io.kaelix.lane.LaneDescriptor.SLOT_EVICTED;
import static io.kaelix.lane.LaneDescriptor.SLOT_LEAVING;
import static io.kaelix.lane.LaneDescriptor.SLOT_POSITION_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_STATE_MASK;
import static io.kaelix.lane.LaneDescriptor.SLOT_STATE_OFFSET;
import static io.kaelix.lane.LaneDescriptor.USED_SLOTS_OFFSET;

import io.kaelix.MessageHandler;
import io.kaelix.memory.NativeMemory;
import io.kaelix.memory.Padded;
import io.kaelix.message.BatchColumns;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameMatches;
import io.kaelix.message.FrameMessage;
import io.kaelix.telemetry.LatencyHistogram;
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
    /** The tail when it joined: references in frames before it may be gone. */
    private final long joined;
    /** What its slot says as long as it may follow frames. */
    private final int active;
    private final PartReader parts;
    private final LaneSelection selection;

    /** Of the frame that a poll is at, or else of the next one. */
    private long position;
    /** As the writer sees it. */
    private long published;
    private volatile long lost;
    /** Whether a batch holds frames that lie before the position. */
    private boolean held;
    /** Of messages that are timed, how long they took until here; null if nobody asks. Set before the first poll. */
    private LatencyHistogram latency;
    /** Under the registry's lock. */
    private boolean wantsBytes;

    /**
     * @param position that its slot says
     * @param framesBefore frames of the lane before that
     * @param joined the tail behind the fence of the join
     */
    LaneReader(final Lane lane, final int slot, final long position, final long framesBefore, final long joined) {
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
        this.joined = joined;
        // One that another process joined for this may have been evicted since.
        this.active = NativeMemory.getInt(slotAddress + SLOT_STATE_OFFSET) & ~SLOT_STATE_MASK | SLOT_ACTIVE;
        this.position = position;
        this.published = position;
        this.parts = new PartReader(this);
        this.selection = new LaneSelection(this, parts);
    }

    @Override
    public Lane lane() {
        return lane;
    }

    /** Its slot in the lane. */
    public int slot() {
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
        return lost;
    }

    @Override
    public int poll(final FrameMessage message, final MessageHandler handler, final int limit) {
        final int count = pollFrames(message, handler, limit);
        return count >= 0 ? count : parts.poll(message, handler, limit, null, null, ~count);
    }

    @Override
    public int pollMatching(final FrameMessage message, final MessageHandler handler, final int limit, final StreamSet streams) {
        final int count = pollFramesMatching(message, handler, limit, streams);
        return count >= 0 ? count : parts.poll(message, handler, limit, streams, null, ~count);
    }

    /** Frames that are messages; how many. The bits of that are inverted if it stands before one that is not. */
    private int pollFrames(final FrameMessage message, final MessageHandler handler, final int limit) {
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
                    position += skip(word, position);
                    continue;
                }
                if (NativeMemory.getIntAcquire(state) != active) {
                    break;
                }
                final int step = LengthCheck.step(word, index, capacity, lane);
                if (!message.wrap(frame, word, FrameDescriptor.flags(firstWord))) {
                    if (isPassedOver(message, position, word)) {
                        position += step;
                        continue;
                    }
                    count = ~count;
                    break;
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
            endAt(position);
        }
        return count;
    }

    /** A loop of its own, so that who wants all frames pays for no test. */
    private int pollFramesMatching(final FrameMessage message, final MessageHandler handler, final int limit, final StreamSet streams) {
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
                    position += skip(word, position);
                    continue;
                }
                final int step = LengthCheck.frame(word, index, capacity, maxFrameLength, lane);
                if (!streams.contains(NativeMemory.getInt(frame + FrameDescriptor.STREAM_ID_OFFSET))) {
                    position += step;
                    rest--;
                    continue;
                }
                if (!message.wrap(frame, word, FrameDescriptor.flags(firstWord))) {
                    if (isPassedOver(message, position, word)) {
                        position += step;
                        continue;
                    }
                    count = ~count;
                    break;
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
            endAt(position);
        }
        return count;
    }

    @Override
    public int pollWhere(final FrameMessage message, final MessageHandler handler, final int limit, final StreamSet streams,
            final FrameMatches matches) {
        return selection.poll(message, handler, limit, streams, matches);
    }

    @Override
    public int take(final BatchColumns batch, final FrameMessage message, final int limit, final StreamSet streams,
            final FrameMatches matches) {
        final int before = batch.size();
        batch.beginRun(lane.ringSegment(), message);
        held = true;
        position = new LaneTake(this, parts, batch, message, streams, matches).from(position, limit);
        return batch.size() - before;
    }

    @Override
    public void release() {
        held = false;
        if (position != published) {
            publish(position);
        }
    }

    @Override
    public void record(final LatencyHistogram delivery) {
        latency = delivery;
    }

    /** Bytes of the padding that it stands before. It may tell when the message behind it was sent, whose turn it is now. */
    int skip(final int word, final long position) {
        final int bytes = LengthCheck.padding(word, position, lane);
        final long padding = ring + (position & mask);
        if (bytes == LaneSample.LENGTH && latency != null && LaneSample.isAt(padding)) {
            final long sent = LaneSample.time(padding);
            if (isActiveStill()) {
                latency.record(System.nanoTime() - sent);
            }
        }
        return bytes;
    }

    /** Position of the next frame, or of the one that its handler is at. */
    long next() {
        return position;
    }

    /** Position that the writer was told. */
    long published() {
        return published;
    }

    /** Stands before another frame. The writer is not told. */
    void moveTo(final long next) {
        position = next;
    }

    /** Is done with the frame that it stood before: the writer may have the space back. */
    void pass(final int step) {
        position += step;
        publish(position);
    }

    /** Whether it saw all frames of the lane. */
    boolean sawAll() {
        return start == 0;
    }

    /**
     * Whether a frame that can't be shown is passed over, since its payload is gone. Not a part of a message, nor what may be anything
     * because the reader was evicted meanwhile, and the writer is writing here already: what to do then, {@link PartReader} finds out.
     *
     * <p>Of its own, and cold: a loop of more than 325 bytes of bytecode is not compiled into who calls it.
     */
    private boolean isPassedOver(final FrameMessage message, final long position, final int word) {
        if (!message.isGone() || !isActiveStill()) {
            return false;
        }
        passOver(message, position, word);
        return true;
    }

    /** Counts a frame as lost whose payload was gone before this reader came; any other that can't be shown is corrupt. */
    void passOver(final FrameMessage message, final long position, final int word) {
        if (!message.isGone() || position >= joined) {
            throw LengthCheck.corruptFrame(message, word, position & mask, lane);
        }
        lost = lost + 1;
    }

    /** Whether it may follow frames that were there before this was asked. */
    boolean isActive() {
        return NativeMemory.getIntAcquire(slotAddress + SLOT_STATE_OFFSET) == active;
    }

    /** Behind what it read of a frame: if it was evicted meanwhile, the writer may be writing there already. */
    boolean isActiveStill() {
        // SYNC: pairs with LaneEviction.evict: all that was read, was read before the state.
        VarHandle.acquireFence();
        return isActive();
    }

    /**
     * From inside its handler: tells the writer that all before the current frame is read, before something waits for that writer.
     */
    public void publishCurrent() {
        if (position > published && !held) {
            publish(position);
        }
    }

    /** Behind a loop, however it ended. */
    private void endAt(final long end) {
        position = end;
        if (end != published) {
            publish(end);
        }
    }

    /** Tells the writer that all before a position is read. */
    void publish(final long position) {
        published = position;
        // SYNC: pairs with LaneWriter.slowestPosition: what this reader read, it read before.
        NativeMemory.putLongRelease(slotAddress + SLOT_POSITION_OFFSET, position);
    }

    @Override
    public boolean isDrained() {
        // Closed first: a frame that was committed before the close is found by the load behind it.
        return isEvicted()
                || lane.isClosed() && (lane.isAbandoned() || NativeMemory.getIntAcquire(ring + (position & mask)) == 0);
    }

    /** Whether it was too slow, and the writer passes it. */
    public boolean isEvicted() {
        return NativeMemory.getIntAcquire(slotAddress + SLOT_STATE_OFFSET) == active - SLOT_ACTIVE + SLOT_EVICTED;
    }

    /** How it was evicted, or null. */
    public LaneEviction eviction() {
        return isEvicted() ? LaneEviction.load(slotAddress) : null;
    }

    /** Whether no reader of the lane is behind this one. */
    public boolean isSlowest() {
        final long position = position();
        long used = NativeMemory.getLongAcquire(lane.control() + USED_SLOTS_OFFSET);
        while (used != 0) {
            final long slot = LaneDescriptor.slot(lane.control(), Long.numberOfTrailingZeros(used));
            used &= used - 1;
            if ((NativeMemory.getIntAcquire(slot + SLOT_STATE_OFFSET) & SLOT_STATE_MASK) != SLOT_EVICTED
                    && NativeMemory.getLongAcquire(slot + SLOT_POSITION_OFFSET) < position) {
                return false;
            }
        }
        return true;
    }

    /** Since when it holds the writer up, by the clock of {@link System#nanoTime}; 0 if it does not. */
    public long stalledSince() {
        return LaneEviction.stalledSince(slotAddress, capacity);
    }

    @Override
    public void requestLeave() {
        NativeMemory.compareAndSetInt(slotAddress + SLOT_STATE_OFFSET, active, active - SLOT_ACTIVE + SLOT_LEAVING);
    }

    /** Has the lane's writer send bytes, and no references: this reader's frames leave the process. Under the registry's lock; once. */
    public void wantBytes() {
        wantsBytes = true;
        lane.wantBytes(1);
    }

    /** How long it may hold the writer up from now on. */
    public void patience(final Patience patience) {
        patience.store(slotAddress);
    }

    @Override
    public void leave() {
        if (wantsBytes) {
            lane.wantBytes(-1);
        }
        lane.leave(slot);
        lane.release();
    }
}
