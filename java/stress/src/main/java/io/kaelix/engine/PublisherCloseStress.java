// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kaelix.Claim;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.lane.Lane;
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
 * A publisher is closed by another thread while its own one writes a claim.
 *
 * <pre>
 *   claim: held = true, closed?                    close: closed = true, handshake, held?
 * </pre>
 *
 * Whoever finds the other ends the publisher; a claim that was granted never has its lane taken from under it. A subscription keeps the lane's
 * memory, so that an end that came too early is seen and harms nothing.
 */
@JCStressTest
@Description("close of a publisher by another thread against its claim")
@Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "claim before close: the message was sent")
@Outcome(id = "0, 1, 1", expect = ACCEPTABLE_INTERESTING, desc = "close during the claim: it is not sent, and ends the publisher")
@Outcome(id = "-1, 1, 1", expect = ACCEPTABLE, desc = "close before claim: it throws")
@Outcome(id = ".*, 0, .*", expect = FORBIDDEN, desc = "each left it to the other: the publisher never ends")
@Outcome(id = ".*, 1, 0", expect = FORBIDDEN, desc = "both thought themselves alone: the lane ended under an open claim")
@State
public class PublisherCloseStress {

    private static final Topic TOPIC = Topic.of("stress");
    private static final TopicPattern PATTERN = TopicPattern.of("stress");
    /** Longer than a handshake with all threads, so that a claim can still be open behind one. */
    private static final long WRITING_NANOS = 100_000;

    private final Meeting meeting = new Meeting();
    private final Registry registry = new Registry(NumberedLane.ARENA, NumberedLane.CAPACITY);
    private final Subscription subscription = registry.subscribe(PATTERN, SlowSubscriberPolicy.BLOCK);
    private final LanePublisher publisher = LanePublisher.create(null, registry, TOPIC);
    private final Lane lane = subscription.feeds[0].channel.lane();
    private boolean undisturbed = true;

    @Actor
    public void closer() {
        meeting.one();
        publisher.close();
    }

    @Actor
    public void sender(final III_Result r) {
        final Claim claim;
        try {
            // The first call takes ownership, under a lock. What is tested is a claim that takes none.
            publisher.tryClaim(Long.BYTES).abort();
            meeting.other();
            claim = publisher.tryClaim(Long.BYTES);
        } catch (final IllegalStateException closed) {
            r.r1 = -1;
            return;
        }
        final long begin = System.nanoTime();
        do {
            claim.putLong(0, begin);
            undisturbed &= !lane.isClosed();
        } while (System.nanoTime() - begin < WRITING_NANOS);
        try {
            r.r1 = claim.commit() > 0 ? 1 : 0;
        } catch (final IllegalStateException closed) {
            r.r1 = 0;
        }
    }

    @Arbiter
    public void arbiter(final III_Result r) {
        r.r2 = lane.isClosed() ? 1 : 0;
        r.r3 = undisturbed ? 1 : 0;
        registry.close(subscription);
        registry.detachAll(subscription);
        registry.streams.close();
    }
}
