// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Message;
import io.kaelix.Publisher;
import io.kaelix.lane.Lane;
import io.kaelix.lane.LaneWriter;
import io.kaelix.message.FrameBuilder;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameEncoder;
import io.kaelix.message.PayloadHandle;
import io.kaelix.message.ReferenceDescriptor;
import io.kaelix.message.SharedBytes;

/**
 * Sends shared payloads through a publisher's lane: as a reference, or as bytes where nobody would hold them for the reader, or where that
 * costs less.
 *
 * <p><b>Threads</b>: the publisher's, which has entered the lane.
 */
final class PayloadSender {

    /** Shorter ones are copied: that takes less of a CPU than to count references, which are on one line for all. */
    static final int COPIED_BELOW = 1024;

    private final Lane lane;
    private final LaneWriter writer;
    private final int maxLength;

    /** @param maxLength most bytes that are copied into a message */
    PayloadSender(final Lane lane, final LaneWriter writer, final int maxLength) {
        this.lane = lane;
        this.writer = writer;
        this.maxLength = maxLength;
    }

    /** Sends a payload with nothing but a timestamp, or {@link Message#NO_TIMESTAMP}. */
    long send(final int streamId, final int sequence, final PayloadHandle payload, final long timestamp) {
        final int headerLength = FrameEncoder.headerLength(timestamp);
        return send(streamId, sequence, payload, headerLength, FrameEncoder.flags(headerLength), timestamp, null);
    }

    /** Sends a payload with what a builder puts before it. */
    long send(final int streamId, final int sequence, final PayloadHandle payload, final FrameBuilder message) {
        return send(streamId, sequence, payload, message.headerLength(), message.flags(), Message.NO_TIMESTAMP, message);
    }

    private long send(final int streamId, final int sequence, final PayloadHandle payload, final int headerLength, final int flags,
            final long timestamp, final FrameBuilder message) {
        final SharedBytes bytes = payload.hold();
        boolean passedOn = false;
        try {
            final long length = payload.length();
            // Who joins behind this question, and does not gate, fends for himself: see PayloadsInFlight.
            final boolean copies = length < COPIED_BELOW || lane.hasLossyReaders();
            if (length > (copies ? maxLength : Integer.MAX_VALUE)) {
                return Publisher.TOO_LONG;
            }
            final int frameLength = headerLength + (copies ? (int) length : ReferenceDescriptor.LENGTH);
            if (!copies) {
                writer.makeRoomForPayload();
            }
            final long frame = lane.isClosed() ? Publisher.CLOSED : writer.claim(frameLength);
            if (frame < 0) {
                return frame;
            }
            if (message == null) {
                FrameEncoder.putTimestamp(frame, timestamp);
            } else {
                message.encodeHeaders(frame);
            }
            if (copies) {
                payload.copyTo(frame + headerLength, 0, (int) length);
                return writer.commit(frameLength, flags, streamId, sequence);
            }
            payload.putReference(frame + headerLength);
            passedOn = true;
            return writer.commitReference(frameLength, flags | FrameDescriptor.FLAG_REFERENCE, streamId, sequence, bytes, length);
        } finally {
            if (!passedOn) {
                bytes.releaseSoon();
            }
        }
    }
}
