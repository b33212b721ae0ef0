// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.fill;
import static io.kaelix.engine.EngineFixture.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Claim;
import io.kaelix.Message;
import io.kaelix.MessagePriority;
import io.kaelix.Publisher;
import io.kaelix.PublisherConfig;
import io.kaelix.Subscriber;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a publisher drops when its lane fills up. */
class SheddingTest {

    private static final int FRAME = 24;
    private static final int CAPACITY = EngineFixture.LANE_CAPACITY;

    private final EngineFixture fixture = new EngineFixture();
    private final Subscriber subscriber = fixture.subscriber("a");
    private final Publisher publisher = fixture.streamer.publisher("a", PublisherConfig.defaults());

    @AfterEach
    void close() {
        fixture.close();
    }

    private long offer(final MessagePriority priority) {
        return publisher.offer(priority, number(1), 0, 8);
    }

    private int fillWith(final MessagePriority priority) {
        int count = 0;
        while (offer(priority) > 0) {
            count++;
        }
        return count;
    }

    @ParameterizedTest
    @EnumSource(value = MessagePriority.class, names = "CRITICAL", mode = EnumSource.Mode.EXCLUDE)
    void shouldDropWhenLessIsFreeThanThePriorityAsksFor(final MessagePriority priority) {
        final int share = PublisherConfig.defaults().share(priority);
        final int sent = fillWith(priority);

        assertThat(CAPACITY - sent * FRAME).as("free").isLessThan(CAPACITY * share / 100)
                .isGreaterThanOrEqualTo(CAPACITY * share / 100 - FRAME);
        assertThat(offer(priority)).isEqualTo(Publisher.DROPPED);
        assertThat(publisher.dropped(priority)).isEqualTo(2);
        assertThat(drain(subscriber)).hasSize(sent);
        assertThat(offer(priority)).as("room was made").isPositive();
        assertThat(publisher.dropped(priority)).isEqualTo(2);
    }

    @Test
    void shouldDropTheLowestFirstAndNeverWhatIsCritical() {
        final int low = fillWith(MessagePriority.LOW);
        final int normal = fillWith(MessagePriority.NORMAL);
        final int high = fillWith(MessagePriority.HIGH);
        assertThat(low).isGreaterThan(normal);
        assertThat(normal).isPositive();
        assertThat(high).isPositive();
        assertThat(offer(MessagePriority.NORMAL)).isEqualTo(Publisher.DROPPED);
        assertThat(fillWith(MessagePriority.CRITICAL)).isPositive();
        assertThat(offer(MessagePriority.CRITICAL)).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(offer(MessagePriority.HIGH)).isEqualTo(Publisher.DROPPED);
        assertThat(publisher.dropped(MessagePriority.CRITICAL)).isZero();
        assertThat(publisher.dropped(MessagePriority.HIGH)).isEqualTo(2);
        assertThat(publisher.dropped(MessagePriority.NORMAL)).isEqualTo(2);
        assertThat(publisher.dropped(MessagePriority.LOW)).isEqualTo(1);
    }

    @Test
    void shouldDropWhatFindsNoRoomThoughItsShareIsFree() {
        final Publisher lenient = fixture.streamer.publisher("a", new PublisherConfig(1, 1, 1));
        while (lenient.offer(MessagePriority.CRITICAL, new byte[1000], 0, 1000) > 0) {
            Thread.onSpinWait();
        }
        assertThat(lenient.offer(MessagePriority.LOW, new byte[lenient.maxLength()], 0, lenient.maxLength())).isEqualTo(Publisher.DROPPED);
        assertThat(lenient.tryClaim(MessagePriority.LOW, lenient.maxLength(), 1).result()).isEqualTo(Publisher.DROPPED);
        assertThat(lenient.dropped(MessagePriority.LOW)).isEqualTo(2);
    }

    @Test
    void shouldRefuseAClaimThatIsDropped() {
        final Claim granted = publisher.tryClaim(MessagePriority.LOW, 8, Message.NO_TIMESTAMP);
        assertThat(granted.isOpen()).isTrue();
        granted.putLong(0, 5).commit();
        fill(publisher);

        final Claim dropped = publisher.tryClaim(MessagePriority.LOW, 8, Message.NO_TIMESTAMP);

        assertThat(dropped.isOpen()).isFalse();
        assertThat(dropped.result()).isEqualTo(Publisher.DROPPED);
        assertThat(publisher.dropped(MessagePriority.LOW)).isEqualTo(1);
        assertThatThrownBy(() -> publisher.tryClaim(MessagePriority.LOW, -1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(publisher.tryClaim(MessagePriority.CRITICAL, 8, Message.NO_TIMESTAMP).result()).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(publisher.offer(MessagePriority.LOW, MemorySegment.ofArray(number(1)), 0, 8, 1)).isEqualTo(Publisher.DROPPED);
    }

    @Test
    void shouldNotDropWithoutSettings() {
        final Publisher plain = fixture.publisher("a");
        fill(plain);
        assertThat(plain.offer(MessagePriority.LOW, number(1), 0, 8)).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(plain.dropped(MessagePriority.LOW)).isZero();
    }

    @Test
    void shouldCheckWhatIsOfferedEvenIfItWouldBeDropped() throws Exception {
        fill(publisher);
        assertThatThrownBy(() -> publisher.offer(MessagePriority.LOW, new byte[8], 1, 8)).isInstanceOf(IndexOutOfBoundsException.class);
        final int tooLong = publisher.maxOfferLength() + 1;
        assertThat(publisher.offer(MessagePriority.LOW, new byte[tooLong], 0, tooLong)).isEqualTo(Publisher.TOO_LONG);
        EngineFixture.onThread(() -> assertThatThrownBy(() -> offer(MessagePriority.LOW)).isInstanceOf(IllegalStateException.class));
        fixture.streamer.close();
        assertThat(offer(MessagePriority.LOW)).isEqualTo(Publisher.CLOSED);
        publisher.close();
        assertThatThrownBy(() -> offer(MessagePriority.LOW)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldRefuseSharesThatMakeNoSense() {
        assertThatThrownBy(() -> new PublisherConfig(20, 10, 50)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("20 (high)");
        assertThatThrownBy(() -> PublisherConfig.defaults().withLow(91)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PublisherConfig.defaults().withHigh(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(PublisherConfig.defaults().withLow(75).withNormal(30).withHigh(5)).isEqualTo(new PublisherConfig(5, 30, 75));
    }
}
