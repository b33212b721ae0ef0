// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kaelix.KaelixException;
import io.kaelix.Message;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.SubscriberConfig;
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
 * A publisher finds a subscriber too far behind, cuts it off and writes over what that has not read, while it polls one message at a time.
 *
 * <pre>
 *   publisher: lag > maxLag, evicted, writes over       subscriber: poll │ poll │ poll …    each: length, state, the handler reads
 * </pre>
 *
 * The message in its hands may be torn. Then the very next poll says that it was cut off, so that whoever believes a message only when the
 * next poll did not say so, believes none that was torn.
 */
@JCStressTest
@Description("eviction by the publisher, and its writing on, against polls of a DISCONNECT subscriber")
@Outcome(id = "4, 0, 0", expect = ACCEPTABLE, desc = "polls before eviction: all messages whole")
@Outcome(id = "[0-3], 0, -2", expect = ACCEPTABLE, desc = "eviction between polls: messages whole, then the notice")
@Outcome(id = "[0-3], 1, -2", expect = ACCEPTABLE_INTERESTING, desc = "eviction within a poll: written over in its hands, then the notice")
@Outcome(id = ".*, 1, .*", expect = FORBIDDEN, desc = "read before eviction, by what the subscriber is told: a torn message passes for a good one")
@Outcome(id = "-1, .*", expect = FORBIDDEN, desc = "state before length: overwritten bytes were followed")
@Outcome(expect = FORBIDDEN, desc = "evicted, and never told: the polls answer that there is nothing")
@State
public class EvictionStress {

    private static final Topic TOPIC = Topic.of("stress");
    private static final int UNREAD = 4;
    private static final int MORE = 12;
    private static final int READS = 8;
    private static final SubscriberConfig CONFIG = SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.DISCONNECT)
            .withMaxLag(UNREAD * NumberedLane.FRAME);

    private final Meeting meeting = new Meeting();
    private final Registry registry = new Registry(NumberedLane.ARENA, NumberedLane.CAPACITY);
    private final LaneSubscriber subscriber = LaneSubscriber.create(null, registry, TopicPattern.of("stress"), CONFIG);
    private final Channel channel = registry.openChannel(TOPIC);
    private final LaneWriter writer = channel.lane().createWriter();
    private int whole;
    private int torn;
    private int told;

    public EvictionStress() {
        publish(UNREAD + 1);
    }

    private void publish(final int count) {
        for (int i = 0; i < count; i++) {
            final long number = writer.frames();
            final long frame = writer.claim(NumberedLane.FRAME);
            if (frame < 0) {
                return;
            }
            NativeMemory.putLong(frame + FrameDescriptor.HEADER_LENGTH, number);
            NativeMemory.putLong(frame + FrameDescriptor.HEADER_LENGTH + Long.BYTES, number);
            writer.commit(NumberedLane.FRAME, FrameDescriptor.VERSION_BITS, channel.streamId(), (int) number);
        }
    }

    private void read(final Message message) {
        final int number = whole + 1;
        boolean intact = true;
        for (int i = 0; i < READS; i++) {
            intact &= message.sequence() == number && message.getLong(0) == number && message.getLong(Long.BYTES) == number;
        }
        if (intact) {
            whole++;
        } else {
            torn++;
        }
    }

    @Actor
    public void publisher() {
        meeting.one();
        publish(MORE);
    }

    @Actor
    public void subscriber() {
        try {
            // The first poll takes ownership, under a lock. What is tested are polls that take none.
            int answer = subscriber.poll(first -> { }, 1);
            meeting.other();
            while (answer == 1 && torn == 0 && whole < UNREAD) {
                answer = subscriber.poll(this::read, 1);
            }
            if (torn != 0) {
                answer = subscriber.poll(next -> { }, 1);
            }
            told = answer == 1 ? 0 : answer;
        } catch (final KaelixException corrupt) {
            whole = -1;
        }
    }

    @Arbiter
    public void arbiter(final III_Result r) {
        r.r1 = whole;
        r.r2 = torn;
        r.r3 = told;
        subscriber.close();
        registry.closeChannel(channel);
    }
}
