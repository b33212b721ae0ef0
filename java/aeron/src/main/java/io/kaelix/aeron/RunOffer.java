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
 * Offers runs to Aeron: as a claim where one fits into a packet, else as header and frames.
 *
 * <p>One thread. Nothing is allocated.
 */
final class RunOffer {

    private final BufferClaim claim = new BufferClaim();
    private final UnsafeBuffer header = new UnsafeBuffer(ByteBuffer.allocateDirect(RecordDescriptor.RUN_LENGTH));
    private final UnsafeBuffer frames = new UnsafeBuffer(0, 0);
    private final DirectBufferVector[] vectors = {new DirectBufferVector(), new DirectBufferVector()};

    /** Most bytes of frames that fit into a packet. */
    static int packet(final ExclusivePublication publication) {
        return publication.maxPayloadLength() - RecordDescriptor.RUN_LENGTH & -RecordDescriptor.ALIGNMENT;
    }

    /** Most bytes of frames that Aeron takes in one message, which depends on the length of its terms; at most so many. */
    static int longest(final ExclusivePublication publication, final int most) {
        return Math.min(most, publication.maxMessageLength() - RecordDescriptor.RUN_LENGTH & -RecordDescriptor.ALIGNMENT);
    }

    /**
     * Offers a run.
     *
     * @param flowMessages messages of the flow before it
     * @return the position of the publication behind it; or what Aeron answered, negative
     */
    long offer(final ExclusivePublication publication, final OutRun run, final long flowMessages) {
        final int length = RecordDescriptor.RUN_LENGTH + run.length();
        final ByteBuffer from = run.buffer();
        final int at = from.position();
        if (length <= publication.maxPayloadLength()) {
            final long result = publication.tryClaim(length, claim);
            if (result > 0) {
                final MutableDirectBuffer buffer = claim.buffer();
                putHeader(buffer, claim.offset(), length, run, flowMessages);
                buffer.putBytes(claim.offset() + RecordDescriptor.RUN_LENGTH, from, at, run.length());
                claim.commit();
            }
            return result;
        }
        putHeader(header, 0, length, run, flowMessages);
        frames.wrap(from, at, run.length());
        vectors[0].reset(header, 0, RecordDescriptor.RUN_LENGTH);
        vectors[1].reset(frames, 0, run.length());
        return publication.offer(vectors);
    }

    private static void putHeader(final MutableDirectBuffer buffer, final int at, final int length, final OutRun run,
            final long flowMessages) {
        buffer.putInt(at, length, LITTLE_ENDIAN);
        buffer.putInt(at + RecordDescriptor.TYPE_OFFSET, RecordDescriptor.RUN, LITTLE_ENDIAN);
        buffer.putInt(at + RecordDescriptor.RUN_LANE_OFFSET, run.lane(), LITTLE_ENDIAN);
        buffer.putInt(at + RecordDescriptor.RUN_COUNT_OFFSET, run.messages(), LITTLE_ENDIAN);
        buffer.putLong(at + RecordDescriptor.RUN_POSITION_OFFSET, run.position(), LITTLE_ENDIAN);
        buffer.putLong(at + RecordDescriptor.RUN_MESSAGES_OFFSET, run.messagesBefore(), LITTLE_ENDIAN);
        buffer.putLong(at + RecordDescriptor.RUN_FLOW_MESSAGES_OFFSET, flowMessages, LITTLE_ENDIAN);
    }
}
