// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kaelix.Message;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.lane.LaneWriter;
import io.kaelix.memory.NativeMemory;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.stress.Meeting;
import io.kaelix.stress.NumberedLane;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A subscriber is closed by another thread while it is polled.
 *
 * <pre>
 *   poll: polling = true, closed?                    close: closed = true, handshake, polling?
 * </pre>
 *
 * Whoever finds the other detaches; a poll never has its lane taken from under it. The publisher is gone, so that who detaches frees the
 * lane's memory, and clears it: a handler that runs on sees that.
 */
@JCStressTest
@Description("close of a subscriber by another thread against its poll")
@Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "poll before close, or found by it: the message was received whole")
@Outcome(id = "-1, 0, 1", expect = ACCEPTABLE, desc = "close before poll: it throws")
@Outcome(id = "0, 0, 1", expect = ACCEPTABLE_INTERESTING, desc = "close during poll: it ends before the message")
@Outcome(id = ".*, 1, .*", expect = FORBIDDEN, desc = "each left it to the other: the lane is never left")
@Outcome(id = ".*, 0, 0", expect = FORBIDDEN, desc = "both thought themselves alone: the lane was taken from under the poll")
@State
public class SubscriberCloseStress {

    private static final Topic TOPIC = Topic.of("stress");
    private static final TopicPattern PATTERN = TopicPattern.of("stress");
    private static final long CONTENT = 0x5555_AAAA_5555_AAAAL;
    /** Longer than a handshake with all threads, so that a poll can still be under way behind one. */
    private static final long HANDLER_NANOS = 100_000;

    private static final int MESSAGES = 2;

    private final Meeting meeting = new Meeting();
    private final Registry registry = new Registry(NumberedLane.ARENA, NumberedLane.CAPACITY);
    private final LaneSubscriber subscriber;
    private boolean whole = true;

    public SubscriberCloseStress() {
        subscriber = LaneSubscriber.create(null, registry, PATTERN, SlowSubscriberPolicy.BLOCK);
        final Channel channel = registry.openChannel(TOPIC);
        final LaneWriter writer = channel.lane().createWriter();
        for (int i = 0; i < MESSAGES; i++) {
            final long frame = writer.claim(NumberedLane.FRAME);
            NativeMemory.putLong(frame + FrameDescriptor.HEADER_LENGTH, CONTENT);
            writer.commit(NumberedLane.FRAME, FrameDescriptor.VERSION_BITS, channel.streamId(), (int) writer.frames());
        }
        registry.closeChannel(channel);
    }

    private void read(final Message message) {
        final long begin = System.nanoTime();
        do {
            whole &= message.getLong(0) == CONTENT;
        } while (System.nanoTime() - begin < HANDLER_NANOS);
        whole &= subscriber.lanes().size() == 1;
    }

    @Actor
    public void closer() {
        meeting.one();
        subscriber.close();
    }

    @Actor
    public void poller(final III_Result r) {
        try {
            // The first poll takes ownership, under a lock. What is tested is a poll that takes none.
            subscriber.poll(first -> { }, 1);
            meeting.other();
            r.r1 = subscriber.poll(this::read, 1);
        } catch (final IllegalStateException closed) {
            r.r1 = -1;
        }
    }

    @Arbiter
    public void arbiter(final III_Result r) {
        r.r2 = subscriber.lanes().size();
        r.r3 = whole ? 1 : 0;
        registry.streams.close();
    }
}
