// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.Topic;
import io.kaelix.lane.Lane;
import io.kaelix.lane.LaneReader;
import io.kaelix.lane.LossyLaneReader;
import io.kaelix.lane.Patience;
import io.kaelix.lane.PollableLane;
import io.kaelix.lane.StreamSet;
import io.kaelix.memory.Padded;
import io.kaelix.message.FrameFilter;
import io.kaelix.message.FrameMatches;
import io.kaelix.message.FrameMessage;
import io.kaelix.message.MessagePool;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.IntFunction;

/** One lane as one subscriber reads it: the reader and the flyweight that shows its frames. */
final class LaneFeed extends Padded {

    private static final long NOTHING_HELD = Long.MAX_VALUE;
    private static final VarHandle HELD_FROM;

    static {
        try {
            HELD_FROM = MethodHandles.lookup().findVarHandle(LaneFeed.class, "heldFrom", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Channel channel;
    final PollableLane reader;
    final FrameMessage message;
    final Linger linger;
    /** Streams that are handed over; null for all that the lane carries. */
    final StreamSet streams;
    /** Whether the last visit found nothing, and the turn it was in; by the polling thread alone. */
    boolean idle;
    int visited;
    /** Position before the first message of it that a batch holds; {@link #NOTHING_HELD} if it holds none. By the polling thread. */
    private long heldFrom = NOTHING_HELD;
    /** Where the last visit that handed over nothing ended. */
    private long position;
    /** Of a subscriber with a filter, from its first poll on. */
    private FrameMatches matches;

    LaneFeed(final Channel channel, final PollableLane reader, final StreamSet streams, final IntFunction<Topic> topics,
            final MessagePool pool, final int maxMessageLength, final Linger linger) {
        this.streams = streams;
        this.linger = linger;
        this.channel = channel;
        this.reader = reader;
        this.message = new FrameMessage(switch (reader) {
            case LaneReader gating -> gating.lane().ringSegment();
            case LossyLaneReader lossy -> lossy.copySegment();
        }, channel.lane().publisherId(), topics, pool, maxMessageLength);
    }

    /**
     * A reader of a lane, as the settings of a subscriber have it.
     *
     * @param owner of its slot, for other processes; 0 within one
     */
    static PollableLane join(final Lane lane, final Subscription subscription, final Start start, final long owner) {
        final PollableLane reader = subscription.policy == SlowSubscriberPolicy.LOSSY ? lane.joinLossy(start)
                : lane.join(start, subscription.isPatient() ? Patience.UNLIMITED : subscription.patience(), owner);
        reader.record(subscription.delivery);
        if (subscription.isFlow() && reader instanceof final LaneReader gating) {
            gating.wantBytes();
        }
        return reader;
    }

    /** Messages that it has read; under the registry's lock. */
    long received() {
        return Math.max(0, reader.frames() - reader.framesBefore() - reader.lost());
    }

    /** What its reader hands over of what a filter holds for. */
    FrameMatches matches(final FrameFilter filter) {
        if (matches == null) {
            matches = new FrameMatches(filter);
        }
        return matches;
    }

    /** Before a batch takes messages of it, which it may copy, so that the reader goes on. */
    void hold() {
        HELD_FROM.setOpaque(this, reader.position());
        // SYNC: pairs with isBehind: who sees the reader further on sees what is held, too.
        VarHandle.storeStoreFence();
    }

    /** The batch has nothing of it any more. */
    void letGo() {
        HELD_FROM.setOpaque(this, NOTHING_HELD);
    }

    /**
     * Whether nobody can be at a frame that ends at a position, or before. A reader that is at a frame has a position that is not behind
     * it, or, if it reads a copy, one at its end; what a batch holds begins where the reader was before.
     */
    boolean isBehind(final long position) {
        if (reader.position() <= position) {
            return false;
        }
        // SYNC: pairs with hold.
        VarHandle.acquireFence();
        return (long) HELD_FROM.getOpaque(this) > position;
    }

    /** Whether the last visit, which handed over nothing, passed over what is not wanted, or took parts of a message: there may be more. */
    boolean passedOver() {
        if (streams == null && matches == null) {
            return message.hasParts();
        }
        final long before = position;
        position = reader.position();
        return position != before || message.hasParts();
    }
}
