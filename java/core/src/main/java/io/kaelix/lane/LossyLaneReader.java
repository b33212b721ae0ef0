// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import io.kaelix.KaelixException;
import io.kaelix.MessageHandler;
import io.kaelix.Start;
import io.kaelix.memory.NativeMemory;
import io.kaelix.memory.Padded;
import io.kaelix.message.BatchColumns;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameFilter;
import io.kaelix.message.FrameMatches;
import io.kaelix.message.FrameMessage;
import io.kaelix.telemetry.FlightEvents;
import io.kaelix.telemetry.LatencyHistogram;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Reads a lane without ever holding its writer up: what the writer overwrites first is lost, and counted.
 *
 * <p>Every frame is copied out before it is handed over, and handed over only if it was whole when it was copied. After an overrun the
 * reader goes on at the oldest mark within half a ring of the newest: near enough to the tail not to be overrun at once again.
 *
 * <p>A frame that refers to a payload is handed over if there still is one to take a reference to; else it is lost, too.
 *
 * <p><b>Losses</b> are exact: the reader knows how many messages of the lane end before its position, each mark knows that of
 * its own, and the difference at a jump is what was lost. A message in parts ends with its last: if that is read, and others were not, it
 * is lost then. They are losses of the lane: what was written over can't be asked for its stream, so those of streams that the reader does
 * not want count too.
 *
 * <p><b>Threads</b>: one, but for {@link #requestLeave} and what only reads. Checks nothing of that; its caller does.
 */
public final class LossyLaneReader extends Padded implements PollableLane {

    private static final VarHandle LOST;
    private static final VarHandle POSITION;
    private static final VarHandle FRAMES;
    private static final VarHandle LEAVING;

    static {
        try {
            final var lookup = MethodHandles.lookup();
            LOST = lookup.findVarHandle(LossyLaneReader.class, "lost", long.class);
            POSITION = lookup.findVarHandle(LossyLaneReader.class, "position", long.class);
            FRAMES = lookup.findVarHandle(LossyLaneReader.class, "frames", long.class);
            LEAVING = lookup.findVarHandle(LossyLaneReader.class, "leaving", boolean.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Lane lane;
    private final long control;
    private final long ring;
    private final int capacity;
    private final long mask;
    private final int maxFrameLength;
    private final LaneMarks.Mark mark = new LaneMarks.Mark();
    private final MemorySegment copy;
    final long copyAddress;
    private final long start;
    private final long framesBefore;

    long position;
    /** Messages of the lane that end before {@code position}. */
    long frames;
    private long lost;
    private boolean leaving;
    /** Whether it was ever overrun. */
    private boolean jumped;
    /** As in {@link LaneReader}. */
    private LatencyHistogram latency;

    /** Starts as it is asked to; or, if start is null, at a boundary, which so many messages end before. */
    LossyLaneReader(final Lane lane, final Start start, final long position, final long frames) {
        this.lane = lane;
        this.control = lane.control();
        this.ring = lane.ring();
        this.capacity = lane.capacity();
        this.mask = capacity - 1L;
        this.maxFrameLength = LaneDescriptor.maxFrameLength(capacity);
        // Freed by the garbage collector: a message's segment may be held by whoever was handed it.
        this.copy = allocateCopy(maxFrameLength);
        this.copyAddress = copy.address();
        this.position = position;
        this.frames = frames;
        this.start = start == null ? position : start instanceof Start.Latest ? startAtTail() : startAtMark(start);
        this.framesBefore = this.frames;
    }

    private static MemorySegment allocateCopy(final int bytes) {
        try {
            return Arena.ofAuto().allocate(bytes, FrameDescriptor.ALIGNMENT);
        } catch (final OutOfMemoryError e) {
            throw new KaelixException("no memory for the copy buffer of a lossy reader, " + bytes + " bytes, a quarter of the lane: use"
                    + " smaller lanes, fewer lossy subscribers, or start Java with a larger -XX:MaxDirectMemorySize", e);
        }
    }

    /** Memory that the frames handed over lie in. */
    public MemorySegment copySegment() {
        return copy.asReadOnly();
    }

    @Override
    public Lane lane() {
        return lane;
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
        return (long) POSITION.getOpaque(this);
    }

    /** To another thread while it polls, give or take one. */
    @Override
    public long frames() {
        return (long) FRAMES.getOpaque(this);
    }

    @Override
    public void record(final LatencyHistogram delivery) {
        latency = delivery;
    }

    /** Goes on behind the padding that it stands before, which may tell when the message behind it was sent. */
    void skip(final int word, final long index) {
        final int bytes = LengthCheck.padding(word, position, lane);
        if (bytes == LaneSample.LENGTH && latency != null && LaneSample.isAt(ring + index)) {
            final long sent = LaneSample.time(ring + index);
            if (!isOverwritten(position)) {
                latency.record(System.nanoTime() - sent);
            }
        }
        POSITION.setOpaque(this, position + bytes);
    }

    @Override
    public long lost() {
        return (long) LOST.getOpaque(this);
    }

    @Override
    public int poll(final FrameMessage message, final MessageHandler handler, final int limit) {
        return poll(message, handler, limit, null, null);
    }

    @Override
    public int pollMatching(final FrameMessage message, final MessageHandler handler, final int limit, final StreamSet streams) {
        return poll(message, handler, limit, streams, null);
    }

    @Override
    public int pollWhere(final FrameMessage message, final MessageHandler handler, final int limit, final StreamSet streams,
            final FrameMatches matches) {
        return poll(message, handler, limit, streams, matches.filter());
    }

    private int poll(final FrameMessage message, final MessageHandler handler, final int limit, final StreamSet streams,
            final FrameFilter filter) {
        int count = 0;
        int rest = MOST_PASSED_OVER;
        while (count < limit && rest > 0 && !(boolean) LEAVING.getOpaque(this)) {
            final long index = position & mask;
            final long firstWord = NativeMemory.getLongAcquire(ring + index);
            final int word = FrameDescriptor.length(firstWord);
            if (isOverwritten(position)) {
                if (!resume(message)) {
                    break;
                }
                continue;
            }
            // Proven from here on: what the word says is what the writer wrote for this position.
            if (word == 0) {
                break;
            }
            if (word < 0) {
                skip(word, index);
                continue;
            }
            final int step = LengthCheck.frame(word, index, capacity, maxFrameLength, lane);
            if (streams != null && !isOf(streams, index)) {
                rest -= passOver(firstWord, step, null);
                continue;
            }
            if (filter != null && !holds(filter, index, firstWord)) {
                rest -= passOver(firstWord, step, filter);
                continue;
            }
            NativeMemory.copy(ring + index, copyAddress, step);
            if (isOverwritten(position)) {
                continue;
            }
            if (!message.wrap(copyAddress, word, FrameDescriptor.flags(firstWord))) {
                if (message.isGone()) {
                    // All that gate the lane have passed the frame, and nobody holds its payload any more.
                    LOST.setOpaque(this, lost + 1);
                    passed(firstWord, step);
                    rest--;
                    continue;
                }
                rest -= MOST_PASSED_OVER / MOST_PARTS;
                count += takePart(message, handler, filter, firstWord, step);
                continue;
            }
            POSITION.setOpaque(this, position + step);
            frames++;
            if (filter != null && !FrameDescriptor.isPlain(FrameDescriptor.flags(firstWord)) && !filter.holds(message)) {
                filter.passOver(1);
                rest--;
                continue;
            }
            count++;
            handler.onMessage(message);
        }
        return count;
    }

    /** Takes the part of a message that was copied; how many messages were handed over then. */
    private int takePart(final FrameMessage message, final MessageHandler handler, final FrameFilter filter, final long firstWord,
            final int step) {
        final int taken = takePart(message, firstWord);
        final boolean wanted = taken == FrameMessage.WHOLE && message.isWanted(filter);
        passed(firstWord, step);
        if (taken == FrameMessage.MISSED) {
            LOST.setOpaque(this, lost + 1);
        }
        if (!wanted) {
            return 0;
        }
        message.deliver(handler);
        return 1;
    }

    private int takePart(final FrameMessage message, final long firstWord) {
        final int word = FrameDescriptor.length(firstWord);
        final int taken = message.take(copyAddress, word, FrameDescriptor.flags(firstWord), start == 0 && !jumped);
        if (taken == FrameMessage.CORRUPT) {
            throw LengthCheck.corruptFrame(message, word, position & mask, lane);
        }
        return taken;
    }

    void passed(final long firstWord, final int step) {
        POSITION.setOpaque(this, position + step);
        frames += FrameDescriptor.endsMessage(FrameDescriptor.flags(firstWord)) ? 1 : 0;
    }

    private boolean isOf(final StreamSet streams, final long index) {
        return streams.contains(NativeMemory.getInt(ring + index + FrameDescriptor.STREAM_ID_OFFSET));
    }

    /** Whether a filter may hold: it does for frames that are no plain ones, whose messages are asked for later, and for corrupt ones. */
    private boolean holds(final FrameFilter filter, final long index, final long firstWord) {
        final int length = FrameDescriptor.length(firstWord);
        final int flags = FrameDescriptor.flags(firstWord);
        final int start = FrameDescriptor.payloadOffset(flags);
        return start > length || !FrameDescriptor.isPlain(flags) || filter.holds(lane.ringSegment(), index + start, length - start);
    }

    /**
     * Goes on behind a frame that is not wanted; not if it is not any more what it was: then it is the turn
     * of resume. How many were passed.
     */
    private int passOver(final long firstWord, final int step, final FrameFilter filter) {
        if (isOverwritten(position)) {
            return 0;
        }
        passed(firstWord, step);
        if (filter != null) {
            filter.passOver(1);
        }
        return 1;
    }

    @Override
    public int take(final BatchColumns batch, final FrameMessage message, final int limit, final StreamSet streams,
            final FrameMatches matches) {
        final FrameFilter filter = matches == null ? null : matches.filter();
        batch.beginCopies(capacity >> 1, message);
        int count = 0;
        int rest = MOST_PASSED_OVER;
        while (count < limit && rest > 0 && !(boolean) LEAVING.getOpaque(this)) {
            final long index = position & mask;
            final long firstWord = NativeMemory.getLongAcquire(ring + index);
            final int word = FrameDescriptor.length(firstWord);
            if (isOverwritten(position)) {
                if (!resume(message)) {
                    break;
                }
                continue;
            }
            if (word == 0) {
                break;
            }
            if (count > 0 && !LengthCheck.isFrame(word, maxFrameLength) && firstWord != LaneSample.firstWord()) {
                // Padding, or corrupt: looked at by the next poll, so that what was taken is not lost for it.
                break;
            }
            if (word < 0) {
                skip(word, index);
                continue;
            }
            final int step = LengthCheck.frame(word, index, capacity, maxFrameLength, lane);
            if (streams != null && !isOf(streams, index)) {
                rest -= passOver(firstWord, step, null);
                continue;
            }
            if (filter != null && !holds(filter, index, firstWord)) {
                rest -= passOver(firstWord, step, filter);
                continue;
            }
            final int flags = FrameDescriptor.flags(firstWord);
            if (!FrameDescriptor.isPlain(flags)) {
                if (count > 0) {
                    break;
                }
                NativeMemory.copy(ring + index, copyAddress, step);
                if (!isOverwritten(position)) {
                    count = takeMore(batch, message, filter, firstWord, step);
                    if (count > 0) {
                        break;
                    }
                    rest -= FrameDescriptor.isPart(flags) ? MOST_PASSED_OVER / MOST_PARTS : 1;
                }
                continue;
            }
            final long target = batch.roomForCopy(step);
            if (target == 0) {
                break;
            }
            NativeMemory.copy(ring + index, target, step);
            if (isOverwritten(position)) {
                continue;
            }
            if (!batch.addCopy(word)) {
                if (count > 0) {
                    break;
                }
                throw LengthCheck.corruptHeaders(word, index, lane);
            }
            POSITION.setOpaque(this, position + step);
            frames++;
            count++;
        }
        return count;
    }

    /** Takes what was copied into a batch, that is a part of a message, or has its payload elsewhere; how many messages it has then. */
    private int takeMore(final BatchColumns batch, final FrameMessage message, final FrameFilter filter, final long firstWord,
            final int step) {
        final int flags = FrameDescriptor.flags(firstWord);
        if (message.wrap(copyAddress, FrameDescriptor.length(firstWord), flags)) {
            return takeShown(batch, message, filter, firstWord, step);
        }
        if (message.isGone()) {
            LOST.setOpaque(this, lost + 1);
            passed(firstWord, step);
            return 0;
        }
        final int taken = takePart(message, firstWord);
        final boolean wanted = taken == FrameMessage.WHOLE && message.isWanted(filter);
        if (wanted) {
            // Before the last part is passed: without room the message is not lost, but taken once more.
            batch.makeRoom(message.plainLength(), capacity >> 1);
        }
        passed(firstWord, step);
        if (taken == FrameMessage.MISSED) {
            LOST.setOpaque(this, lost + 1);
        }
        if (!wanted) {
            return 0;
        }
        message.deliver(whole -> batch.addCopyOf(message));
        return 1;
    }

    private int takeShown(final BatchColumns batch, final FrameMessage message, final FrameFilter filter, final long firstWord,
            final int step) {
        boolean makingRoom = false;
        try {
            if (filter != null && !filter.holds(message)) {
                message.checkWhole();
                passed(firstWord, step);
                filter.passOver(1);
                return 0;
            }
            makingRoom = true;
            batch.makeRoom(message.plainLength(), capacity >> 1);
            makingRoom = false;
            batch.addCopyOf(message);
        } catch (final KaelixException | InternalError cut) {
            // Of a file: told, and passed, unless the batch has messages of other lanes that are to be handed over before.
            if (!makingRoom && batch.size() == 0) {
                passed(firstWord, step);
            }
            throw cut;
        }
        passed(firstWord, step);
        return 1;
    }

    @Override
    public void release() {
        // Copies hold nobody up.
    }

    /** Whether what was read at a position, just before, may have been written over meanwhile. */
    boolean isOverwritten(final long at) {
        // SYNC: pairs with the fence behind the store of intent in LaneWriter.raise.
        VarHandle.acquireFence();
        return lane.intent() > at + capacity;
    }

    /** Jumps to a mark; false if the writer is so fast that none could be loaded: the next poll tries again. */
    boolean resume(final FrameMessage message) {
        final long count = LaneMarks.count(control);
        if (!mark.load(control, count - 1)) {
            return false;
        }
        final long floor = Math.max(position, mark.position - (capacity >> 1));
        for (long number = LaneMarks.oldest(count); number < count; number++) {
            if (mark.load(control, number) && mark.position > floor) {
                break;
            }
        }
        if (mark.position <= position) {
            return false;
        }
        jumped = true;
        message.dropParts();
        final long overrun = mark.frames - frames;
        LOST.setOpaque(this, lost + overrun);
        FlightEvents.overrun(lane.name(), overrun, lost, mark.position - position);
        frames = mark.frames;
        POSITION.setOpaque(this, mark.position);
        return true;
    }

    /**
     * The tail is a boundary, but only marks know how many frames lie before them: walks from the newest mark to the tail, a sixteenth
     * of the ring as a rule.
     */
    private long startAtTail() {
        while (true) {
            final long tail = lane.tail();
            // A mark that is newer than the tail that was loaded: the next round takes a newer tail.
            if (mark.load(control, LaneMarks.count(control) - 1) && mark.position <= tail) {
                final long walked = LaneWalk.frames(lane, mark.position, tail);
                if (walked != LaneWalk.OVERTAKEN) {
                    position = tail;
                    frames = mark.frames + walked;
                    return tail;
                }
            }
        }
    }

    private long startAtMark(final Start wanted) {
        while (true) {
            final long count = LaneMarks.count(control);
            for (long number = mark.find(wanted, control, count); number < count; number++) {
                if (mark.load(control, number) && !isOverwritten(mark.position)) {
                    position = mark.position;
                    frames = mark.frames;
                    return position;
                }
            }
        }
    }

    @Override
    public boolean isDrained() {
        return (boolean) LEAVING.getOpaque(this)
                || lane.isClosed() && lane.tail() == position;
    }

    @Override
    public void requestLeave() {
        LEAVING.setOpaque(this, true);
    }

    @Override
    public void leave() {
        lane.releaseLossy();
    }
}
