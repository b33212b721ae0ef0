// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.aeron.DirectBufferVector;
import io.aeron.ExclusivePublication;
import io.aeron.logbuffer.BufferClaim;
import io.kaelix.net.OutRun;
import java.nio.ByteBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Offers runs to Aeron: they are cut into pieces of a packet each, with a header before the frames, which are taken as they lie in the lane.
 * A frame that is longer than a packet is a piece of its own, which Aeron sends in fragments.
 *
 * <p>One thread. Nothing is allocated.
 */
final class RunOffer {

    private static final int FLAGS_OFFSET = 4;
    /** Of a part that is not the last of its message: docs/wire.md. */
    private static final int MORE = 0x08;

    private final BufferClaim claim = new BufferClaim();
    private final UnsafeBuffer header = new UnsafeBuffer(ByteBuffer.allocateDirect(RecordDescriptor.RUN_LENGTH));
    private final UnsafeBuffer whole = new UnsafeBuffer(0, 0);
    private final DirectBufferVector[] vectors = {new DirectBufferVector(), new DirectBufferVector()};
    private OutRun run;
    private int sent;
    private int sentMessages;
    /** The piece that is offered. */
    private boolean cut;
    private int length;
    private int messages;

    /** Most bytes of frames that fit into a packet. */
    static int packet(final ExclusivePublication publication) {
        return publication.maxPayloadLength() - RecordDescriptor.RUN_LENGTH & -RecordDescriptor.ALIGNMENT;
    }

    /** Most bytes of frames that Aeron takes in one message, which depends on the length of its terms; at most so many. */
    static int longest(final ExclusivePublication publication, final int most) {
        return Math.min(most, publication.maxMessageLength() - RecordDescriptor.RUN_LENGTH & -RecordDescriptor.ALIGNMENT);
    }

    /** Takes a run in hand. What is left of one before is forgotten. */
    void begin(final OutRun taken) {
        run = taken;
        whole.wrap(taken.buffer(), taken.buffer().position(), taken.length());
        sent = 0;
        sentMessages = 0;
        cut = false;
    }

    /** Whether all of the run was sent. */
    boolean isDone() {
        return sent == run.length();
    }

    /** Bytes of the run that were sent. */
    int sent() {
        return sent;
    }

    /** Bytes of the piece that was sent last, which ends at {@link #sent}. */
    int length() {
        return length;
    }

    /** Messages that end in it. */
    int messages() {
        return messages;
    }

    /** Messages of the run that were not sent. */
    int left() {
        return run.messages() - sentMessages;
    }

    /**
     * Offers the next piece of the run: whole frames that fit into a packet together; or one that is longer.
     *
     * @param flowMessages messages of the flow before the piece
     * @return the position of the publication behind it; or what Aeron answered, negative: the same piece is offered next
     */
    long offer(final ExclusivePublication publication, final long flowMessages) {
        if (!cut) {
            cut(packet(publication));
        }
        final long result = offer(publication, RecordDescriptor.RUN_LENGTH + length, flowMessages);
        if (result > 0) {
            sent += length;
            sentMessages += messages;
            cut = false;
        }
        return result;
    }

    private void cut(final int packet) {
        cut = true;
        length = run.length() - sent;
        messages = left();
        if (length <= packet) {
            return;
        }
        int bytes = 0;
        int count = 0;
        while (bytes < length) {
            final int frame = whole.getInt(sent + bytes, LITTLE_ENDIAN);
            final int step = frame < 0 ? -frame : RecordDescriptor.aligned(frame);
            if (bytes > 0 && bytes + step > packet) {
                break;
            }
            count += frame > 0 && (whole.getByte(sent + bytes + FLAGS_OFFSET) & MORE) == 0 ? 1 : 0;
            bytes += step;
        }
        length = bytes;
        messages = count;
    }

    private long offer(final ExclusivePublication publication, final int bytes, final long flowMessages) {
        if (bytes <= publication.maxPayloadLength()) {
            final long result = publication.tryClaim(bytes, claim);
            if (result > 0) {
                final MutableDirectBuffer buffer = claim.buffer();
                putHeader(buffer, claim.offset(), bytes, flowMessages);
                buffer.putBytes(claim.offset() + RecordDescriptor.RUN_LENGTH, whole, sent, length);
                claim.commit();
            }
            return result;
        }
        putHeader(header, 0, bytes, flowMessages);
        vectors[0].reset(header, 0, RecordDescriptor.RUN_LENGTH);
        vectors[1].reset(whole, sent, length);
        return publication.offer(vectors);
    }

    private void putHeader(final MutableDirectBuffer buffer, final int at, final int bytes, final long flowMessages) {
        buffer.putInt(at, bytes, LITTLE_ENDIAN);
        buffer.putInt(at + RecordDescriptor.TYPE_OFFSET, RecordDescriptor.RUN, LITTLE_ENDIAN);
        buffer.putInt(at + RecordDescriptor.RUN_LANE_OFFSET, run.lane(), LITTLE_ENDIAN);
        buffer.putInt(at + RecordDescriptor.RUN_COUNT_OFFSET, messages, LITTLE_ENDIAN);
        buffer.putLong(at + RecordDescriptor.RUN_POSITION_OFFSET, run.position() + sent, LITTLE_ENDIAN);
        buffer.putLong(at + RecordDescriptor.RUN_MESSAGES_OFFSET, run.messagesBefore() + sentMessages, LITTLE_ENDIAN);
        buffer.putLong(at + RecordDescriptor.RUN_FLOW_MESSAGES_OFFSET, flowMessages, LITTLE_ENDIAN);
    }
}
