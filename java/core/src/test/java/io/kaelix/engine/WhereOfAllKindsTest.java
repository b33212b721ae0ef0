// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.AllKinds.MARK;
import static io.kaelix.engine.AllKinds.NUMBER;
import static io.kaelix.engine.AllKinds.bytes;
import static io.kaelix.engine.AllKinds.send;
import static io.kaelix.engine.EngineFixture.DEADLINE_SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.MappedPayload;
import io.kaelix.Payload;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.TopicPattern;
import io.kaelix.engine.AllKinds.Kind;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Subscribers that say what they want, of messages in parts and of payloads as of all others. */
@Timeout(value = DEADLINE_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WhereOfAllKindsTest {

    private final EngineFixture fixture = new EngineFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static SubscriberConfig config(final SlowSubscriberPolicy policy) {
        return SubscriberConfig.defaults().withPolicy(policy);
    }

    private Subscriber wanting(final SlowSubscriberPolicy policy) {
        return fixture.streamer.subscriber("a", config(policy)).where(MARK.equalTo(1));
    }

    private static int poll(final Subscriber subscriber, final int limit, final List<Long> into) {
        final int before = into.size();
        final int count = subscriber.poll(message -> into.add(AllKinds.check(message)), limit);
        assertThat(Math.max(count, 0)).isEqualTo(into.size() - before);
        return count;
    }

    private static List<Long> drain(final Subscriber subscriber) {
        final List<Long> received = new ArrayList<>();
        for (int idle = 0; idle < 32;) {
            idle = poll(subscriber, 100, received) > 0 ? 0 : idle + 1;
        }
        return received;
    }

    /** Once nobody uses the lane any more. */
    private void assertAllGivenBack(final Subscriber subscriber, final Publisher publisher) {
        publisher.close();
        subscriber.close();
        assertThat(fixture.streamer.pool().outstanding()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"BLOCK, 0.02", "BLOCK, 0.5", "BLOCK, 0.98", "LOSSY, 0.02", "LOSSY, 0.5", "DISCONNECT, 0.3"})
    void shouldHandOverMessagesOfAllKindsInOrder(final SlowSubscriberPolicy policy, final double wanted) {
        final Subscriber subscriber = wanting(policy);
        final Publisher publisher = fixture.publisher("a");
        final Random random = new Random((long) (wanted * 100));
        final List<Long> expected = new ArrayList<>();
        final List<Long> received = new ArrayList<>();
        long unwanted = 0;
        for (long number = 0; number < 3_000; number++) {
            final Kind kind = random.nextInt(12) > 0 ? Kind.PLAIN : random.nextBoolean() ? Kind.PARTS : Kind.SHARED;
            final int mark = random.nextDouble() < wanted ? 1 : 0;
            final byte[] bytes = bytes(number, mark, AllKinds.length(random, kind, publisher));
            final boolean headers = random.nextInt(3) == 0;
            // A lossy one is not waited for: it must not be overrun here.
            while (policy == SlowSubscriberPolicy.LOSSY && subscriber.lanes().getFirst().lagBytes() > EngineFixture.LANE_CAPACITY / 64
                    || send(fixture.streamer, publisher, kind, headers, bytes) == Publisher.BACK_PRESSURED) {
                poll(subscriber, 1 + random.nextInt(9), received);
            }
            if (mark == 1) {
                expected.add(number);
            } else {
                unwanted++;
            }
        }
        received.addAll(drain(subscriber));
        assertThat(received).isEqualTo(expected);
        assertThat(subscriber.passedOver()).isEqualTo(unwanted);
        assertThat(subscriber.lost()).isZero();
        assertThat(subscriber.lanes().getFirst().lagBytes()).isZero();
        assertAllGivenBack(subscriber, publisher);
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = {"PARTS", "SHARED"})
    void shouldFindWhatIsWantedBehindManyOthersInOnePoll(final Kind kind) {
        final Subscriber subscriber = wanting(SlowSubscriberPolicy.BLOCK);
        final Publisher publisher = fixture.publisher("a");
        for (int i = 0; i < 200; i++) {
            assertThat(publisher.offer(bytes(i, 0, 24))).isPositive();
        }
        assertThat(send(fixture.streamer, publisher, kind, true, bytes(200, 1, publisher.maxLength() + 1))).isPositive();
        final List<Long> received = new ArrayList<>();
        assertThat(poll(subscriber, 10, received)).isEqualTo(1);
        assertThat(received).containsExactly(200L);
        assertThat(subscriber.passedOver()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(value = SlowSubscriberPolicy.class, names = {"BLOCK", "LOSSY"})
    void shouldPassOverWhatIsOfOtherStreams(final SlowSubscriberPolicy policy) {
        final StreamPublisher publisher = fixture.streamer.streamPublisher();
        final Subscriber subscriber = wanting(policy);
        final int a = publisher.stream("a");
        final int other = publisher.stream("b");
        final List<Long> received = new ArrayList<>();
        final List<Long> expected = new ArrayList<>();
        final Random random = new Random(1);
        int unwanted = 0;
        for (int number = 0; number < 600; number++) {
            final int stream = random.nextBoolean() ? a : other;
            final int mark = random.nextInt(2);
            final int length = random.nextInt(6) > 0 ? 40 : EngineFixture.LANE_CAPACITY / 4 + random.nextInt(1_000);
            assertThat(publisher.offer(stream, bytes(number, mark, length))).isPositive();
            if (stream == a && random.nextInt(4) == 0 && policy == SlowSubscriberPolicy.BLOCK) {
                try (Payload payload = fixture.streamer.payload(bytes(1_000 + number, mark, 5_000))) {
                    assertThat(publisher.offer(other, payload)).isPositive();
                }
            }
            if (stream == a && mark == 1) {
                expected.add((long) number);
            }
            unwanted += stream == a && mark == 0 ? 1 : 0;
            for (int poll = 0; poll < 3; poll++) {
                poll(subscriber, 100, received);
            }
        }
        assertThat(received).isEqualTo(expected);
        // Frames of other streams may be counted, but each once, and parts of their messages not at all.
        assertThat(subscriber.passedOver()).isBetween((long) unwanted, 600L - received.size());
        assertThat(subscriber.lost()).isZero();
    }

    @Test
    void shouldCountWhatALossySubscriberLosesOfAllKinds() {
        final Subscriber subscriber = wanting(SlowSubscriberPolicy.LOSSY);
        final Publisher publisher = fixture.publisher("a");
        final Random random = new Random(3);
        final List<Long> received = new ArrayList<>();
        final int sent = 2_000;
        for (long number = 0; number < sent; number++) {
            final Kind kind = random.nextInt(8) > 0 ? Kind.PLAIN : Kind.PARTS;
            assertThat(send(fixture.streamer, publisher, kind, false, bytes(number, random.nextInt(2),
                    AllKinds.length(random, kind, publisher)))).isPositive();
            if (random.nextInt(40) == 0) {
                poll(subscriber, 20, received);
            }
        }
        received.addAll(drain(subscriber));
        assertThat(received).isSorted().doesNotHaveDuplicates().isNotEmpty();
        assertThat(subscriber.lost()).isPositive();
        assertThat(subscriber.lost() + subscriber.passedOver() + received.size()).isEqualTo(sent);
    }

    @ParameterizedTest
    @EnumSource(value = SlowSubscriberPolicy.class, names = {"BLOCK", "LOSSY"})
    void shouldCountPayloadsThatAreGoneAsLost(final SlowSubscriberPolicy policy) {
        final Publisher publisher = fixture.publisher("a");
        final Payload kept = fixture.streamer.payload(bytes(1, 1, 3_000));
        for (int i = 0; i < 10; i++) {
            try (Payload payload = fixture.streamer.payload(bytes(2, i % 2, 3_000))) {
                assertThat(publisher.offer(i % 3 == 0 ? kept : payload)).isPositive();
            }
            assertThat(publisher.offer(bytes(3, 0, 30))).isPositive();
        }
        final Subscriber subscriber = fixture.streamer.subscriber("a", config(policy).withStart(Start.oldest())).where(MARK.equalTo(1));
        assertThat(drain(subscriber)).containsExactly(1L, 1L, 1L, 1L);
        assertThat(subscriber.lost()).isEqualTo(6);
        assertThat(subscriber.passedOver()).isEqualTo(10);
        kept.release();
    }

    @Test
    void shouldGoOnInTheMiddleOfAMessageThatIsLongerThanTheLane() throws Exception {
        final Subscriber subscriber = wanting(SlowSubscriberPolicy.BLOCK);
        final int length = 5 * EngineFixture.LANE_CAPACITY;
        final Thread sender = Thread.ofPlatform().daemon().start(() -> {
            final Publisher publisher = fixture.publisher("a");
            for (int number = 0; number < 6; number++) {
                publisher.publish(MemorySegment.ofArray(bytes(number, number % 2, length)), 0, length, LongMessages.LONG);
            }
        });
        final List<Long> received = new ArrayList<>();
        while (sender.isAlive()) {
            poll(subscriber, 2, received);
        }
        sender.join();
        received.addAll(drain(subscriber));
        assertThat(received).containsExactly(1L, 3L, 5L);
        assertThat(subscriber.passedOver()).isEqualTo(3);
    }

    @Test
    void shouldBeCutOffInTheMiddleOfAMessage() {
        final Subscriber slow = fixture.streamer.subscriber(TopicPattern.of("a"), config(SlowSubscriberPolicy.DISCONNECT)
                .withMaxStall(Duration.ZERO)).where(MARK.equalTo(1));
        final Publisher publisher = fixture.publisher("a");
        for (int i = 0; i < 200; i++) {
            publisher.offer(bytes(i, 1, publisher.maxLength() + 100 * (i % 7)));
            if (i % 50 == 3) {
                poll(slow, 1, new ArrayList<>());
            }
        }
        final List<Long> ignored = new ArrayList<>();
        int result;
        do {
            result = poll(slow, 5, ignored);
        } while (result >= 0 && ignored.size() < 400);
        assertThat(result).isEqualTo(Subscriber.DISCONNECTED);
        assertThat(fixture.streamer.pool().outstanding()).isZero();
    }

    @Test
    void shouldTellOnceThatAFileWasCutAndGoOn(@TempDir final Path folder) throws IOException {
        final Path path = Files.write(folder.resolve("film.bin"), bytes(1, 1, 50_000));
        final Subscriber subscriber = fixture.subscriber("a").where(NUMBER.atLeast(2));
        final Publisher publisher = fixture.publisher("a");
        try (MappedPayload payload = Payload.map(path)) {
            assertThat(publisher.offer(payload)).isPositive();
            assertThat(publisher.offer(bytes(2, 0, 30))).isPositive();
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
                file.truncate(0);
            }
            assertThatThrownBy(() -> subscriber.poll(message -> { }, 10)).isInstanceOf(KaelixException.class).hasMessageContaining("film.bin");
            assertThat(drain(subscriber)).containsExactly(2L);
        }
    }

    @Test
    void shouldGoOnBehindAMessageWhoseHandlerThrows() {
        final Subscriber subscriber = wanting(SlowSubscriberPolicy.BLOCK);
        final Publisher publisher = fixture.publisher("a");
        final Kind[] kinds = {Kind.PLAIN, Kind.PARTS, Kind.SHARED, Kind.PLAIN};
        for (int i = 0; i < kinds.length; i++) {
            assertThat(send(fixture.streamer, publisher, kinds[i], true, bytes(i, 1,
                    kinds[i] == Kind.PLAIN ? 30 : publisher.maxLength() + 1))).isPositive();
        }
        final List<Long> seen = new ArrayList<>();
        for (int i = 0; i < kinds.length; i++) {
            assertThatThrownBy(() -> subscriber.poll(message -> {
                seen.add(AllKinds.check(message));
                throw new IllegalArgumentException("mine");
            }, 10)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(seen).isEqualTo(LongStream.range(0, kinds.length).boxed().toList());
        assertThat(drain(subscriber)).isEmpty();
        assertAllGivenBack(subscriber, publisher);
    }
}
