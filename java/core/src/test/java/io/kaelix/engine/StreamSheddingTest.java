// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Claim;
import io.kaelix.Message;
import io.kaelix.MessagePriority;
import io.kaelix.Publisher;
import io.kaelix.PublisherConfig;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A publisher of streams drops by priority as one of a topic does; its lane is one for all streams. */
class StreamSheddingTest {

    private static final int FRAME = 24;
    private static final int CAPACITY = EngineFixture.LANE_CAPACITY;

    private final EngineFixture fixture = new EngineFixture();
    private final Subscriber subscriber = fixture.subscriber("*");
    private final StreamPublisher publisher = fixture.streamer.streamPublisher(PublisherConfig.defaults());
    private final int a = publisher.stream("a");
    private final int b = publisher.stream("b");

    @AfterEach
    void close() {
        fixture.close();
    }

    private long offer(final MessagePriority priority, final int stream) {
        return publisher.offer(priority, stream, number(1), 0, Long.BYTES);
    }

    private int fillWith(final MessagePriority priority, final int stream) {
        int count = 0;
        while (offer(priority, stream) > 0) {
            count++;
        }
        return count;
    }

    @ParameterizedTest
    @EnumSource(value = MessagePriority.class, names = "CRITICAL", mode = EnumSource.Mode.EXCLUDE)
    void shouldDropWhenLessOfTheLaneIsFreeThanThePriorityAsksFor(final MessagePriority priority) {
        final int share = PublisherConfig.defaults().share(priority);
        final int sent = fillWith(priority, a);

        assertThat(CAPACITY - sent * FRAME).as("free").isLessThan(CAPACITY * share / 100)
                .isGreaterThanOrEqualTo(CAPACITY * share / 100 - FRAME);
        assertThat(offer(priority, b)).as("the other stream shares the lane").isEqualTo(Publisher.DROPPED);
        assertThat(publisher.offer(priority, b, MemorySegment.ofArray(number(1)), 0, Long.BYTES, 5)).isEqualTo(Publisher.DROPPED);
        assertThat(publisher.dropped(priority)).isEqualTo(3);
        assertThat(drain(subscriber)).hasSize(sent);
        assertThat(offer(priority, b)).as("room was made").isPositive();
        assertThat(publisher.dropped(priority)).isEqualTo(3);
    }

    @Test
    void shouldDropTheLowestFirstAndNeverWhatIsCritical() {
        assertThat(fillWith(MessagePriority.LOW, a)).isGreaterThan(fillWith(MessagePriority.NORMAL, b)).isPositive();
        assertThat(fillWith(MessagePriority.HIGH, a)).isPositive();
        assertThat(fillWith(MessagePriority.CRITICAL, b)).isPositive();
        assertThat(offer(MessagePriority.CRITICAL, a)).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(offer(MessagePriority.HIGH, a)).isEqualTo(Publisher.DROPPED);
        assertThat(publisher.dropped(MessagePriority.CRITICAL)).isZero();
        assertThat(publisher.dropped(MessagePriority.HIGH)).isEqualTo(2);
        assertThat(publisher.dropped(MessagePriority.NORMAL)).isEqualTo(1);
        assertThat(publisher.dropped(MessagePriority.LOW)).isEqualTo(1);
    }

    @Test
    void shouldGiveNoNumberToWhatWasDropped() {
        final int first = fillWith(MessagePriority.LOW, a);
        for (int i = 0; i < 10; i++) {
            assertThat(offer(MessagePriority.LOW, a)).isEqualTo(Publisher.DROPPED);
        }
        assertThat(offer(MessagePriority.HIGH, a)).isPositive();

        final List<Long> sequences = new ArrayList<>();
        while (subscriber.poll(message -> sequences.add(message.sequence()), 1000) > 0) {
            Thread.onSpinWait();
        }
        assertThat(sequences).hasSize(first + 1).last().isEqualTo((long) first);
    }

    @Test
    void shouldRefuseAClaimThatIsDropped() {
        final Claim granted = publisher.tryClaim(MessagePriority.LOW, a, Long.BYTES, Message.NO_TIMESTAMP);
        assertThat(granted.isOpen()).isTrue();
        granted.putLong(0, 5).commit();
        fillWith(MessagePriority.CRITICAL, b);

        final Claim dropped = publisher.tryClaim(MessagePriority.LOW, a, Long.BYTES, 1);

        assertThat(dropped.isOpen()).isFalse();
        assertThat(dropped.result()).isEqualTo(Publisher.DROPPED);
        assertThat(publisher.dropped(MessagePriority.LOW)).isEqualTo(1);
        assertThat(publisher.tryClaim(MessagePriority.CRITICAL, a, Long.BYTES, 1).result()).isEqualTo(Publisher.BACK_PRESSURED);
        assertThatThrownBy(() -> publisher.tryClaim(MessagePriority.LOW, a, -1, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldNotDropWithoutSettings() {
        final StreamPublisher plain = fixture.streamer.streamPublisher();
        long result;
        do {
            result = plain.offer(MessagePriority.LOW, a, number(1), 0, Long.BYTES);
        } while (result > 0);
        assertThat(result).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(plain.dropped(MessagePriority.LOW)).isZero();
    }

    @Test
    void shouldCheckWhatIsOfferedEvenIfItWouldBeDropped() throws Exception {
        fillWith(MessagePriority.CRITICAL, a);
        assertThatThrownBy(() -> publisher.offer(MessagePriority.LOW, a, new byte[8], 1, 8)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> offer(MessagePriority.LOW, 1_000_000)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1000000");
        assertThatThrownBy(() -> offer(MessagePriority.LOW, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(publisher.dropped(MessagePriority.LOW)).isZero();
        EngineFixture.onThread(() -> assertThatThrownBy(() -> offer(MessagePriority.LOW, a)).isInstanceOf(IllegalStateException.class));
        fixture.streamer.close();
        assertThat(offer(MessagePriority.LOW, a)).isEqualTo(Publisher.CLOSED);
        publisher.close();
        assertThatThrownBy(() -> offer(MessagePriority.LOW, a)).isInstanceOf(IllegalStateException.class);
    }
}
