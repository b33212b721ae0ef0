// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Claim;
import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.Publisher;
import io.kaelix.Topic;
import io.kaelix.lane.Lane;
import io.kaelix.lane.LaneWriter;
import io.kaelix.message.FrameClaim;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameEncoder;
import io.kaelix.message.ThreadNames;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/** A publisher over a lane of its own. */
final class LanePublisher implements Publisher, FrameClaim.Target {

    private static final int SPINS = 1_000;
    private static final int YIELDS = 100;
    private static final long SLEEP_NANOS = 50_000;
    private static final Duration LONGEST_WAIT = Duration.ofDays(36_500);

    private final MemoryStreamer streamer;
    private final Registry registry;
    private final Channel channel;
    private final Lane lane;
    private final LaneWriter writer;
    private final int streamId;
    private final int maxLength;
    private final FrameClaim claim = new FrameClaim(this);
    private final Cleaner.Cleanable cleanable;

    /** The one thread that may send: claimed by its first call, under the registry's lock. Null again once it is closed. */
    private Thread owner;
    private volatile boolean closed;
    /** Whether the lane was let go of; under the registry's lock. */
    private boolean ended;
    private int sequence;

    private LanePublisher(final MemoryStreamer streamer, final Registry registry, final Channel channel) {
        // Held, so that a streamer is not taken for forgotten while what came from it is in use.
        this.streamer = streamer;
        this.registry = registry;
        this.channel = channel;
        this.lane = channel.lane();
        this.writer = lane.createWriter();
        this.streamId = channel.streamId();
        // Room for a timestamp, so that the limit does not depend on whether there is one.
        this.maxLength = writer.maxFrameLength() - FrameDescriptor.HEADER_LENGTH - FrameDescriptor.TIMESTAMP_LENGTH;
        this.cleanable = LocalStreamer.CLEANER.register(this, () -> registry.closeChannel(channel));
    }

    static LanePublisher create(final MemoryStreamer streamer, final Registry registry, final Topic topic) {
        return new LanePublisher(streamer, registry, registry.openChannel(topic));
    }

    @Override
    public Topic topic() {
        return channel.topic();
    }

    @Override
    public int id() {
        return lane.publisherId();
    }

    @Override
    public int maxLength() {
        return maxLength;
    }

    @Override
    public long offer(final MemorySegment payload, final long offset, final int length, final long timestamp) {
        Objects.checkFromIndexSize(offset, length, payload.byteSize());
        try {
            final long frame = claimFrame(length, timestamp);
            if (frame < 0) {
                return frame;
            }
            final int headerLength = FrameEncoder.headerLength(timestamp);
            FrameEncoder.putHeader(frame, streamId, timestamp);
            FrameEncoder.putPayload(frame + headerLength, payload, offset, length);
            return commitFrame(frame, headerLength + length);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public long offer(final byte[] payload, final int offset, final int length) {
        Objects.checkFromIndexSize(offset, length, payload.length);
        try {
            final long frame = claimFrame(length, Message.NO_TIMESTAMP);
            if (frame < 0) {
                return frame;
            }
            FrameEncoder.putHeader(frame, streamId, Message.NO_TIMESTAMP);
            FrameEncoder.putPayload(frame + FrameDescriptor.HEADER_LENGTH, payload, offset, length);
            return commitFrame(frame, FrameDescriptor.HEADER_LENGTH + length);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public Claim tryClaim(final int length, final long timestamp) {
        if (length < 0) {
            throw new IllegalArgumentException("a message has at least 0 bytes, not " + length);
        }
        try {
            final long frame = claimFrame(length, timestamp);
            if (frame < 0) {
                claim.refuse(frame);
            } else {
                FrameEncoder.putHeader(frame, streamId, timestamp);
                claim.open(owner, frame, FrameEncoder.headerLength(timestamp), length);
            }
            return claim;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Address of a frame for a payload, or a negative result. */
    private long claimFrame(final int length, final long timestamp) {
        if (Thread.currentThread() != owner) {
            takeOwnership();
        }
        if (claim.isOpen()) {
            throw new IllegalStateException("the last claim is still open: commit or abort it first");
        }
        if (length > maxLength) {
            return TOO_LONG;
        }
        if (lane.isClosed()) {
            return refuseClosed();
        }
        return writer.claim(FrameEncoder.headerLength(timestamp) + length);
    }

    private long commitFrame(final long frame, final int frameLength) {
        FrameEncoder.putSequence(frame, sequence++);
        return writer.commit(frameLength);
    }

    /** For the claim, which checked the thread. */
    @Override
    public long commit(final int frameLength) {
        try {
            if (lane.isClosed()) {
                return refuseClosed();
            }
            return commitFrame(writer.claimed(), frameLength);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void beginBatch() {
        checkOpen();
        writer.beginBatch();
    }

    @Override
    public long endBatch() {
        checkOpen();
        try {
            if (lane.isClosed()) {
                // Its readers may be gone: what was held back was not sent.
                writer.dropBatch();
                return CLOSED;
            }
            return writer.endBatch();
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public long publish(final MemorySegment payload, final long offset, final int length, final Duration timeout) {
        // Durations of centuries are for ever: FOREVER does not fit into nanoseconds.
        final long nanos = timeout.isNegative() ? 0 : timeout.compareTo(LONGEST_WAIT) < 0 ? timeout.toNanos() : LONGEST_WAIT.toNanos();
        long result = offer(payload, offset, length);
        if (result != BACK_PRESSURED) {
            return result;
        }
        final long deadline = System.nanoTime() + nanos;
        final Thread current = Thread.currentThread();
        final boolean insideHandler = registry.isPolling(current);
        int attempt = 0;
        do {
            final boolean inVain = insideHandler && registry.blocksItself(current, channel) || current.isInterrupted();
            result = offer(payload, offset, length);
            if (result != BACK_PRESSURED || inVain) {
                return result;
            }
            idle(attempt++);
        } while (System.nanoTime() - deadline < 0);
        return BACK_PRESSURED;
    }

    private static void idle(final int attempt) {
        if (attempt < SPINS) {
            Thread.onSpinWait();
        } else if (attempt < SPINS + YIELDS) {
            Thread.yield();
        } else {
            LockSupport.parkNanos(SLEEP_NANOS);
        }
    }

    /** This thread owns it, and it is not closed. */
    private void checkOpen() {
        if (Thread.currentThread() != owner) {
            takeOwnership();
        }
        if (closed) {
            registry.locked(this::end);
            throw closedException();
        }
    }

    private void takeOwnership() {
        final Thread current = Thread.currentThread();
        registry.locked(() -> {
            if (closed) {
                throw closedException();
            }
            if (owner != null) {
                throw new IllegalStateException("this publisher belongs to thread " + ThreadNames.of(owner) + ": give thread "
                        + ThreadNames.of(current) + " a publisher of its own");
            }
            owner = current;
        });
    }

    /** The lane is closed: by the streamer, or by this publisher's close on another thread, which is completed here. */
    private long refuseClosed() {
        checkOpen();
        return CLOSED;
    }

    private IllegalStateException closedException() {
        return new IllegalStateException("this publisher of " + topic() + " was closed");
    }

    @Override
    public void close() {
        registry.locked(() -> {
            closed = true;
            if (owner == null || owner == Thread.currentThread() || !owner.isAlive()) {
                end();
            } else {
                // The owner may be inside an offer: its memory stays until its next call, or until both are forgotten.
                registry.tellClosed(channel);
            }
        });
    }

    /** Publishes what is held back and lets go of the lane. Under the lock, when no other thread can be sending; once. */
    private void end() {
        if (!ended) {
            ended = true;
            claim.refuse(CLOSED);
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
