// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static io.kaelix.lane.LaneDescriptor.WORD;

import io.kaelix.memory.NativeMemory;
import io.kaelix.memory.Padded;
import io.kaelix.message.FrameCheck;
import io.kaelix.message.FrameDescriptor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Writes runs of frames that come from outside into a lane: the bytes are read straight into the ring, checked there, and published.
 *
 * <pre>
 *              tail                                            end of the run
 *   ┌ padding ┐┌ frame ─────────┬ frame ─────┬ frame, not whole ┄┄┄┄┐
 *              └ first word: kept in {@link #first} until the frame is published; zero in the ring
 * </pre>
 *
 * <p>Readers look at the word at the tail, and follow it as soon as it is not zero: so the first word of the first frame that is not
 * published stays out of the ring. With each {@link #commit}, the frames that are whole get the numbers that their streams have here, and
 * are published with one release of that word; the first word of the next frame changes places then.
 *
 * <p>Nothing that comes is trusted. A frame is checked when it is whole, its length before that; what none of our publishers could have
 * written is an error, and it and all behind it are never seen. What is denied becomes padding.
 *
 * <p><b>Threads</b>: the writer's.
 */
public final class RunWriter extends Padded {

    /** Of {@link #claim}: the readers leave no room. */
    public static final int BACK_PRESSURED = -1;

    /** Of {@link #claim} and {@link #commit}: {@link #error} says what is wrong. */
    public static final int ERROR = -2;

    /** Whose frames they are here. */
    public interface Streams {

        /** Of {@link #local}: frames of this stream are left out. */
        int DENIED = -1;

        /** Of {@link #local}: there is no such stream. */
        int UNKNOWN = -2;

        /** Number that a stream has here, or {@link #DENIED} or {@link #UNKNOWN}. */
        int local(int remote);

        /** Number of the next message of a stream, as it is here, low 32 bits. */
        int sequence(int local);

        /** A message was written: the next one has the next number. */
        void sent(int local);
    }

    private final LaneWriter writer;
    private final Streams streams;
    private final IncomingParts parts;
    private final long ring;
    private final int capacity;
    private final long mask;
    private final int longest;
    private final ByteBuffer first = ByteBuffer.allocateDirect(WORD);
    private final long firstAddress = MemorySegment.ofBuffer(first).address();
    private final ByteBuffer rest;

    /** Where the first frame begins that is not published. */
    private long start;
    /** Where the run ends; {@code start} if there is none. */
    private long end;
    /** Bytes of padding before {@code start} that are not published. */
    private int padding;

    private long received;
    private long messages;
    private int messagesOfRun;
    private long denied;
    private long incomplete;
    private String error;

    /**
     * @param writer of the lane, for this alone
     * @param maxMessageLength longest payload that its readers put together
     */
    public RunWriter(final LaneWriter writer, final Streams streams, final int maxMessageLength) {
        final Lane lane = writer.lane();
        this.writer = writer;
        this.streams = streams;
        this.parts = new IncomingParts(maxMessageLength);
        this.ring = lane.ring();
        this.capacity = lane.capacity();
        this.mask = capacity - 1L;
        this.longest = LaneDescriptor.maxFrameLength(capacity);
        this.rest = lane.writableRing().asByteBuffer();
        first.limit(0);
        rest.limit(0);
    }

    /** Longest run, and frame. */
    public int maxLength() {
        return longest;
    }

    /** Bytes of runs that it surely takes, whatever is lost at the end of the ring. Looks at the readers. */
    public int room() {
        return (int) Math.max(0, writer.free() - (end - writer.position()) - longest - WORD);
    }

    /**
     * Space for a run; the one before must be complete.
     *
     * @return 0, {@link #BACK_PRESSURED} or {@link #ERROR}
     */
    public int claim(final int bytes) {
        if (error != null) {
            return ERROR;
        }
        if (missing() != 0) {
            throw new IllegalStateException("the run before still misses " + missing() + " bytes: put them, or abort it");
        }
        if (bytes < FrameDescriptor.HEADER_LENGTH || bytes > longest || (bytes & FrameDescriptor.ALIGNMENT - 1) != 0) {
            return fail("a run of " + bytes + " bytes: it has a multiple of " + FrameDescriptor.ALIGNMENT + ", from "
                    + FrameDescriptor.HEADER_LENGTH + " to " + longest);
        }
        final long tail = writer.position();
        final int left = capacity - (int) (tail & mask);
        final int skipped = left < bytes ? left : 0;
        if (!writer.reserve(skipped + bytes)) {
            return BACK_PRESSURED;
        }
        padding = skipped;
        start = tail + skipped;
        end = start + bytes;
        messagesOfRun = 0;
        final int index = (int) (start & mask);
        first.clear();
        rest.limit(index + bytes).position(index + WORD);
        return 0;
    }

    /** Bytes that have not come yet. */
    public int missing() {
        return first.remaining() + rest.remaining();
    }

    /** What has not come of the first word. */
    public ByteBuffer first() {
        return first;
    }

    /** What has not come behind that. */
    public ByteBuffer rest() {
        return rest;
    }

    /** Publishes what is whole; how many bytes, or {@link #ERROR}, before which something may have been published. */
    public int commit() {
        if (error != null) {
            return ERROR;
        }
        if (end == start || first.hasRemaining()) {
            return 0;
        }
        final long from = start;
        final long arrived = start + rest.position() - (start & mask);
        long at = from;
        int count = 0;
        long firstWord = 0;
        while (at < end && arrived - at >= WORD) {
            final long frame = ring + (at & mask);
            final long word = at == from ? NativeMemory.getLong(firstAddress) : NativeMemory.getLong(frame);
            final int length = FrameDescriptor.length(word);
            if (!LengthCheck.isFrame(length, longest) || FrameDescriptor.step(length) > end - at) {
                fail("a frame of " + length + " bytes, " + (end - at) + " before the end of its run");
                break;
            }
            final int step = FrameDescriptor.step(length);
            if (step > arrived - at) {
                break;
            }
            final long accepted = accept(frame, length, FrameDescriptor.flags(word));
            if (accepted == 0) {
                break;
            }
            if (at == from) {
                firstWord = accepted;
            } else {
                NativeMemory.putLong(frame, accepted);
            }
            at += step;
            count += FrameDescriptor.endsMessage(FrameDescriptor.flags(word)) ? 1 : 0;
        }
        if (at > from) {
            publish(from, at, arrived, firstWord);
            messagesOfRun += count;
        }
        if (error != null) {
            forget();
            return ERROR;
        }
        return (int) (at - from);
    }

    /** Checks a whole frame and makes it one of this lane: the first word that it gets, or that of padding; 0 for an error. */
    private long accept(final long frame, final int length, final int flags) {
        final String problem = FrameCheck.problem(frame, length, flags);
        if (problem != null) {
            fail(problem);
            return 0;
        }
        final int step = FrameDescriptor.step(length);
        final int remote = NativeMemory.getInt(frame + FrameDescriptor.STREAM_ID_OFFSET);
        final int local = streams.local(remote);
        if (local < 0) {
            if (local == Streams.UNKNOWN) {
                fail("a frame of stream " + remote + ", which was not announced");
                return 0;
            }
            denied += FrameDescriptor.endsMessage(flags) ? 1 : 0;
            return paddingWord(step);
        }
        int sequence = 0;
        if (FrameDescriptor.isPart(flags)) {
            final int taken = parts.take(frame, length, flags, local, streams);
            if (taken == IncomingParts.WRONG) {
                fail(parts.problem());
                return 0;
            }
            if (taken == IncomingParts.LEFT_OUT) {
                denied += FrameDescriptor.endsMessage(flags) ? 1 : 0;
                incomplete += FrameDescriptor.endsMessage(flags) ? 1 : 0;
                return paddingWord(step);
            }
            sequence = parts.sequence();
        } else {
            parts.interrupt(local);
            sequence = streams.sequence(local);
        }
        if (FrameDescriptor.endsMessage(flags)) {
            streams.sent(local);
            messages++;
        }
        if (step != length) {
            // Whatever was sent there: no payload.
            final long last = frame + step - WORD;
            NativeMemory.putLong(last, NativeMemory.getLong(last) & -1L >>> (step - length << 3));
        }
        NativeMemory.putLong(frame + FrameDescriptor.STREAM_ID_OFFSET, FrameDescriptor.secondWord(local, sequence));
        return FrameDescriptor.firstWord(length, flags);
    }

    private static long paddingWord(final int bytes) {
        return -bytes & 0xFFFFFFFFL;
    }

    /** Publishes what lies between two boundaries; what has come behind is kept for the next time. */
    private void publish(final long from, final long to, final long arrived, final long firstWord) {
        final int kept = (int) Math.min(WORD, arrived - to);
        final int index = (int) (to & mask);
        first.clear();
        if (kept > 0) {
            // Before the zero that the readers stop at takes its place.
            NativeMemory.putLong(firstAddress, NativeMemory.getLong(ring + index));
        }
        if (padding != 0) {
            NativeMemory.putLong(ring + (from & mask), firstWord);
        }
        final int skipped = padding;
        padding = 0;
        start = to;
        received += to - from;
        writer.commitRun(to, messages, skipped != 0 ? paddingWord(skipped) : firstWord);
        if (to == end) {
            forget();
        } else {
            first.position(kept);
            rest.position((int) (index + Math.max(WORD, arrived - to)));
        }
    }

    /**
     * Something may be missing between the runs before and those to come: messages of which only some parts have come are given up, and what
     * comes of them is left out.
     */
    public void interrupt() {
        parts.interrupt();
    }

    /** Forgets what has come and is not published. Nobody saw it. */
    public void abort() {
        forget();
    }

    private void forget() {
        padding = 0;
        start = writer.position();
        end = start;
        first.limit(0);
        rest.limit(0);
    }

    private int fail(final String what) {
        if (error == null) {
            error = what;
        }
        return ERROR;
    }

    /** What was wrong with what came; null as long as nothing was. */
    public String error() {
        return error;
    }

    /** Bytes of frames that were published, those of padding in their place included. */
    public long received() {
        return received;
    }

    /** Messages that were published. */
    public long messages() {
        return messages;
    }

    /** Messages that end in what was published of the run, left out or not. */
    public int messagesOfRun() {
        return messagesOfRun;
    }

    /** Messages that were left out. */
    public long denied() {
        return denied;
    }

    /** Those of them that could not be put together. */
    public long incomplete() {
        return incomplete;
    }
}
