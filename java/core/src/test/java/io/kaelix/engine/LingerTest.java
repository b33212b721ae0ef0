// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A reader stays away from a lane that it has caught up with, for a bounded time, and only while messages keep coming. */
class LingerTest {

    private long now = Long.MAX_VALUE - 500;
    private final Linger linger = new Linger(1_000, () -> now);

    private void poll(final int times, final int messages) {
        for (int i = 0; i < times; i++) {
            linger.polled(messages, false);
        }
    }

    @Test
    void shouldBeginWhenMessagesKeepComing() {
        poll(63, 1);
        assertThat(linger.isOn()).as("not a whole window yet").isFalse();
        poll(1, 1);
        assertThat(linger.isOn()).isTrue();
        now += 999;
        assertThat(linger.isOn()).isTrue();
        now += 1;
        assertThat(linger.isOn()).as("its time is over").isFalse();
    }

    @Test
    void shouldNotBeginWhereMessagesAreRare() {
        for (int i = 0; i < 1_000; i++) {
            poll(1, 1);
            assertThat(linger.isOn()).isFalse();
            poll(7, 0);
        }
    }

    @Test
    void shouldEndWhenTheFlowDoes() {
        poll(64, 1);
        now += 1_000;
        poll(64, 0);
        poll(1, 1);
        assertThat(linger.isOn()).isFalse();
    }

    /** Where a message comes each microsecond and a poll waits for so long, every poll finds one. */
    @Test
    void shouldEndWhenItBringsLittle() {
        poll(64, 1);
        now += 1_000;
        poll(1, 4);
        assertThat(linger.isOn()).as("worth it").isTrue();
        now += 1_000;
        poll(1, 3);
        assertThat(linger.isOn()).isFalse();
        poll(62, 1);
        assertThat(linger.isOn()).as("a whole window has to come first").isFalse();
        poll(2, 1);
        assertThat(linger.isOn()).isTrue();
    }

    @Test
    void shouldNotLeaveALaneAloneThatItIsBehind() {
        poll(64, 1);
        now += 1_000;
        linger.polled(10, true);
        assertThat(linger.isOn()).isFalse();
        linger.polled(0, false);
        assertThat(linger.isOn()).as("nothing was there: the next message should not wait").isFalse();
    }

    @Test
    void shouldNeverBeginWhenItIsOff() {
        final Linger off = new Linger(0, () -> now);
        for (int i = 0; i < 1_000; i++) {
            off.polled(10, false);
            assertThat(off.isOn()).isFalse();
        }
    }

    @Test
    void shouldWaitRatherThanAnswerZeroWhereMessagesAre() throws Exception {
        try (MemoryStreamer streamer = MemoryStreamer.launch(EngineFixture.config().withLinger(Duration.ofMillis(1)));
                Subscriber subscriber = streamer.subscriber("a.*");
                Publisher often = streamer.publisher("a.1");
                Publisher seldom = streamer.publisher("a.2")) {
            final long begin = System.nanoTime();
            long outstanding = 0;
            for (int i = 0; i < 300; i++) {
                for (int n = 0; n < 5; n++) {
                    often.offer(number(n));
                    outstanding++;
                }
                if (i % 10 == 0) {
                    seldom.offer(number(i));
                    outstanding++;
                }
                final int count = subscriber.poll(message -> { }, 100);
                assertThat(count).as("poll %d", i).isPositive();
                outstanding -= count;
            }
            // At least this long, however slow the machine: a lane that was read to its end is not looked at for a millisecond.
            assertThat(System.nanoTime() - begin).as("it lingered").isGreaterThan(100_000_000);
            while (outstanding > 0) {
                final int count = subscriber.poll(message -> { }, 10);
                assertThat(count).isPositive();
                outstanding -= count;
            }
        }
    }

    @Test
    void shouldNotHoldUpAClose() throws Exception {
        try (MemoryStreamer streamer = MemoryStreamer.launch(EngineFixture.config().withLinger(Duration.ofMillis(1)));
                Publisher publisher = streamer.publisher("a")) {
            final Subscriber subscriber = streamer.subscriber("a");
            for (int i = 0; i < 100; i++) {
                publisher.offer(number(i));
                subscriber.poll(message -> { }, 100);
            }
            final Thread closer = new Thread(subscriber::close);
            closer.start();
            assertThatThrownBy(() -> {
                while (true) {
                    for (int i = 0; i < 5; i++) {
                        publisher.offer(number(i));
                    }
                    subscriber.poll(message -> { }, 100);
                }
            }).hasMessageContaining("closed");
            closer.join();
        }
    }
}
