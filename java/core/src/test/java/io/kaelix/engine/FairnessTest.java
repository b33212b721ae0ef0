// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.fill;
import static io.kaelix.engine.EngineFixture.pollOnce;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No lane waits for ever because others are busy. */
class FairnessTest {

    private final EngineFixture engine = new EngineFixture();
    private final Subscriber subscriber = engine.subscriber(">");

    @AfterEach
    void close() {
        engine.close();
    }

    private List<Publisher> publishers(final int count) {
        return IntStream.range(0, count).mapToObj(i -> engine.publisher("p" + i)).toList();
    }

    @Test
    void shouldNotLetABusyLaneStarveTheOthers() {
        final List<Publisher> publishers = publishers(4);
        for (int round = 0; round < 200; round++) {
            fill(publishers.get(0));
            send(publishers.get(1), -1);
            send(publishers.get(2), -2);
            send(publishers.get(3), -3);
            assertThat(pollOnce(subscriber, 8)).contains(-1L, -2L, -3L);
        }
    }

    @Test
    void shouldShareALimitOfOneAmongBusyLanes() {
        final List<Publisher> publishers = publishers(3);
        publishers.forEach(EngineFixture::fill);
        final int[] served = new int[4];
        for (int i = 0; i < 300; i++) {
            subscriber.poll(message -> served[message.publisherId() % 4]++, 1);
        }
        assertThat(IntStream.of(served).filter(count -> count > 0)).containsExactly(100, 100, 100);
    }

    @Test
    void shouldHandOverNoMoreThanTheLimit() {
        publishers(5).forEach(EngineFixture::fill);
        for (int limit = 1; limit < 100; limit++) {
            assertThat(pollOnce(subscriber, limit)).hasSizeBetween(1, limit);
        }
    }

    @Test
    void shouldServeEveryOneOfManyLanesWithin16Polls() {
        final List<Publisher> publishers = publishers(150);
        for (int round = 0; round < 40; round++) {
            final int late = round * 37 % 150;
            send(publishers.get(late), late);
            final Set<Long> seen = new HashSet<>();
            for (int poll = 0; poll < 16; poll++) {
                // Some are busy all the time, the rest falls idle.
                publishers.stream().limit(10).forEach(publisher -> send(publisher, 1_000));
                seen.addAll(pollOnce(subscriber, 1_000));
            }
            assertThat(seen).as("round %d", round).contains((long) late);
        }
    }

    @ParameterizedTest
    @CsvSource({"65, 1, 64", "65, 1, 10", "65, 1, 0", "81, 1, 33", "97, 2, 50", "129, 16, 77"})
    void shouldNotStarveAnIdleLaneWhenBusyOnesUseUpTheLimit(final int lanes, final int limit, final int idle) {
        final List<Publisher> busy = new ArrayList<>(publishers(lanes));
        final Publisher quiet = busy.remove(idle);
        busy.forEach(publisher -> send(publisher, 1));
        // Visited with nothing in it: from here on it counts as idle.
        for (int i = 0; i < 3 * lanes; i++) {
            busy.forEach(publisher -> publisher.offer(EngineFixture.number(1)));
            pollOnce(subscriber, limit);
        }
        send(quiet, 77);
        boolean served = false;
        for (int i = 0; i < 16 * lanes && !served; i++) {
            busy.forEach(publisher -> publisher.offer(EngineFixture.number(1)));
            served = pollOnce(subscriber, limit).contains(77L);
        }
        assertThat(served).isTrue();
    }

    @Test
    void shouldServeOtherLanesWhenOneHandlerCallAlwaysThrows() {
        final List<Publisher> publishers = publishers(3);
        fill(publishers.get(0));
        send(publishers.get(1), -1);
        send(publishers.get(2), -2);
        final Set<Long> seen = new HashSet<>();
        for (int i = 0; i < 6; i++) {
            try {
                subscriber.poll(message -> {
                    if (message.getLong(0) >= 0) {
                        throw new UnsupportedOperationException();
                    }
                    seen.add(message.getLong(0));
                }, 10);
            } catch (final UnsupportedOperationException thrown) {
                // Of the first lane's, which has hundreds more.
            }
        }
        assertThat(seen).containsExactlyInAnyOrder(-1L, -2L);
    }

    @Test
    void shouldRefuseALimitBelowOneAndAMissingHandler() {
        final Publisher publisher = engine.publisher("a");
        send(publisher, 1);
        for (final int limit : new int[] {0, -1, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> subscriber.poll(message -> { }, limit)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> subscriber.poll(null, 1)).isInstanceOf(NullPointerException.class);
        assertThat(pollOnce(subscriber, Integer.MAX_VALUE)).containsExactly(1L);
    }
}
