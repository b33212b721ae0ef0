// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.numa;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kaelix.KaelixException;
import io.kaelix.PagePreference;
import io.kaelix.Placement;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.topology.NumaTopology;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One thread writes and reads, in turn, unless a test says otherwise: what is visible is then no matter of luck. */
class CrossNumaChannelTest {

    private static final Duration DELAY = Duration.ofNanos(1_000);
    private static final CrossNumaChannelConfig CONFIG = CrossNumaChannelConfig.toNode(Platforms.current().topology().nodes().getLast().id())
            .withCapacity(1 << 16).withBatchSize(4).withMaxDelay(DELAY).withPages(PagePreference.NORMAL);

    private final byte[] bytes = new byte[Long.BYTES];
    private final MemorySegment segment = MemorySegment.ofArray(bytes);
    private long now = -5;
    private CrossNumaChannel channel = open(CONFIG);

    private CrossNumaChannel open(final CrossNumaChannelConfig config) {
        return CrossNumaChannel.open(config, () -> now);
    }

    private void reopen(final CrossNumaChannelConfig config) {
        channel.close();
        channel = open(config);
    }

    @AfterEach
    void close() {
        channel.close();
    }

    private long offer(final long value) {
        segment.set(JAVA_LONG_UNALIGNED, 0, value);
        return channel.offer(segment, 0, Long.BYTES);
    }

    private void send(final long... values) {
        for (final long value : values) {
            assertThat(offer(value)).isPositive();
        }
    }

    /** What is visible. */
    private List<Long> receive() {
        final List<Long> values = new ArrayList<>();
        while (channel.poll(message -> values.add(message.getLong(0)), 100) > 0) {
            assertThat(values).isNotEmpty();
        }
        return values;
    }

    private static <T> T onThread(final Callable<T> action) throws Exception {
        final FutureTask<T> task = new FutureTask<>(action);
        Thread.ofPlatform().daemon().name("another").start(task).join();
        return task.get();
    }

    private void assertFlushes(final long byCount, final long byTime, final long byCall, final long bySpace, final long byClose) {
        final CrossNumaChannelStatistics found = channel.statistics();
        assertThat(found).isEqualTo(new CrossNumaChannelStatistics(found.messages(), found.received(), byCount, byTime, byCall, bySpace,
                byClose));
        assertThat(found.batches()).isEqualTo(byCount + byTime + byCall + bySpace + byClose);
    }

    @Test
    void shouldHoldMessagesBackUntilTheBatchIsFull() {
        send(1, 2, 3);
        assertThat(receive()).isEmpty();
        send(4);
        assertThat(receive()).containsExactly(1L, 2L, 3L, 4L);
        send(5);
        assertThat(receive()).isEmpty();
        assertFlushes(1, 0, 0, 0, 0);
        assertThat(channel.statistics().messages()).isEqualTo(5);
        assertThat(channel.statistics().received()).isEqualTo(4);
    }

    @Test
    void shouldFlushWithTheOfferThatFindsTheBatchOldEnough() {
        send(1);
        now += DELAY.toNanos() - 1;
        send(2);
        assertThat(receive()).isEmpty();
        now++;
        send(3);
        assertThat(receive()).containsExactly(1L, 2L, 3L);
        send(4);
        assertThat(receive()).as("the next batch has a time of its own").isEmpty();
        assertFlushes(0, 1, 0, 0, 0);
    }

    @Test
    void shouldFlushWhatIsDueWhenThereIsNothingToOffer() {
        assertThat(channel.flushIfDue()).isZero();
        send(1, 2);
        now += DELAY.toNanos() - 1;
        assertThat(channel.flushIfDue()).isZero();
        assertThat(receive()).isEmpty();
        now++;
        assertThat(channel.flushIfDue()).isEqualTo(2);
        assertThat(receive()).containsExactly(1L, 2L);
        assertThat(channel.flushIfDue()).isZero();
        assertFlushes(0, 1, 0, 0, 0);
    }

    @Test
    void shouldFlushWhenItIsTold() {
        assertThat(channel.flush()).isZero();
        send(1);
        assertThat(channel.flush()).isEqualTo(1);
        assertThat(receive()).containsExactly(1L);
        assertFlushes(0, 0, 1, 0, 0);
    }

    @Test
    void shouldNotLookAtTheTimeWhereThereIsNoDelay() {
        reopen(CONFIG.withMaxDelay(CrossNumaChannelConfig.NEVER));
        send(1);
        now = Long.MAX_VALUE;
        send(2);
        assertThat(channel.flushIfDue()).isZero();
        assertThat(receive()).isEmpty();
        assertFlushes(0, 0, 0, 0, 0);
    }

    @Test
    void shouldSendEachMessageByItselfInBatchesOfOne() {
        reopen(CONFIG.withBatchSize(1));
        for (long value = 0; value < 3; value++) {
            send(value);
            assertThat(receive()).containsExactly(value);
        }
        assertFlushes(3, 0, 0, 0, 0);
    }

    @Test
    void shouldFlushWhatIsHeldBackWhenTheRingIsFull() {
        reopen(CONFIG.withBatchSize(Integer.MAX_VALUE));
        final byte[] large = new byte[10_000];
        int sent = 0;
        while (channel.offer(large) > 0) {
            sent++;
        }
        assertThat(sent).isGreaterThan(3);
        assertThat(channel.offer(large)).isEqualTo(CrossNumaChannel.BACK_PRESSURED);
        // Half the ring, then the rest of it.
        assertFlushes(0, 0, 0, 2, 0);
        assertThat(channel.statistics().messages()).isEqualTo(sent);
        int found = 0;
        for (int count = channel.poll(message -> { }, 100); count > 0; count = channel.poll(message -> { }, 100)) {
            found += count;
        }
        assertThat(found).isEqualTo(sent);
        assertThat(channel.offer(large)).isPositive();
    }

    @Test
    void shouldRefuseWhatIsTooLongAndKeepTheBatch() {
        send(1);
        assertThat(channel.offer(new byte[channel.maxLength() + 1])).isEqualTo(CrossNumaChannel.TOO_LONG);
        assertThat(channel.offer(new byte[channel.maxLength()])).isPositive();
        assertThat(channel.flush()).isEqualTo(2);
        assertThat(channel.statistics().messages()).isEqualTo(2);
    }

    @Test
    void shouldRefuseARangeOutsideTheSegmentAndKeepTheBatch() {
        send(1);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> channel.offer(segment, 1, Long.BYTES));
        assertThat(channel.flush()).isEqualTo(1);
        assertThat(receive()).containsExactly(1L);
    }

    @Test
    void shouldDeliverWhatIsHeldBackWhenItIsClosedAndThenSaySo() {
        send(1, 2, 3, 4, 5, 6);
        assertThat(channel.poll(message -> { }, 1)).isEqualTo(1);
        // By another thread than the reader's, which would not want any more.
        final Thread closing = Thread.ofPlatform().start(channel::close);
        joined(closing);
        assertThat(offer(7)).isEqualTo(CrossNumaChannel.CLOSED);
        assertThat(channel.offer(bytes)).isEqualTo(CrossNumaChannel.CLOSED);
        assertThat(channel.flush()).isEqualTo(CrossNumaChannel.CLOSED);
        assertThat(channel.flushIfDue()).isEqualTo(CrossNumaChannel.CLOSED);
        assertThat(receive()).containsExactly(2L, 3L, 4L, 5L, 6L);
        assertThat(channel.poll(message -> { }, 1)).isEqualTo((int) CrossNumaChannel.CLOSED);
        assertThat(channel.poll(message -> { }, 1)).isEqualTo((int) CrossNumaChannel.CLOSED);
        assertFlushes(1, 0, 0, 0, 1);
        assertThat(channel.statistics().received()).isEqualTo(6);
        assertThat(channel.placement().bytes()).as("bytes still mapped").isZero();
    }

    private static void joined(final Thread thread) {
        try {
            thread.join();
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldGiveItsMemoryBackWhenTheReaderClosesIt() throws Exception {
        send(1, 2, 3, 4);
        onThread(() -> {
            assertThat(channel.poll(message -> channel.close(), 100)).isEqualTo(1);
            assertThat(channel.poll(message -> { }, 1)).isEqualTo((int) CrossNumaChannel.CLOSED);
            return null;
        });
        assertThat(offer(5)).isEqualTo(CrossNumaChannel.CLOSED);
        assertThat(channel.placement().bytes()).isZero();
    }

    @Test
    void shouldKeepWhatWasSentForAReaderThatIsLate() {
        send(1, 2);
        channel.close();
        channel.close();
        assertThat(offer(3)).isEqualTo(CrossNumaChannel.CLOSED);
        assertThat(receive()).containsExactly(1L, 2L);
        assertThat(channel.poll(message -> { }, 1)).isEqualTo((int) CrossNumaChannel.CLOSED);
        assertThat(channel.placement().bytes()).isZero();
    }

    @Test
    void shouldGiveItsMemoryBackWhenTheReaderHasDied() throws Exception {
        onThread(() -> channel.poll(message -> { }, 1));
        send(1);
        channel.close();
        assertThat(channel.placement().bytes()).isZero();
    }

    @Test
    void shouldHoldEachEndToItsThread() throws Exception {
        send(1, 2, 3, 4);
        assertThat(receive()).hasSize(4);
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> onThread(() -> channel.poll(message -> { }, 1)))
                .withCauseInstanceOf(IllegalStateException.class).withMessageContaining("is read by thread")
                .withMessageContaining("\"another\" needs a channel of its own");
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> onThread(() -> offer(5)))
                .withCauseInstanceOf(IllegalStateException.class).withMessageContaining("belongs to thread");
        assertThat(receive()).isEmpty();
    }

    @Test
    void shouldRefuseToFlushForAnotherThread() throws Exception {
        assertThat(onThread(() -> channel.flush() + channel.flushIfDue())).as("nothing was ever offered").isZero();
        send(1, 2, 3, 4);
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> onThread(channel::flush))
                .withCauseInstanceOf(IllegalStateException.class);
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> onThread(channel::flushIfDue))
                .withMessageContaining("\"another\" needs a channel of its own");
    }

    @Test
    void shouldCountTheMessageWhoseHandlerThrew() {
        send(1, 2, 3, 4);
        assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> channel.poll(message -> {
            if (message.getLong(0) == 2) {
                throw new ArithmeticException();
            }
        }, 100));
        assertThat(channel.statistics().received()).isEqualTo(2);
        assertThat(receive()).containsExactly(3L, 4L);
        assertThat(channel.statistics().received()).isEqualTo(4);
    }

    @Test
    void shouldLieOnTheNodeOfTheReaderOrSayWhyNot() {
        final Platform platform = Platforms.current();
        for (final NumaTopology.Node node : platform.topology().nodes()) {
            channel.close();
            channel = CrossNumaChannel.open(CrossNumaChannelConfig.toNode(node.id()));
            final Placement placement = channel.placement();
            assertThat(placement.platform()).isEqualTo(platform.name());
            assertThat(placement.node() == channel.config().readerNode() || placement.reason().contains("not bound to node")
                    || placement.reason().contains("no node placement") || placement.node() == Platform.ANY_NODE).as("%s: %s", node, placement)
                    .isTrue();
        }
        assertThatExceptionOfType(KaelixException.class).isThrownBy(() -> CrossNumaChannel.open(CrossNumaChannelConfig.toNode(1000)))
                .withMessageContaining("there is no such node");
    }

    @Test
    void shouldLoseNothingAndKeepTheOrderBetweenTwoThreads() throws Exception {
        channel.close();
        channel = CrossNumaChannel.open(CONFIG.withBatchSize(100).withMaxDelay(CrossNumaChannelConfig.NEVER));
        final int count = 200_000;
        final FutureTask<List<Long>> reading = new FutureTask<>(() -> {
            final List<Long> values = new ArrayList<>(count);
            while (channel.poll(message -> values.add(message.getLong(0)), 50) != CrossNumaChannel.CLOSED) {
                Thread.yield();
            }
            return values;
        });
        Thread.ofPlatform().daemon().start(reading);
        for (long value = 0; value < count; value++) {
            while (offer(value) == CrossNumaChannel.BACK_PRESSURED) {
                Thread.yield();
            }
        }
        channel.close();
        final List<Long> values = reading.get(60, TimeUnit.SECONDS);
        assertThat(values).isEqualTo(LongStream.range(0, count).boxed().toList());
        final CrossNumaChannelStatistics statistics = channel.statistics();
        assertThat(statistics.messages()).isEqualTo(count).isEqualTo(statistics.received());
        assertThat(statistics.byCount()).isPositive();
    }
}
