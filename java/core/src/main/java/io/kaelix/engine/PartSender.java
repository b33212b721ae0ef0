// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Message;
import io.kaelix.Publisher;
import io.kaelix.lane.PartWriter;
import io.kaelix.message.FrameBuilder;
import io.kaelix.message.PayloadHandle;
import io.kaelix.message.SharedBytes;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Sends messages that are longer than a frame through a publisher's lane: all parts at once, or part after part as space frees.
 *
 * <p><b>Threads</b>: the publisher's. {@link #publish} enters and leaves the lane itself; who calls {@code send} has entered it.
 */
final class PartSender {

    private final LaneSender sender;
    private final PartWriter parts;

    PartSender(final LaneSender sender) {
        this.sender = sender;
        this.parts = new PartWriter(sender.writer);
    }

    /** Most bytes of payload that {@code send} takes, if there are no headers. */
    int maxLength() {
        return parts.maxLength();
    }

    /** Sends all parts or none of what an array, a segment or a buffer holds, or {@link Publisher#TOO_LONG}. */
    long send(final int streamId, final int sequence, final Object payload, final long offset, final int length, final long timestamp) {
        final long refusal = refusal(streamId, length);
        if (refusal < 0) {
            return refusal;
        }
        parts.begin(streamId, sequence, payload, offset, length, timestamp);
        return writeAll();
    }

    /** The same for what was built. */
    long send(final int streamId, final int sequence, final FrameBuilder message) {
        final long refusal = refusal(streamId, message.payloadLength());
        if (refusal < 0) {
            return refusal;
        }
        parts.begin(streamId, sequence, message);
        return writeAll();
    }

    /** The same for shared bytes, which go as bytes if somebody reads the lane who does not hold it up. */
    long send(final int streamId, final int sequence, final PayloadHandle payload, final long timestamp) {
        final SharedBytes bytes = payload.hold();
        try {
            return send(streamId, sequence, payload, 0, (int) Math.min(payload.length(), Integer.MAX_VALUE), timestamp);
        } finally {
            bytes.releaseSoon();
        }
    }

    /** The same for shared bytes with what a builder puts before them. */
    long send(final int streamId, final int sequence, final PayloadHandle payload, final FrameBuilder message) {
        final SharedBytes bytes = payload.hold();
        try {
            return send(streamId, sequence, message);
        } finally {
            bytes.releaseSoon();
        }
    }

    private long refusal(final int streamId, final int length) {
        return length > sender.maxOfferLength() ? Publisher.TOO_LONG : sender.refusal(streamId);
    }

    private long writeAll() {
        try {
            return parts.writeAll();
        } finally {
            parts.end();
        }
    }

    /** Part after part, as space frees. Between two of them the publisher may be closed, as between two attempts. */
    long publish(final int streamId, final MemorySegment payload, final long offset, final int length, final long nanos) {
        Objects.checkFromIndexSize(offset, length, payload.byteSize());
        sender.checkOwner();
        sender.checkNoClaim();
        final int sequence = sender.nextSequence(streamId);
        final long refusal = begin(streamId);
        if (refusal < 0) {
            return refusal;
        }
        parts.begin(streamId, sequence, payload, offset, length, Message.NO_TIMESTAMP);
        try {
            final long result = publish(System.nanoTime() + nanos);
            if (result >= 0) {
                sender.sentInParts(streamId);
            }
            return result;
        } finally {
            giveUp();
        }
    }

    /** Only now may the stream be found to have expired: its number stays what it is until this publisher looks again. */
    private long begin(final int streamId) {
        sender.enter();
        try {
            return sender.refusal(streamId);
        } finally {
            sender.leave();
        }
    }

    private long publish(final long deadline) {
        final Thread current = Thread.currentThread();
        boolean refused = false;
        boolean insideHandler = false;
        boolean inVain = false;
        int refusals = 0;
        while (true) {
            final long result = publishPart();
            if (result == Publisher.BACK_PRESSURED) {
                if (inVain) {
                    return result;
                }
                // Asked only now: it takes the lock.
                insideHandler = refused ? insideHandler : sender.registry.isPolling(current);
                refused = true;
                inVain = insideHandler && sender.registry.blocksItself(current, sender.channel) || current.isInterrupted()
                        || System.nanoTime() - deadline >= 0;
                if (!inVain) {
                    LaneSender.idle(refusals++);
                }
            } else if (result < 0 || parts.isComplete()) {
                return result;
            } else {
                inVain = false;
                refusals = 0;
            }
        }
    }

    private long publishPart() {
        sender.enter();
        try {
            return sender.channel.lane().isClosed() ? Publisher.CLOSED : parts.writeNext();
        } finally {
            sender.leave();
        }
    }

    /** Tells the readers, if the message is not complete. If the lane has ended, they know. */
    private void giveUp() {
        sender.touch();
        // SYNC: pairs with close(), as in enter().
        if (sender.isEnded()) {
            parts.forget();
        } else {
            sender.writer.giveUp();
            parts.end();
        }
        sender.leave();
    }
}
