// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.AllKinds.MARK;
import static io.kaelix.engine.AllKinds.NUMBER;
import static io.kaelix.engine.AllKinds.bytes;
import static io.kaelix.engine.AllKinds.check;
import static io.kaelix.engine.AllKinds.send;
import static io.kaelix.engine.EngineFixture.DEADLINE_SECONDS;
import static io.kaelix.engine.EngineFixture.LANE_CAPACITY;
import static io.kaelix.engine.EngineFixture.fill;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.MappedPayload;
import io.kaelix.Message;
import io.kaelix.MessageBatch;
import io.kaelix.Payload;
import io.kaelix.Publisher;
import io.kaelix.RetainedMessage;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.TopicPattern;
import io.kaelix.engine.AllKinds.Kind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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

/** Batches in lanes that carry messages in parts, and payloads, beside the others. */
@Timeout(value = DEADLINE_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BatchOfAllKindsTest {

    private final EngineFixture fixture = new EngineFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static SubscriberConfig config(final SlowSubscriberPolicy policy) {
        return SubscriberConfig.defaults().withPolicy(policy);
    }

    /** The messages of a batch, all that it says of them checked against what they are. */
    private static List<Long> numbers(final MessageBatch batch) {
        final List<Long> numbers = new ArrayList<>();
        assertThat(batch.forEachSelected(message -> {
            final int row = numbers.size();
            assertThat(batch.lengths().getAtIndex(ValueLayout.JAVA_INT, row)).isEqualTo(message.length());
            assertThat(batch.timestamps().getAtIndex(ValueLayout.JAVA_LONG, row)).isEqualTo(message.timestamp());
            assertThat(batch.sequences().getAtIndex(ValueLayout.JAVA_INT, row)).isEqualTo((int) message.sequence());
            assertThat(batch.streamIds().getAtIndex(ValueLayout.JAVA_INT, row)).isEqualTo(message.streamId());
            numbers.add(check(message));
        })).isEqualTo(batch.size());
        assertThat(batch.sum(NUMBER)).isEqualTo(numbers.stream().mapToLong(Long::longValue).sum());
        assertThat(batch.count(MARK)).isEqualTo(batch.size());
        assertThat(batch.whereChecksumHolds().selected()).isEqualTo(batch.size());
        batch.clearSelection();
        return numbers;
    }

    private static List<Long> drain(final Subscriber subscriber, final MessageBatch batch) {
        final List<Long> received = new ArrayList<>();
        for (int idle = 0; idle < 32;) {
            final int size = subscriber.poll(batch);
            idle = size > 0 ? 0 : idle + 1;
            if (size > 0) {
                received.addAll(numbers(batch));
            }
        }
        batch.release();
        return received;
    }

    @ParameterizedTest
    @CsvSource({"BLOCK, PARTS", "BLOCK, SHARED", "DISCONNECT, PARTS", "DISCONNECT, SHARED", "LOSSY, PARTS"})
    void shouldTakeAMessageThatIsNoSingleFrameByItself(final SlowSubscriberPolicy policy, final Kind kind) {
        final Subscriber subscriber = fixture.streamer.subscriber("a", config(policy));
        final Publisher publisher = fixture.publisher("a");
        final int length = publisher.maxLength() + 100;
        final boolean lossy = policy == SlowSubscriberPolicy.LOSSY;
        publisher.offer(bytes(1, 0, 50));
        publisher.offer(bytes(2, 0, 51));
        assertThat(send(fixture.streamer, publisher, kind, true, bytes(3, 1, length))).isPositive();
        publisher.offer(bytes(4, 0, 52));
        final MessageBatch batch = subscriber.batch(100);

        assertThat(subscriber.poll(batch)).as("it ends before").isEqualTo(2);
        assertThat(numbers(batch)).containsExactly(1L, 2L);
        assertThat(batch.isCopy()).isEqualTo(lossy);
        assertThat(subscriber.poll(batch)).isEqualTo(1);
        assertThat(numbers(batch)).containsExactly(3L);
        assertThat(batch.isCopy()).isTrue();
        assertThat(batch.where(MARK.equalTo(1)).where(NUMBER.between(3, 3)).where(TopicPattern.of("a")).selected()).isEqualTo(1);
        assertThat(batch.whereStream(batch.streamIds().get(ValueLayout.JAVA_INT, 0)).max(NUMBER)).isEqualTo(3);
        final List<RetainedMessage> retained = new ArrayList<>();
        batch.forEachSelected(message -> {
            assertThat(message.publisherId()).isEqualTo(publisher.id());
            assertThat(message.topic()).isEqualTo(publisher.topic());
            assertThatThrownBy(() -> message.payload().set(ValueLayout.JAVA_BYTE, 0, (byte) 1)).isInstanceOfAny(
                    UnsupportedOperationException.class, IllegalArgumentException.class);
            retained.add(message.retain());
        });
        assertThat(subscriber.poll(batch)).isEqualTo(1);
        assertThat(numbers(batch)).containsExactly(4L);
        assertThat(batch.isCopy()).isEqualTo(lossy);
        assertThat(check(retained.getFirst())).isEqualTo(3);
        assertThat(retained.getFirst().release()).isTrue();
        assertThat(subscriber.poll(batch)).isZero();
        assertAllGivenBack(subscriber, publisher);
    }

    private void assertAllGivenBack(final Subscriber subscriber, final Publisher publisher) {
        publisher.close();
        subscriber.close();
        assertThat(fixture.streamer.pool().outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = {"PARTS", "SHARED"})
    void shouldNotHoldTheLaneOfWhatItCopied(final Kind kind) {
        final Subscriber subscriber = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        assertThat(send(fixture.streamer, publisher, kind, false, bytes(7, 1, publisher.maxLength() + 100))).isPositive();
        final MessageBatch batch = subscriber.batch(10);
        assertThat(subscriber.poll(batch)).isEqualTo(1);
        assertThat(subscriber.lanes().getFirst().lagBytes()).isZero();
        assertThat(fill(publisher)).as("all of the lane").isGreaterThan(LANE_CAPACITY / 24 * 3 / 4);
        assertThat(numbers(batch)).as("and it is still there").containsExactly(7L);
    }

    @ParameterizedTest
    @CsvSource({"BLOCK, false", "BLOCK, true", "LOSSY, false", "LOSSY, true", "DISCONNECT, false", "DISCONNECT, true"})
    void shouldTakeAllInOrder(final SlowSubscriberPolicy policy, final boolean selects) {
        Subscriber subscriber = fixture.streamer.subscriber(">", config(policy));
        if (selects) {
            subscriber = subscriber.where(MARK.equalTo(1));
        }
        final Publisher[] publishers = {fixture.publisher("a"), fixture.publisher("b"), fixture.publisher("c")};
        final Random random = new Random(9);
        final MessageBatch batch = subscriber.batch(50);
        final List<Long> received = new ArrayList<>();
        final List<Long> expected = new ArrayList<>();
        long unwanted = 0;
        for (long number = 0; number < 3_000; number++) {
            final Publisher publisher = publishers[(int) (number % 3)];
            final Kind kind = random.nextInt(10) > 0 ? Kind.PLAIN : random.nextBoolean() ? Kind.PARTS : Kind.SHARED;
            final int mark = random.nextInt(2);
            final byte[] bytes = bytes(number, mark, AllKinds.length(random, kind, publisher));
            final boolean headers = random.nextInt(3) == 0;
            while (policy == SlowSubscriberPolicy.LOSSY && isBehind(subscriber)
                    || send(fixture.streamer, publisher, kind, headers, bytes) == Publisher.BACK_PRESSURED) {
                if (subscriber.poll(batch) > 0) {
                    received.addAll(numbers(batch));
                    batch.release();
                }
            }
            if (mark == 1 || !selects) {
                expected.add(number);
            } else {
                unwanted++;
            }
        }
        received.addAll(drain(subscriber, batch));
        for (int i = 0; i < publishers.length; i++) {
            final int rest = i;
            assertThat(received.stream().filter(number -> number % 3 == rest).toList()).as("of publisher %d", i)
                    .isEqualTo(expected.stream().filter(number -> number % 3 == rest).toList());
        }
        assertThat(received).hasSameSizeAs(expected);
        assertThat(subscriber.passedOver()).isEqualTo(unwanted);
        assertThat(subscriber.lost()).isZero();
    }

    private static boolean isBehind(final Subscriber subscriber) {
        return subscriber.lanes().stream().anyMatch(lane -> lane.lagBytes() > LANE_CAPACITY / 64);
    }

    @Test
    void shouldMixWithPollsForAHandler() {
        final Subscriber subscriber = fixture.subscriber("a").where(MARK.equalTo(1));
        final Publisher publisher = fixture.publisher("a");
        final Random random = new Random(4);
        final MessageBatch batch = subscriber.batch(7);
        final List<Long> received = new ArrayList<>();
        final List<Long> expected = new ArrayList<>();
        for (long number = 0; number < 2_000; number++) {
            final Kind kind = random.nextInt(12) > 0 ? Kind.PLAIN : random.nextBoolean() ? Kind.PARTS : Kind.SHARED;
            final int mark = random.nextInt(4) == 0 ? 0 : 1;
            while (send(fixture.streamer, publisher, kind, false, bytes(number, mark, AllKinds.length(random, kind, publisher)))
                    == Publisher.BACK_PRESSURED) {
                if (random.nextBoolean()) {
                    subscriber.poll(message -> received.add(check(message)), 1 + random.nextInt(5));
                } else if (subscriber.poll(batch) > 0) {
                    received.addAll(numbers(batch));
                }
            }
            if (mark == 1) {
                expected.add(number);
            }
        }
        received.addAll(drain(subscriber, batch));
        assertThat(received).isEqualTo(expected);
        assertThat(subscriber.passedOver()).isEqualTo(2_000 - expected.size());
    }

    @Test
    void shouldPassOverPartsAndPayloadsOfOtherStreams() {
        final StreamPublisher publisher = fixture.streamer.streamPublisher();
        final Subscriber subscriber = fixture.subscriber("a");
        final int a = publisher.stream("a");
        final int other = publisher.stream("b");
        for (int i = 0; i < 5; i++) {
            assertThat(publisher.offer(a, bytes(i, 0, 30))).isPositive();
            try (Payload payload = fixture.streamer.payload(bytes(100 + i, 0, 5_000))) {
                assertThat(publisher.offer(other, payload)).isPositive();
            }
        }
        assertThat(publisher.offer(other, bytes(200, 0, publisher.maxOfferLength() - LANE_CAPACITY / 8))).isPositive();
        assertThat(publisher.offer(a, bytes(5, 0, 30))).isPositive();
        final MessageBatch batch = subscriber.batch(100);
        assertThat(subscriber.poll(batch)).as("they do not end it").isEqualTo(6);
        assertThat(numbers(batch)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
        assertThat(batch.isCopy()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(value = SlowSubscriberPolicy.class, names = {"BLOCK", "DISCONNECT"})
    void shouldPutTogetherWhatIsLongerThanTheLane(final SlowSubscriberPolicy policy) throws Exception {
        final Subscriber subscriber = fixture.streamer.subscriber("a", config(policy).withMaxStall(LongMessages.LONG));
        final int length = 5 * LANE_CAPACITY;
        final Thread sender = Thread.ofPlatform().daemon().start(() -> {
            final Publisher publisher = fixture.publisher("a");
            for (int number = 0; number < 6; number++) {
                publisher.publish(MemorySegment.ofArray(bytes(number, 0, length)), 0, length, LongMessages.LONG);
                publisher.publish(MemorySegment.ofArray(bytes(100, 0, 20)), 0, 20, LongMessages.LONG);
            }
        });
        final MessageBatch batch = subscriber.batch(10);
        final List<Long> received = new ArrayList<>();
        while (sender.isAlive()) {
            if (subscriber.poll(batch) > 0) {
                received.addAll(numbers(batch));
            }
        }
        received.addAll(drain(subscriber, batch));
        assertThat(received).containsExactly(0L, 100L, 1L, 100L, 2L, 100L, 3L, 100L, 4L, 100L, 5L, 100L);
    }

    @Test
    void shouldHoldPayloadsThatAreLongerThanItsMemoryForCopies() {
        final Subscriber subscriber = fixture.subscriber(">");
        final Publisher[] publishers = {fixture.publisher("a"), fixture.publisher("b"), fixture.publisher("c")};
        for (int i = 0; i < publishers.length; i++) {
            assertThat(send(fixture.streamer, publishers[i], Kind.SHARED, true, bytes(i, 0, i == 1 ? 3 << 20 : 20_000))).isPositive();
        }
        final MessageBatch batch = subscriber.batch(100);
        assertThat(subscriber.poll(batch)).as("one of each publisher").isEqualTo(3);
        assertThat(numbers(batch)).containsExactlyInAnyOrder(0L, 1L, 2L);
        batch.release();
        assertThat(batch.isCopy()).isFalse();
        assertThat(subscriber.poll(batch)).isZero();
    }

    @ParameterizedTest
    @EnumSource(value = SlowSubscriberPolicy.class, names = {"BLOCK", "LOSSY"})
    void shouldCountPayloadsThatAreGoneAsLost(final SlowSubscriberPolicy policy) {
        final Publisher publisher = fixture.publisher("a");
        final Payload kept = fixture.streamer.payload(bytes(1, 1, 3_000));
        for (int i = 0; i < 10; i++) {
            try (Payload payload = fixture.streamer.payload(bytes(2, 1, 3_000))) {
                assertThat(publisher.offer(i % 3 == 0 ? kept : payload)).isPositive();
            }
        }
        final Subscriber subscriber = fixture.streamer.subscriber("a", config(policy).withStart(Start.oldest()));
        final MessageBatch batch = subscriber.batch(100);
        assertThat(drain(subscriber, batch)).containsExactly(1L, 1L, 1L, 1L);
        assertThat(subscriber.lost()).isEqualTo(6);
        kept.release();
    }

    @Test
    void shouldRefuseWhatIsTooLongForAFrameAndLeaveItForAHandler(@TempDir final Path folder) throws IOException {
        final Path path = folder.resolve("film.bin");
        // Sparse: takes no space on the disk.
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(Integer.MAX_VALUE);
        }
        final Subscriber subscriber = fixture.subscriber(">");
        final Publisher publisher = fixture.publisher("a");
        final Publisher other = fixture.publisher("b");
        final MessageBatch batch = subscriber.batch(100);
        try (MappedPayload payload = Payload.map(path)) {
            assertThat(publisher.offer(payload)).isPositive();
            other.offer(bytes(1, 0, 20));
            int told = 0;
            for (int poll = 0; poll < 2; poll++) {
                try {
                    assertThat(subscriber.poll(batch)).isEqualTo(1);
                    assertThat(numbers(batch)).containsExactly(1L);
                } catch (final KaelixException tooLong) {
                    assertThat(tooLong).hasMessageContaining("does not fit into a batch").hasMessageContaining("handler");
                    told++;
                }
            }
            assertThat(told).isEqualTo(1);
            for (int poll = 0; poll < 2; poll++) {
                assertThatThrownBy(() -> subscriber.poll(batch)).isInstanceOf(KaelixException.class);
                assertThat(batch.size()).isZero();
            }
            final List<Integer> lengths = new ArrayList<>();
            assertThat(subscriber.poll(message -> lengths.add(message.length()), 10)).isEqualTo(1);
            assertThat(lengths).containsExactly(Integer.MAX_VALUE);
        }
    }

    @ParameterizedTest
    @CsvSource({"BLOCK, false, false", "BLOCK, true, false", "BLOCK, false, true", "BLOCK, true, true", "LOSSY, false, false",
        "LOSSY, true, false", "LOSSY, false, true", "LOSSY, true, true"})
    void shouldTellOnceThatAFileWasCutAndLoseNothingElse(final SlowSubscriberPolicy policy, final boolean selects, final boolean otherFirst,
            @TempDir final Path folder) throws IOException {
        final Path path = Files.write(folder.resolve("film.bin"), bytes(1, 1, 2 * LANE_CAPACITY));
        final Publisher first = fixture.publisher("a");
        final Publisher second = fixture.publisher("a");
        final Publisher publisher = otherFirst ? second : first;
        final Publisher other = otherFirst ? first : second;
        // So that the batch has one of these already, where its lane comes first.
        other.offer(bytes(9, 0, 20));
        try (MappedPayload payload = Payload.map(path)) {
            assertThat(publisher.offer(payload)).isPositive();
            publisher.offer(bytes(2, 0, 20));
            // Behind the payload, so that it is not copied for a lossy one.
            Subscriber subscriber = fixture.streamer.subscriber(">", config(policy).withStart(Start.oldest()));
            if (selects) {
                subscriber = subscriber.where(NUMBER.atLeast(1));
            }
            final MessageBatch batch = subscriber.batch(100);
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
                file.truncate(0);
            }
            final List<Long> received = new ArrayList<>();
            int told = 0;
            for (int poll = 0; poll < 20; poll++) {
                other.offer(bytes(10 + poll, 0, 20));
                try {
                    if (subscriber.poll(batch) > 0) {
                        received.addAll(numbers(batch));
                    }
                } catch (final KaelixException cut) {
                    assertThat(cut).hasMessageContaining("film.bin");
                    told++;
                }
            }
            received.addAll(drain(subscriber, batch));
            assertThat(told).isEqualTo(1);
            assertThat(received.stream().sorted().toList()).isEqualTo(
                    LongStream.concat(LongStream.of(2), LongStream.range(9, 30)).boxed().toList());
        }
    }

    @Test
    void shouldGiveLossyLanesTheirTurnWhenCopiesFillItsMemory() {
        final Subscriber subscriber = fixture.lossy(">");
        final Publisher[] publishers = {fixture.publisher("a"), fixture.publisher("b"), fixture.publisher("c")};
        final MessageBatch batch = subscriber.batch(100);
        final List<Long> received = new ArrayList<>();
        for (int round = 0; round < 6; round++) {
            for (int i = 0; i < publishers.length; i++) {
                for (int k = 0; k < 3; k++) {
                    publishers[i].offer(bytes(i, 0, LANE_CAPACITY / 5));
                }
            }
            assertThat(subscriber.poll(batch)).isPositive();
            received.addAll(numbers(batch));
        }
        assertThat(received).contains(0L, 1L, 2L);
    }

    @Test
    void shouldKeepItsCopyWhenItIsCutOff() {
        final Subscriber slow = fixture.streamer.subscriber(TopicPattern.of("a"), config(SlowSubscriberPolicy.DISCONNECT)
                .withMaxStall(Duration.ZERO));
        final Publisher publisher = fixture.publisher("a");
        final MessageBatch batch = slow.batch(10);
        assertThat(send(fixture.streamer, publisher, Kind.SHARED, true, bytes(5, 1, 30_000))).isPositive();
        assertThat(slow.poll(batch)).isEqualTo(1);
        for (int i = 0; i < 100; i++) {
            while (send(fixture.streamer, publisher, i % 2 == 0 ? Kind.PARTS : Kind.SHARED, false, bytes(i, 0, publisher.maxLength() + 9))
                    == Publisher.BACK_PRESSURED) {
                Thread.onSpinWait();
            }
        }
        assertThat(numbers(batch)).containsExactly(5L);
        int result;
        do {
            result = slow.poll(batch);
        } while (result >= 0);
        assertThat(result).isEqualTo(Subscriber.DISCONNECTED);
        assertAllGivenBack(slow, publisher);
    }

    @Test
    void shouldBeClosedFromItsOwnHandlerWhileItHoldsACopy() {
        final Subscriber subscriber = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        assertThat(send(fixture.streamer, publisher, Kind.PARTS, false, bytes(5, 1, publisher.maxLength() + 9))).isPositive();
        final MessageBatch batch = subscriber.batch(10);
        assertThat(subscriber.poll(batch)).isEqualTo(1);
        final List<Message> kept = new ArrayList<>();
        assertThat(batch.forEachSelected(message -> {
            subscriber.close();
            assertThat(check(message)).isEqualTo(5);
            kept.add(message);
        })).isEqualTo(1);
        assertThatThrownBy(() -> kept.getFirst().getByte(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> batch.sum(NUMBER)).isInstanceOf(IllegalStateException.class);
        batch.close();
        publisher.close();
        assertThat(fixture.streamer.pool().outstanding()).isZero();
    }
}
