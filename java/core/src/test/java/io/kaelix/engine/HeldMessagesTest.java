// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Field;
import io.kaelix.MemoryStreamer;
import io.kaelix.MessageBatch;
import io.kaelix.Payload;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a handler or a batch is at, while its publisher goes on. */
@Timeout(60)
class HeldMessagesTest {

    private static final int LENGTH = 1000;

    private final MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(1 << 16)
            .withMemoryLimit(32 << 20).withLinger(Duration.ZERO));

    @AfterEach
    void close() {
        streamer.close();
    }

    /** The payload is passed over, and what comes behind it lies in the lane: that is held all the same. */
    @Test
    void shouldHoldWhatABatchTookBehindAPayloadThatItPassedOver() {
        final Subscriber subscriber = streamer.subscriber("a").where(Field.int32(0).equalTo(1));
        final Publisher publisher = streamer.publisher("a");
        try (Payload other = streamer.payload(2 * LENGTH)) {
            assertThat(publisher.offer(other)).isPositive();
        }
        final MemorySegment message = MemorySegment.ofArray(new byte[LENGTH]);
        message.set(ValueLayout.JAVA_INT_UNALIGNED, 0, 1);
        int sent = 0;
        do {
            message.set(ValueLayout.JAVA_INT_UNALIGNED, Integer.BYTES, sent);
        } while (publisher.offer(message) >= 0 && ++sent > 0);
        try (MessageBatch batch = subscriber.batch(1000)) {
            final int taken = subscriber.poll(batch);
            assertThat(taken).isGreaterThan(10);
            final List<Integer> numbers = new ArrayList<>();
            final List<Long> results = new ArrayList<>();
            batch.forEachSelected(shown -> {
                numbers.add(shown.getInt(Integer.BYTES));
                for (int i = 0; i < 4; i++) {
                    results.add(publisher.publish(MemorySegment.ofArray(new byte[LENGTH]), 0, LENGTH, Duration.ofMillis(1)));
                }
            });
            assertThat(numbers).hasSize(taken).isSorted().startsWith(0).endsWith(taken - 1);
            assertThat(results).containsOnly(Publisher.BACK_PRESSURED);
        }
    }

    /** Though there are messages of another publisher. */
    @Test
    void shouldTellInTheVeryNextPollThatAMessageMayBeTorn() {
        final SubscriberConfig config = SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.DISCONNECT).withMaxStall(Duration.ZERO);
        final Subscriber subscriber = streamer.subscriber("t.*", config);
        final Publisher torn = streamer.publisher("t.torn");
        final Publisher other = streamer.publisher("t.other");
        torn.offer("AAAA".getBytes());
        for (int i = 0; i < 10; i++) {
            other.offer("BBBB".getBytes());
        }
        final List<String> read = new ArrayList<>();
        int answer;
        do {
            answer = subscriber.poll(message -> {
                if (message.topic().name().equals("t.torn")) {
                    for (int i = 0; i < 40; i++) {
                        torn.offer(new byte[4 * LENGTH]);
                    }
                    read.add("torn");
                } else {
                    read.add("other");
                }
            }, 1);
        } while (!read.contains("torn"));
        assertThat(answer).isEqualTo(1);
        final int before = read.size();
        assertThat(subscriber.poll(message -> read.add("more"), 1)).isEqualTo(Subscriber.DISCONNECTED);
        assertThat(subscriber.poll(message -> read.add("more"), 1)).isEqualTo(Subscriber.DISCONNECTED);
        assertThat(read).hasSize(before);
    }
}
