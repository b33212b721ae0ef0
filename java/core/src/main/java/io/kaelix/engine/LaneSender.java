// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Claim;
import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.Payload;
import io.kaelix.Publisher;
import io.kaelix.StreamPublisher;
import io.kaelix.lane.Lane;
import io.kaelix.lane.LaneWriter;
import io.kaelix.memory.Handshake;
import io.kaelix.message.FrameBuilder;
import io.kaelix.message.FrameClaim;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameEncoder;
import io.kaelix.message.PayloadHandle;
import io.kaelix.message.ThreadNames;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/**
 * What publishers over a lane of their own have in common, whether they send to one topic or to many: the thread, the lane and its end,
 * the claim, the batch.
 *
 * <p>Who extends it says for each message which stream it is for, and the how many-eth of that.
 */
abstract class LaneSender extends FrameClaim.Target {

    private static final int SPINS = 1_000;
    private static final int YIELDS = 100;
    private static final long SLEEP_NANOS = 50_000;
    private static final Duration LONGEST_WAIT = Duration.ofDays(36_500);
    private static final VarHandle SENDING;

    static {
        try {
            SENDING = MethodHandles.lookup().findVarHandle(LaneSender.class, "sending", boolean.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Registry registry;
    final Channel channel;
    final LaneWriter writer;

    private final MemoryStreamer streamer;
    private final Lane lane;
    private final int maxLength;
    private final int maxOfferLength;
    private final int maxMessageLength;
    private final PartSender parts;
    private final PayloadSender payloads;
    private final FrameClaim claim = new FrameClaim(this);
    private final Cleaner.Cleanable cleanable;

    /** The one thread that may send: claimed by its first call, under the registry's lock. Null again once it is closed. */
    private Thread owner;
    /** Whether the owner is inside a call that touches the lane. Stored by the owner alone, without a fence. */
    private boolean sending;
    /** Whether the lane was let go of; set under the registry's lock. */
    private volatile boolean ended;

    LaneSender(final MemoryStreamer streamer, final Registry registry, final Channel channel) {
        // Held, so that a streamer is not taken for forgotten while what came from it is in use.
        this.streamer = streamer;
        this.registry = registry;
        this.channel = channel;
        this.lane = channel.lane();
        this.writer = channel.writer(lane.createWriter());
        // Room for a timestamp, so that the limit does not depend on whether there is one.
        this.maxLength = writer.maxFrameLength() - FrameDescriptor.HEADER_LENGTH - FrameDescriptor.TIMESTAMP_LENGTH;
        this.maxMessageLength = Math.max(maxLength, registry.maxMessageLength());
        this.parts = new PartSender(this);
        this.maxOfferLength = Math.max(maxLength, Math.min(parts.maxLength(), maxMessageLength));
        this.payloads = new PayloadSender(lane, writer, maxLength);
        this.cleanable = LocalStreamer.CLEANER.register(this, () -> registry.closeChannel(channel));
    }

    /** For errors. */
    abstract String description();

    /** Sends once, for {@link #publish}. */
    abstract long attempt(int streamId, MemorySegment payload, long offset, int length);

    /** Number of the next message of a stream, for what is sent in parts. */
    abstract int nextSequence(int streamId);

    /** A message that was sent in parts is complete. */
    abstract void sentInParts(int streamId);

    public final int id() {
        return lane.publisherId();
    }

    public final int maxLength() {
        return maxLength;
    }

    public final int maxOfferLength() {
        return maxOfferLength;
    }

    public final int maxMessageLength() {
        return maxMessageLength;
    }

    /** Sends bytes of a segment as the message with this number of its stream. */
    final long send(final int streamId, final int sequence, final MemorySegment payload, final long offset, final int length,
            final long timestamp) {
        Objects.checkFromIndexSize(offset, length, payload.byteSize());
        beginOffer();
        try {
            final long frame = claimFrame(streamId, length, timestamp);
            if (frame < 0) {
                return frame == Publisher.TOO_LONG ? parts.send(streamId, sequence, payload, offset, length, timestamp) : frame;
            }
            final int headerLength = FrameEncoder.headerLength(timestamp);
            FrameEncoder.putTimestamp(frame, timestamp);
            FrameEncoder.putPayload(frame + headerLength, payload, offset, length);
            return writer.commit(headerLength + length, FrameEncoder.flags(headerLength), streamId, sequence);
        } finally {
            leave();
        }
    }

    /** Sends bytes of an array. */
    final long send(final int streamId, final int sequence, final byte[] payload, final int offset, final int length) {
        Objects.checkFromIndexSize(offset, length, payload.length);
        beginOffer();
        try {
            final long frame = claimFrame(streamId, length, Message.NO_TIMESTAMP);
            if (frame < 0) {
                return frame == Publisher.TOO_LONG ? parts.send(streamId, sequence, payload, offset, length, Message.NO_TIMESTAMP) : frame;
            }
            FrameEncoder.putPayload(frame + FrameDescriptor.HEADER_LENGTH, payload, offset, length);
            return writer.commit(FrameDescriptor.HEADER_LENGTH + length, FrameDescriptor.VERSION_BITS, streamId, sequence);
        } finally {
            leave();
        }
    }

    /** Sends a shared payload. */
    final long send(final int streamId, final int sequence, final Payload payload, final long timestamp) {
        final PayloadHandle handle = PayloadHandle.of(payload);
        beginOffer();
        try {
            final long refusal = refusal(streamId);
            final long result = refusal < 0 ? refusal : payloads.send(streamId, sequence, handle, timestamp);
            return result == Publisher.TOO_LONG ? parts.send(streamId, sequence, handle, timestamp) : result;
        } finally {
            leave();
        }
    }

    /** Sends what was built. */
    final long send(final int streamId, final int sequence, final FrameBuilder message) {
        beginOffer();
        try {
            final PayloadHandle shared = message.shared();
            if (shared != null) {
                final long refusal = refusal(streamId);
                final long result = refusal < 0 ? refusal : payloads.send(streamId, sequence, shared, message);
                return result == Publisher.TOO_LONG ? parts.send(streamId, sequence, shared, message) : result;
            }
            // Headers share the space that the longest payload has, and the frame must fit with all of them.
            final int headerLength = message.headerLength();
            final int length = message.payloadLength();
            final long frame = length > maxLength ? Publisher.TOO_LONG : claimOpen(streamId, headerLength + length);
            if (frame < 0) {
                return frame == Publisher.TOO_LONG ? parts.send(streamId, sequence, message) : frame;
            }
            message.encode(frame);
            return writer.commit(headerLength + length, message.flags(), streamId, sequence);
        } finally {
            leave();
        }
    }

    /** Its claim is held before the lane is touched, and until it is touched no more: that stands for {@link #sending}. */
    final Claim claim(final int streamId, final int length, final long timestamp) {
        if (length < 0) {
            throw new IllegalArgumentException("a message has at least 0 bytes, not " + length);
        }
        checkOwner();
        checkNoClaim();
        claim.open(length);
        // SYNC: pairs with close(), as in enter().
        if (!lane.isOpen()) {
            if (isEnded()) {
                return refuse();
            }
            final boolean active;
            try {
                active = attend(streamId);
            } catch (final Throwable outOfStackOrMemory) {
                abort();
                throw outOfStackOrMemory;
            }
            if (!active) {
                claim.refuse(StreamPublisher.EXPIRED);
                endIfClosed();
                return claim;
            }
        }
        final int headerLength = FrameEncoder.headerLength(timestamp);
        final long frame;
        try {
            frame = length > maxLength ? Publisher.TOO_LONG : writer.claim(headerLength + length);
        } catch (final Throwable outOfStackOrMemory) {
            abort();
            throw outOfStackOrMemory;
        }
        if (frame < 0) {
            claim.refuse(frame);
            endIfClosed();
        } else {
            FrameEncoder.putTimestamp(frame, timestamp);
            claim.point(frame, headerLength);
        }
        return claim;
    }

    /** Whether so much of the lane is free; true, too, if it is closed, as it is another answer's turn to say so. */
    final boolean isFree(final long bytes) {
        if (writer.wasFree(bytes)) {
            return true;
        }
        beginOffer();
        try {
            return lane.isClosed() || writer.isFree(bytes);
        } finally {
            leave();
        }
    }

    /** The claim, not granted. Its publisher has none that is open. */
    final Claim refused(final long why) {
        claim.refuse(why);
        return claim;
    }

    /** Of a lane that was closed; a publisher that was throws. */
    private Claim refuse() {
        claim.refuse(Publisher.CLOSED);
        endIfClosed();
        if (lane.isWriterClosed()) {
            throw closedException();
        }
        return claim;
    }

    /** For the claim, which checked the thread. */
    final long commit(final int streamId, final int sequence, final int headerLength, final int length, final boolean shorter) {
        try {
            if (!lane.isOpen() && isEnded()) {
                checkOpen();
                return Publisher.CLOSED;
            }
            return shorter
                    ? writer.commitShorter(headerLength + length, FrameEncoder.flags(headerLength), streamId, sequence)
                    : writer.commit(headerLength + length, FrameEncoder.flags(headerLength), streamId, sequence);
        } finally {
            abort();
        }
    }

    /** For the claim, which checked the thread. */
    @Override
    protected final void abort() {
        claim.close();
        endIfClosed();
    }

    /** Address of a frame for a payload, or a negative result. */
    private long claimFrame(final int streamId, final int length, final long timestamp) {
        if (length > maxLength) {
            return Publisher.TOO_LONG;
        }
        return claimOpen(streamId, FrameEncoder.headerLength(timestamp) + length);
    }

    /** Address of a frame of so many bytes, or a negative result. */
    private long claimOpen(final int streamId, final int frameLength) {
        final long refusal = refusal(streamId);
        return refusal < 0 ? refusal : writer.claim(frameLength);
    }

    /** Why nothing is sent to a stream; 0 if it is. */
    final long refusal(final int streamId) {
        if (lane.isOpen()) {
            return 0;
        }
        if (lane.isClosed()) {
            return Publisher.CLOSED;
        }
        return !lane.isAttentionRequested() || attend(streamId) ? 0 : StreamPublisher.EXPIRED;
    }

    final boolean isEnded() {
        return lane.isClosed() || lane.isWriterClosed();
    }

    /** Looks at what it was asked to look at, before a frame of a stream. Whether the stream is there still. */
    boolean attend(final int streamId) {
        return true;
    }

    public final void beginBatch() {
        enter();
        writer.beginBatch();
        leave();
    }

    public final long endBatch() {
        enter();
        try {
            if (lane.isClosed()) {
                // Its readers may be gone: what was held back was not sent.
                writer.dropBatch();
                return Publisher.CLOSED;
            }
            return writer.endBatch();
        } finally {
            leave();
        }
    }

    final void checkOwner() {
        if (Thread.currentThread() != owner) {
            takeOwnership();
        }
    }

    final void checkNoClaim() {
        if (claim.isOpen()) {
            throw new IllegalStateException("the last claim is still open: commit or abort it first");
        }
    }

    private void beginOffer() {
        enter();
        if (claim.isOpen()) {
            leave();
            checkNoClaim();
        }
    }

    /** Before the lane is touched. From here to {@link #leave} nobody else lets go of it. */
    final void enter() {
        checkOwner();
        sending = true;
        // SYNC: pairs with close(): see there why no fence is needed between the store above and this load.
        if (lane.isWriterClosed()) {
            leave();
            throw closedException();
        }
    }

    /** The lane may be touched, if it has not ended: who calls this finds that out behind it. */
    final void touch() {
        sending = true;
    }

    /** The lane will not be touched before the next {@link #enter}. */
    final void leave() {
        // SYNC: pairs with the acquire in close(): who ends this publisher continues where its thread stopped.
        SENDING.setRelease(this, false);
        endIfClosed();
    }

    private void endIfClosed() {
        if (!lane.isOpen() && lane.isWriterClosed()) {
            registry.locked(() -> {
                if (!claim.isOpen()) {
                    end();
                }
            });
        }
        Reference.reachabilityFence(this);
    }

    /** For one stream, which a publisher of one topic knows by itself. */
    public final long publish(final int streamId, final MemorySegment payload, final long offset, final int length,
            final Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        // Durations of centuries are for ever: FOREVER does not fit into nanoseconds.
        final long nanos = timeout.isNegative() ? 0 : timeout.compareTo(LONGEST_WAIT) < 0 ? timeout.toNanos() : LONGEST_WAIT.toNanos();
        if (length > maxLength && length <= maxMessageLength) {
            return parts.publish(streamId, payload, offset, length, nanos);
        }
        long result = attempt(streamId, payload, offset, length);
        if (result != Publisher.BACK_PRESSURED) {
            return result;
        }
        final long deadline = System.nanoTime() + nanos;
        final Thread current = Thread.currentThread();
        final boolean insideHandler = registry.isPolling(current);
        int attempt = 0;
        do {
            final boolean inVain = insideHandler && registry.blocksItself(current, channel) || current.isInterrupted();
            result = attempt(streamId, payload, offset, length);
            if (result != Publisher.BACK_PRESSURED) {
                return result;
            }
            if (inVain) {
                break;
            }
            idle(attempt++);
        } while (System.nanoTime() - deadline < 0);
        touch();
        // SYNC: pairs with close(), as in enter().
        if (!isEnded()) {
            writer.giveUp();
        }
        leave();
        return Publisher.BACK_PRESSURED;
    }

    static void idle(final int attempt) {
        // Without sign: who is idle for days counts beyond the highest int, and must not spin for as long again.
        if (Integer.compareUnsigned(attempt, SPINS) < 0) {
            Thread.onSpinWait();
        } else if (Integer.compareUnsigned(attempt, SPINS + YIELDS) < 0) {
            Thread.yield();
        } else {
            LockSupport.parkNanos(SLEEP_NANOS);
        }
    }

    final void checkOpen() {
        if (lane.isWriterClosed()) {
            throw closedException();
        }
    }

    private void takeOwnership() {
        final Thread current = Thread.currentThread();
        registry.locked(() -> {
            checkOpen();
            if (owner != null) {
                throw new IllegalStateException("this publisher belongs to thread " + ThreadNames.of(owner) + ": give thread "
                        + ThreadNames.of(current) + " a publisher of its own");
            }
            owner = current;
            claim.own(current);
        });
    }

    private IllegalStateException closedException() {
        return new IllegalStateException(description() + " was closed");
    }

    /**
     * The owner's own call ends it at once. Another thread's must find out whether the owner is sending: the lane may not be taken from
     * under it.
     */
    public final void close() {
        registry.locked(() -> {
            lane.closeWriter();
            if (owner == null || owner == Thread.currentThread() || !owner.isAlive()) {
                end();
            }
        });
        if (ended) {
            return;
        }
        // SYNC: the owner stores 'sending' or begins a claim, then loads 'closed'; this stored 'closed', and loads both behind the
        // handshake. Either this finds the owner sending, or the owner finds it closed, before it touches the
        // lane or when it is done: who finds it ends it.
        Handshake.withAllThreads();
        registry.locked(() -> {
            if (!(boolean) SENDING.getAcquire(this) && !claim.isHeldAcquire()) {
                end();
            }
        });
    }

    /** Publishes what is held back and lets go of the lane. Under the lock, when no other thread can be sending; once. */
    private void end() {
        if (!ended) {
            ended = true;
            claim.refuse(Publisher.CLOSED);
            if (lane.isClosed()) {
                writer.dropBatch();
            } else {
                writer.endBatch();
            }
            owner = null;
            cleanable.clean();
        }
    }
}
