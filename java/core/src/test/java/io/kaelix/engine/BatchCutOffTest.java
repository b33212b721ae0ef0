// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.fill;
import static io.kaelix.engine.EngineFixture.number;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Field;
import io.kaelix.MessageBatch;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.lane.LaneReader;
import io.kaelix.memory.RegionArena;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A subscriber that is cut off in one lane while a poll fills a batch, which holds messages of another. */
class BatchCutOffTest {

    private static final Field.Int64 NUMBER = Field.int64(0);

    private final RegionArena arena = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 64 << 20);
    private final Registry registry = new Registry(arena, EngineFixture.LANE_CAPACITY);
    private final Subscription subscription = registry.subscribe(TopicPattern.of(">"),
            SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.DISCONNECT));
    private int asked;
    private final Subscriber subscriber = new LaneSubscriber(null, registry, TopicPattern.of(">"), subscription, this::answerThenCutOff);
    private final MessageBatch batch = subscriber.batch(1_000);

    @AfterEach
    void close() {
        registry.close();
    }

    private Publisher publisher(final String topic) {
        return LanePublisher.create(null, registry, Topic.of(topic));
    }

    private static void cutOff(final LaneFeed feed) {
        feed.channel.lane().evict((LaneReader) feed.reader);
    }

    /** What is so, and no longer is when it is looked at once more. */
    private boolean answerThenCutOff(final LaneFeed feed) {
        asked++;
        final boolean answer = LaneSubscriber.isCutOff(feed);
        cutOff(feed);
        return answer;
    }

    private LaneFeed feed(final Publisher of) {
        return Arrays.stream(subscription.feeds).filter(feed -> feed.channel.lane().publisherId() == of.id()).findFirst().orElseThrow();
    }

    /** The batch has what the first lane held, and its publisher can't write there. */
    private void assertHolds(final Publisher publisher) {
        assertThat(subscription.feeds).contains(feed(publisher));
        fill(publisher);
        assertThat(publisher.offer(number(-1))).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(batch.sum(NUMBER)).isEqualTo(LongStream.range(0, 100).sum());
    }

    @Test
    void shouldHoldItsLaneWhenItIsCutOffInADrainedOneBetweenTwoLooks() {
        final Publisher full = publisher("full");
        final Publisher ended = publisher("ended");
        send(full, LongStream.range(0, 100).toArray());
        ended.close();

        assertThat(subscriber.poll(batch)).isEqualTo(100);

        assertThat(asked).as("looks at the lane that is drained").isPositive();
        assertHolds(full);
    }

    @Test
    void shouldHoldItsLaneWhenItWasCutOffInAnother() {
        final Publisher full = publisher("full");
        final Publisher other = publisher("other");
        send(full, LongStream.range(0, 100).toArray());
        cutOff(feed(other));

        assertThat(subscriber.poll(batch)).isEqualTo(100);

        assertThat(asked).isPositive();
        assertHolds(full);
        assertThat(subscriber.poll(batch)).as("what is left of that lane").isPositive();
        int result;
        do {
            result = subscriber.poll(batch);
        } while (result > 0);
        assertThat(result).as("then it is told").isEqualTo(Subscriber.DISCONNECTED);
        assertThat(batch.size()).isZero();
        assertThat(subscription.feeds).isEmpty();
    }
}
