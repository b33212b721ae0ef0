// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static io.kaelix.lane.LaneDescriptor.INTENT_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_ACTIVE;
import static io.kaelix.lane.LaneDescriptor.SLOT_LEAVING;
import static io.kaelix.lane.LaneDescriptor.SLOT_MAX_LAG_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_POSITION_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_STATE_MASK;
import static io.kaelix.lane.LaneDescriptor.SLOT_STATE_OFFSET;
import static io.kaelix.lane.LaneDescriptor.TAIL_OFFSET;
import static io.kaelix.lane.LaneDescriptor.USED_SLOTS_OFFSET;
import static io.kaelix.lane.LaneDescriptor.WORD;

import io.kaelix.memory.NativeMemory;
import io.kaelix.memory.Padded;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.SharedBytes;
import java.lang.invoke.VarHandle;

/**
 * The writer of a lane: claims space for a frame, and commits it. Wait-free: no loop here waits for another thread.
 *
 * <p>What a caller does:
 * <pre>
 *   long frame = writer.claim(length);          // address, or a negative result
 *   ... write bytes 8 to length of the frame ...
 *   writer.commit(length, flags, streamId, sequence);   // or a smaller length; or nothing, to forget the claim
 * </pre>
 * A claim that is forgotten needs no padding: the next one takes the same space, and nothing that was written there was ever published.
 *
 * <p><b>Threads</b>: one, the publisher's. Checks nothing of that; its caller does.
 */
public final class LaneWriter extends Padded {

    /** The slowest gating reader leaves no room. */
    public static final long BACK_PRESSURED = -1;

    /** The frame is longer than a quarter of the ring. */
    public static final long TOO_LONG = -3;

    private final Lane lane;
    private final PayloadsInFlight payloads;
    private final LaneRefusals refusals;
    private final SamplePace pace = new SamplePace();
    private final long control;
    private final long ring;
    private final int capacity;
    private final long mask;
    private final int maxFrameLength;
    private final int raiseStep;
    private final int ahead;

    /** Position behind the last frame committed, published or held back. */
    private long tail;
    /** Messages that end before {@code tail}: its frames, but for those that others of the same message follow. */
    private long frames;
    /** It may write below this: the lower of intent and the slowest reader's position + capacity, when it last looked. */
    private long limit;
    /** The slowest reader's position + capacity, when it last looked. */
    private long room;
    /** A frame that ends at or below this needs no look at anything else; never more than the prefetched part of this turn. */
    private long clear;
    private long intent;
    /** Bytes of padding that the frame in hand needs before it. While there are any, nothing is clear. */
    private int padding;
    /** Position of the mark recorded last; the first, at 0, is the lane's own. */
    private long lastMark;
    /** The next frame that begins at or behind this is timed. */
    private long sampleAt = Long.MAX_VALUE;
    /** Whether the padding before the frame in hand is there to tell its time. */
    private boolean sampled;
    private boolean batching;
    /** The batch's first word, stored last; 0 while the batch is empty. */
    private long heldWord;
    private long heldPosition;
    private long heldFrames;

    LaneWriter(final Lane lane) {
        this.lane = lane;
        this.payloads = lane.payloads();
        this.refusals = new LaneRefusals(lane);
        this.control = lane.control();
        this.ring = lane.ring();
        this.capacity = lane.capacity();
        this.mask = capacity - 1L;
        this.maxFrameLength = LaneDescriptor.maxFrameLength(capacity);
        this.raiseStep = LaneDescriptor.raiseStep(capacity);
        this.ahead = Math.min(LaneDescriptor.PREFETCH_STEP, maxFrameLength);
        look(0);
    }

    /** Whether messages are to be timed, and from which position on, if that has changed. */
    private void look(final long from) {
        final int wanted = lane.latencySampling();
        if (wanted != pace.distance()) {
            pace.restart(wanted);
            sampleAt = wanted == 0 ? Long.MAX_VALUE : from;
        }
    }

    /** The lane that it writes. */
    public Lane lane() {
        return lane;
    }

    /** Longest frame that can be claimed. */
    public int maxFrameLength() {
        return maxFrameLength;
    }

    /** Position behind the last frame committed. */
    public long position() {
        return tail;
    }

    /**
     * Frames committed, those of a message in parts as one, with its last: where a lane carries one stream,
     * the sequence of the next message.
     */
    public long frames() {
        return frames;
    }

    /** Whether so much of the ring was free when it last looked at its readers. */
    public boolean wasFree(final long bytes) {
        return room - tail >= bytes;
    }

    /** Whether so much of the ring, at most its capacity, is free. Looks at the readers. */
    public boolean isFree(final long bytes) {
        return free() >= bytes;
    }

    /**
     * Space for a frame.
     *
     * @param length of the frame, at least {@link FrameDescriptor#HEADER_LENGTH}
     * @return the address of the frame, whose first eight bytes belong to the writer; {@link #BACK_PRESSURED} (what a batch held back is
     *     published then, so that its readers can make room) or {@link #TOO_LONG}
     */
    public long claim(final int length) {
        // What is clear is shorter than the longest frame, so that a frame which is too long does not pass here. 64 bits, for no overflow.
        if (tail + length + (FrameDescriptor.ALIGNMENT - 1) > clear) {
            return claimBeyond(length);
        }
        return claimAt(tail, length, FrameDescriptor.step(length));
    }

    /** At the end of what is clear: at least each {@link #ahead} bytes, at the end of a turn, and where readers have to be looked at. */
    private long claimBeyond(final int length) {
        if (length > maxFrameLength) {
            return TOO_LONG;
        }
        final int step = FrameDescriptor.step(length);
        final int rest = capacity - (int) (tail & mask);
        int padding = rest < step ? rest : 0;
        final long end = tail + padding + step;
        if (end + WORD > limit && !raise(end + WORD)) {
            publishHeld();
            return BACK_PRESSURED;
        }
        sampled = tail >= sampleAt && isSampled(padding, rest - step, end);
        if (sampled) {
            padding = LaneSample.LENGTH;
        }
        this.padding = padding;
        // A padding is not committed yet: a smaller frame may come instead of the one that needs it.
        clear = padding != 0 ? tail : Math.min(Math.min(limit - WORD, (tail | mask) + 1), tail + ahead);
        final long next = tail + ahead & mask;
        if (next + ahead <= capacity) {
            NativeMemory.prefetchForWrite(ring + next, ahead);
        }
        return claimAt(tail + padding, length, step);
    }

    /** Whether there is room to time a frame, in this turn of the ring and without another look at the readers. */
    private boolean isSampled(final int padding, final int room, final long end) {
        return padding == 0 && room >= LaneSample.LENGTH && end + LaneSample.LENGTH + WORD <= limit;
    }

    /** The next frame is not timed. */
    void postponeSample() {
        sampleAt = Math.max(sampleAt, tail + 1);
    }

    private long claimAt(final long start, final int length, final int step) {
        final long frame = NativeMemory.base(ring + (start & mask));
        if (step != length) {
            // The bytes between the end of a payload and the next frame are zero: nothing that lay there before leaves the process.
            // Before the payload is written, because a load of what was just stored in other widths would stall.
            NativeMemory.putLong(frame + step - WORD, 0);
        }
        return frame;
    }

    /** Address of the frame last claimed. */
    public long claimed() {
        return NativeMemory.base(ring + (tail + padding & mask));
    }

    /**
     * Publishes the frame last claimed, or adds it to the batch.
     *
     * @param length of the frame, as it was claimed
     * @param flags what stands beside the length: flags, version and headers length
     * @param streamId of the message
     * @param sequence of the message in its stream, low 32 bits: who writes several streams counts each
     * @return position behind it
     */
    public long commit(final int length, final int flags, final int streamId, final int sequence) {
        if (padding != 0) {
            return commitPadded(length, flags, streamId, sequence);
        }
        final long start = tail;
        final long end = start + FrameDescriptor.step(length);
        final long frame = NativeMemory.base(ring + (start & mask));
        NativeMemory.putLong(frame + FrameDescriptor.STREAM_ID_OFFSET, FrameDescriptor.secondWord(streamId, sequence));
        tail = end;
        frames++;
        final long word = FrameDescriptor.firstWord(length, flags);
        if (!batching) {
            NativeMemory.putInt(NativeMemory.base(ring + (end & mask)), 0);
            // SYNC: pairs with the acquire of the word in LaneReader.poll.
            NativeMemory.putLongRelease(frame, word);
            // SYNC: pairs with Lane.tail.
            NativeMemory.putLongRelease(control + TAIL_OFFSET, end);
        } else if (heldWord == 0) {
            heldPosition = start;
            heldFrames = frames - 1;
            heldWord = word;
        } else {
            NativeMemory.putLong(frame, word);
            if (end - heldPosition >= capacity >> 1) {
                publishHeld();
            }
        }
        return end;
    }

    /** The same behind padding, at the end of a turn. */
    private long commitPadded(final int length, final int flags, final int streamId, final int sequence) {
        final long start = tail;
        final long frame = claimed();
        final long end = start + padding + FrameDescriptor.step(length);
        final long padWord = sampled ? sample(ring + (start & mask), end) : -padding & 0xFFFFFFFFL;
        padding = 0;
        NativeMemory.putLong(frame + FrameDescriptor.STREAM_ID_OFFSET, FrameDescriptor.secondWord(streamId, sequence));
        NativeMemory.putLong(frame, FrameDescriptor.firstWord(length, flags));
        tail = end;
        frames++;
        if (!batching) {
            NativeMemory.putInt(NativeMemory.base(ring + (end & mask)), 0);
            // SYNC: pairs with the acquire of the word in LaneReader.poll.
            NativeMemory.putLongRelease(ring + (start & mask), padWord);
            // SYNC: pairs with Lane.tail.
            NativeMemory.putLongRelease(control + TAIL_OFFSET, end);
        } else if (heldWord == 0) {
            heldPosition = start;
            heldFrames = frames - 1;
            heldWord = padWord;
        } else {
            NativeMemory.putLong(ring + (start & mask), padWord);
            if (end - heldPosition >= capacity >> 1) {
                publishHeld();
            }
        }
        return end;
    }

    /** Notes the time of a commit in the padding before its frame; the first word of that. */
    private long sample(final long at, final long end) {
        final long now = System.nanoTime();
        LaneSample.putTime(at, now);
        sampleAt = end + pace.timed(now, System.currentTimeMillis());
        return LaneSample.firstWord();
    }

    /** The same for a frame that became shorter than it was claimed. */
    public long commitShorter(final int length, final int flags, final int streamId, final int sequence) {
        final int step = FrameDescriptor.step(length);
        if (step != length) {
            clearAlignment(claimed() + step - WORD, step - length);
        }
        return commit(length, flags, streamId, sequence);
    }

    /** Before a frame with a reference is claimed: what must not fail behind it. */
    public void makeRoomForPayload() {
        payloads.makeRoom();
    }

    /**
     * The same as {@link #commit} for a frame that refers to a payload, behind {@link #makeRoomForPayload}. Takes over a reference of the
     * caller's to the bytes, and gives up those of frames that all readers have passed: not each time, as that is a look at every reader.
     *
     * @param payloadLength bytes of the message
     */
    public long commitReference(final int length, final int flags, final int streamId, final int sequence, final SharedBytes bytes,
            final long payloadLength) {
        final long end = commit(length, flags, streamId, sequence);
        if (payloads.add(end, bytes, payloadLength)) {
            releasePassed();
        }
        return end;
    }

    /** Gives up the payloads of frames that no reader can come to any more. */
    private void releasePassed() {
        final long published = visible();
        // SYNC: pairs with the full fence in Lane.tryJoinAt, for why see PayloadsInFlight: a reader that is not seen below has a tail
        // behind all this.
        VarHandle.fullFence();
        payloads.releaseUpTo(Math.min(slowestPosition(), published));
    }

    /** For a frame that ends earlier than claimed: what was written behind its end is no part of it. */
    private static void clearAlignment(final long lastWord, final int bytes) {
        NativeMemory.putLong(lastWord, NativeMemory.getLong(lastWord) & -1L >>> (bytes << 3));
    }

    /** Publishes the frame last claimed as a part of a message that is not complete with it: it does not count among {@link #frames}. */
    long commitPart(final int length, final int flags, final int streamId, final int sequence) {
        final long end = commit(length, flags, streamId, sequence);
        frames--;
        return end;
    }

    /**
     * Makes sure of room for several frames: the claims that follow are granted, as long as they take no more, padding included.
     *
     * @param bytes at most the capacity
     * @return whether there is as much; if not, what a batch held back is published
     */
    boolean reserve(final int bytes) {
        final long need = tail + bytes + WORD;
        if (need > limit && !raise(need)) {
            publishHeld();
            return false;
        }
        return true;
    }

    /** Bytes of the ring that are free. Looks at the readers. */
    long free() {
        return readTo() + capacity - tail;
    }

    /** Position that all gating readers have come to; {@link #position} if there is none. Looks at the readers. */
    public long readTo() {
        room = slowestPosition() + capacity;
        return room - capacity;
    }

    /**
     * Publishes frames that a {@link RunWriter} wrote behind the tail, where there was {@linkplain #reserve room}; and how many there are
     * then.
     */
    void commitRun(final long end, final long messages, final long firstWord) {
        final long start = tail;
        tail = end;
        frames = messages;
        clear = end;
        NativeMemory.putLong(ring + (end & mask), 0);
        // SYNC: pairs with the acquires in LaneReader.poll and Lane.tail.
        NativeMemory.putLongRelease(ring + (start & mask), firstWord);
        NativeMemory.putLongRelease(control + TAIL_OFFSET, end);
    }

    /** From here on commits are held back until {@link #endBatch}. */
    public void beginBatch() {
        batching = true;
    }

    /** Publishes what was held back, with one release. */
    public long endBatch() {
        publishHeld();
        batching = false;
        return tail;
    }

    /** Forgets what was held back. Nobody has seen it. */
    public void dropBatch() {
        if (heldWord != 0) {
            heldWord = 0;
            tail = heldPosition;
            frames = heldFrames;
            // It may have been in the turn before.
            clear = tail;
            payloads.dropBehind(tail);
        }
        batching = false;
    }

    /** Whether commits are held back. */
    public boolean isBatching() {
        return batching;
    }

    private void publishHeld() {
        if (heldWord != 0) {
            NativeMemory.putInt(ring + (tail & mask), 0);
            // SYNC: pairs with the acquire of the word in LaneReader.poll, which then finds all words up to the zero above.
            NativeMemory.putLongRelease(ring + (heldPosition & mask), heldWord);
            // SYNC: pairs with Lane.tail.
            NativeMemory.putLongRelease(control + TAIL_OFFSET, tail);
            heldWord = 0;
        }
    }

    /**
     * The slow path, sixteen times a turn and whenever readers are behind: looks how far the readers are and, if they leave room and
     * {@code need} is beyond intent, raises that and looks again, for who joined meanwhile.
     *
     * @return whether it may write below {@code need}
     */
    private boolean raise(final long need) {
        long slowest = slowestPosition();
        if (need > slowest + capacity && LaneEviction.refused(control, capacity, need, visible())) {
            slowest = slowestPosition();
        }
        if (need <= slowest + capacity && need > intent) {
            final boolean held = heldWord != 0;
            // A batch that is held back is invisible, so the boundary that all may start from is where it begins.
            final long boundary = held ? heldPosition : tail;
            final long raised = Math.min(Math.max(need, tail + raiseStep), slowest + capacity);
            // Behind a slow reader raises are as small as the room that it leaves: marks are not, or they would cover no distance. But the
            // newest is never overwritten: who was overrun goes on there.
            if (boundary - lastMark >= raiseStep || lastMark < raised - capacity) {
                final long now = System.currentTimeMillis();
                LaneMarks.record(control, boundary, held ? heldFrames : frames, now);
                lastMark = boundary;
                if (pace.isOverdue(now)) {
                    sampleAt = Math.min(sampleAt, tail + 1);
                }
            }
            intent = raised;
            NativeMemory.putLongRelease(control + INTENT_OFFSET, intent);
            // SYNC: pairs with the full fence in Lane.tryJoinAt: who joins sees this intent, or is seen below. It is the store fence
            // that pairs with the acquire fences in LossyLaneReader, too: who sees data written after this sees this intent.
            VarHandle.fullFence();
            slowest = slowestPosition();
        }
        room = slowest + capacity;
        limit = Math.min(intent, room);
        if (!payloads.isEmpty()) {
            releasePassed();
        }
        // Not the frame in hand, which may be a part of a message.
        look(tail + 1);
        if (need > limit) {
            refusals.refused();
            return false;
        }
        refusals.granted();
        return true;
    }

    /** Whoever waited for space waits no more, because there was none: the flight recorder is told, if it took long enough. */
    public void giveUp() {
        refusals.givenUp();
    }

    /** Position behind the last frame that readers can see. */
    public long visible() {
        return heldWord != 0 ? heldPosition : tail;
    }

    /** Messages that end before that. */
    public long visibleFrames() {
        return heldWord != 0 ? heldFrames : frames;
    }

    private long slowestPosition() {
        long slowest = tail;
        // SYNC: pairs with the release in Lane.leave, and in Lane.tryJoinAt.
        long used = NativeMemory.getLongAcquire(control + USED_SLOTS_OFFSET);
        while (used != 0) {
            final long slot = LaneDescriptor.slot(control, Long.numberOfTrailingZeros(used));
            used &= used - 1;
            final int state = NativeMemory.getIntAcquire(slot + SLOT_STATE_OFFSET);
            if ((state & SLOT_STATE_MASK) == SLOT_ACTIVE || (state & SLOT_STATE_MASK) == SLOT_LEAVING) {
                // SYNC: pairs with Patience.store: loaded before the position that it is for.
                final long maxLag = NativeMemory.getLongAcquire(slot + SLOT_MAX_LAG_OFFSET);
                // SYNC: pairs with LaneReader.publish: the reader is done with all that lies before. A position that no reader
                // of this lane can have is bent to the nearest that one can.
                final long position = NativeMemory.getLongAcquire(slot + SLOT_POSITION_OFFSET);
                if (visible() - position > maxLag && maxLag != Long.MAX_VALUE
                        && LaneEviction.evict(slot, state, visible() - position, 0)) {
                    continue;
                }
                slowest = Math.min(slowest, Math.max(position, tail - capacity));
            }
        }
        return slowest;
    }
}
