// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskInboxTest {

    private final Taken taken = new Taken();

    private static int offer(final TaskInbox inbox, final int number) {
        return inbox.offer(new Numbered(number), 1_000 + number);
    }

    private void assertPolls(final TaskInbox inbox, final int number) {
        assertThat(inbox.poll(taken)).isEqualTo(new Numbered(number));
        assertThat(taken.scheduledAt).isEqualTo(1_000 + number);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 1, 3, 100, Integer.MAX_VALUE})
    void shouldRefuseCapacityThatIsNoPowerOfTwoOrOne(final int capacity) {
        assertThatThrownBy(() -> new TaskInbox(capacity)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(" " + capacity + " ").hasMessageContaining("power of two");
    }

    @Test
    void shouldTimeOneTaskInEightInNoRhythm() {
        final TaskInbox inbox = new TaskInbox(2);
        final int tasks = 8_000;
        int timed = 0;
        final int[] byPlace = new int[16];
        for (int i = 0; i < tasks; i++) {
            if (inbox.isNextTimed()) {
                timed++;
                byPlace[i % byPlace.length]++;
            }
            inbox.offer(() -> { }, 0);
            inbox.poll(new Taken());
        }
        assertThat(timed).isBetween(tasks / TaskInbox.TIMED_OF - 2, tasks / TaskInbox.TIMED_OF + 2);
        for (final int picks : byPlace) {
            assertThat(picks).as("whichever task of a burst it is").isBetween(55, 70);
        }
    }

    @Test
    void shouldRefuseNothing() {
        final TaskInbox inbox = new TaskInbox(2);
        assertThatThrownBy(() -> inbox.offer(null, 0)).isInstanceOf(NullPointerException.class);
        assertThat(inbox.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 64})
    void shouldGiveTheOldestForManyTurns(final int capacity) {
        final TaskInbox inbox = new TaskInbox(capacity);
        int polled = 0;
        for (int i = 0; i < 10 * capacity; i++) {
            assertThat(offer(inbox, i)).isEqualTo(TaskInbox.OFFERED);
            if (i - polled == capacity - 1) {
                assertPolls(inbox, polled++);
            }
        }
        while (polled < 10 * capacity) {
            assertPolls(inbox, polled++);
        }
        assertThat(inbox.poll(taken)).isNull();
        assertThat(taken.scheduledAt).isEqualTo(1_000 + polled - 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 64})
    void shouldBeFullAtItsCapacityAndNotBefore(final int capacity) {
        final TaskInbox inbox = new TaskInbox(capacity);
        for (int i = 0; i < capacity; i++) {
            assertThat(offer(inbox, i)).isEqualTo(TaskInbox.OFFERED);
        }
        assertThat(offer(inbox, -1)).isEqualTo(TaskInbox.FULL);
        assertThat(inbox.size()).isEqualTo(capacity);
        assertPolls(inbox, 0);
        assertThat(offer(inbox, capacity)).isEqualTo(TaskInbox.OFFERED);
        assertThat(offer(inbox, -1)).isEqualTo(TaskInbox.FULL);
        for (int i = 1; i <= capacity; i++) {
            assertPolls(inbox, i);
        }
        assertThat(inbox.poll(taken)).isNull();
    }

    @Test
    void shouldSayHowManyThereAre() {
        final TaskInbox inbox = new TaskInbox(4);
        assertThat(inbox.isEmpty()).isTrue();
        for (int turn = 0; turn < 5; turn++) {
            offer(inbox, 0);
            assertThat(inbox.isEmpty()).isFalse();
            offer(inbox, 1);
            assertThat(inbox.size()).isEqualTo(2);
            inbox.poll(taken);
            assertThat(inbox.size()).isOne();
            assertThat(inbox.isEmpty()).isFalse();
            inbox.poll(taken);
            assertThat(inbox.size()).isZero();
            assertThat(inbox.isEmpty()).isTrue();
        }
    }

    @Test
    void shouldLetNothingInWhenClosedAndGiveOutWhatIsIn() {
        final TaskInbox inbox = new TaskInbox(4);
        offer(inbox, 0);
        offer(inbox, 1);
        offer(inbox, 2);
        inbox.close();
        inbox.close();
        assertThat(offer(inbox, 3)).isEqualTo(TaskInbox.CLOSED);
        assertThat(inbox.size()).isEqualTo(3);
        assertThat(inbox.isEmpty()).isFalse();
        assertPolls(inbox, 0);
        assertThat(inbox.pollClosed(taken)).isEqualTo(new Numbered(1));
        assertThat(inbox.pollClosed(taken)).isEqualTo(new Numbered(2));
        assertThat(taken.scheduledAt).isEqualTo(1_002);
        assertThat(inbox.pollClosed(taken)).isNull();
        assertThat(inbox.poll(taken)).isNull();
        assertThat(inbox.isEmpty()).isTrue();
        assertThat(inbox.size()).isZero();
        assertThat(offer(inbox, 4)).isEqualTo(TaskInbox.CLOSED);
        assertThat(inbox.pollClosed(taken)).isNull();
    }

    @Test
    void shouldSayClosedRatherThanFull() {
        final TaskInbox inbox = new TaskInbox(2);
        offer(inbox, 0);
        offer(inbox, 1);
        inbox.close();
        assertThat(offer(inbox, 2)).isEqualTo(TaskInbox.CLOSED);
    }

    @Test
    void shouldRefuseToDrainWhatIsOpen() {
        final TaskInbox inbox = new TaskInbox(2);
        offer(inbox, 0);
        assertThatThrownBy(() -> inbox.pollClosed(taken)).isInstanceOf(IllegalStateException.class).hasMessageContaining("close it first");
        assertPolls(inbox, 0);
    }

    @Test
    void shouldForgetWhatWasTaken() {
        final TaskInbox inbox = new TaskInbox(2);
        final WeakReference<Runnable> task = offerFresh(inbox);
        inbox.poll(taken);
        System.gc();
        assertThat(task.get()).isNull();
        assertThat(inbox.isEmpty()).isTrue();
    }

    private static WeakReference<Runnable> offerFresh(final TaskInbox inbox) {
        final Runnable task = new Numbered(0);
        inbox.offer(task, 0);
        return new WeakReference<>(task);
    }

    /** Offers at every depth until the stack is used up: the last one of each descent fails anywhere inside. */
    private static final class Descent {

        private final TaskInbox inbox = new TaskInbox(1 << 16);
        private final Runnable task = new Numbered(0);
        private int offered;
        private int overflows;

        private void descend() {
            if (inbox.offer(task, 0) == TaskInbox.OFFERED) {
                offered++;
            }
            descend();
        }

        private void descendFrom(final int depth) {
            if (depth == 0) {
                descend();
            } else {
                descendFrom(depth - 1);
            }
        }
    }

    @Test
    @Timeout(60)
    void shouldNotBeHeldUpByAThreadWhoseStackOverflowed() throws InterruptedException {
        final Descent descent = new Descent();
        final Thread thread = new Thread(null, () -> {
            for (int round = 0; round < 50; round++) {
                while (descent.inbox.poll(new Taken()) != null) {
                    descent.offered--;
                }
                try {
                    descent.descendFrom(round);
                } catch (final StackOverflowError e) {
                    descent.overflows++;
                }
            }
        }, "descent", 1 << 17);
        thread.start();
        thread.join();
        descent.inbox.close();
        int found = 0;
        while (descent.inbox.pollClosed(taken) != null) {
            found++;
        }
        assertThat(found).isEqualTo(descent.offered).isPositive();
        assertThat(descent.overflows).isEqualTo(50);
    }

    @Test
    void shouldAllocateNothing() {
        final TaskInbox inbox = new TaskInbox(4);
        final Runnable task = new Numbered(0);
        final var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        cycle(inbox, task, 20_000);
        final long before = threads.getCurrentThreadAllocatedBytes();
        cycle(inbox, task, 20_000);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(20_000);
    }

    private void cycle(final TaskInbox inbox, final Runnable task, final int times) {
        for (int i = 0; i < times; i++) {
            inbox.offer(task, i);
            inbox.poll(taken);
        }
    }
}
