// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Millions of tasks through queues that several threads use at once: each comes out exactly once, with its own time, in order.
 *
 * <p>Half a second for each at most, however loaded the machine is, or ten seconds with {@code -Dkaelix.long=true}.
 */
@Timeout(600)
class TaskQueueStressTest {

    private static final boolean LONG = Boolean.getBoolean("kaelix.long");
    private static final int TASKS = LONG ? 20_000_000 : 2_000_000;
    private static final long NANOS = LONG ? 10_000_000_000L : 500_000_000L;
    private static final int THIEVES = 3;
    private static final Runnable NOTHING = () -> { };

    /** What one thread took. */
    private static final class Tally {

        private final Taken taken = new Taken();
        private final byte[] times = new byte[TASKS];
        private long count;

        /** Counts the task, and answers with its number. */
        int count(final Runnable task) {
            final int number = ((Numbered) task).number();
            if (taken.scheduledAt != ~number) {
                throw new AssertionError("task " + number + " came with the time of " + ~taken.scheduledAt);
            }
            times[number]++;
            count++;
            return number;
        }
    }

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Tally> tallies = new ArrayList<>();
    private final long end = System.nanoTime() + NANOS;

    /** Whether there is time for more, and nothing has gone wrong. */
    private boolean goesOn() {
        return System.nanoTime() - end < 0 && failure.get() == null;
    }

    /** No thread outlives a test that has failed. */
    @AfterEach
    void endThreads() {
        failure.compareAndSet(null, new AssertionError("the test is over"));
    }

    private Tally newTally() {
        final Tally tally = new Tally();
        tallies.add(tally);
        return tally;
    }

    private void start(final Runnable body) {
        final Thread thread = new Thread(() -> {
            try {
                body.run();
            } catch (final Throwable e) {
                failure.compareAndSet(null, e);
            }
        });
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void join() throws InterruptedException {
        for (final Thread thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            throw new AssertionError("a thread failed", failure.get());
        }
    }

    private void assertEachOnce(final int from, final int to) {
        assertThat(to).isGreaterThan(from);
        for (int number = from; number < to; number++) {
            int times = 0;
            for (final Tally tally : tallies) {
                times += tally.times[number];
            }
            if (times != 1) {
                throw new AssertionError("task " + number + " of " + from + " to " + to + " was taken " + times + " times");
            }
        }
    }

    private long taken() {
        return tallies.stream().mapToLong(tally -> tally.count).sum();
    }

    /** Steals from whatever deque is current until there is none; what a thief gets of one deque is in order. */
    private void thief(final AtomicReference<TaskDeque> current, final Tally tally) {
        TaskDeque last = null;
        int newest = -1;
        for (TaskDeque deque = current.get(); deque != null && failure.get() == null; deque = current.get()) {
            if (deque != last) {
                last = deque;
                newest = -1;
            }
            final Runnable task = deque.steal(tally.taken);
            if (task != null) {
                final int number = tally.count(task);
                if (number <= newest) {
                    throw new AssertionError("stole task " + number + " after " + newest);
                }
                newest = number;
            } else {
                Thread.onSpinWait();
            }
        }
    }

    /** Takes the newest ones, and answers whether there were so many. */
    private static boolean pop(final TaskDeque deque, final Tally tally, final int tasks) {
        for (int i = 0; i < tasks; i++) {
            final Runnable task = deque.pop(tally.taken);
            if (task == null) {
                return false;
            }
            tally.count(task);
        }
        return true;
    }

    /**
     * <pre>
     *   owner: push 1 to burst, pop about as many, ...  ──► deque ──►  three thieves steal without pause
     * </pre>
     */
    @ParameterizedTest
    @ValueSource(ints = {2, 8, 1000})
    void shouldGiveEachTaskOnceToOwnerOrThief(final int burst) throws InterruptedException {
        final TaskDeque deque = new TaskDeque(1024);
        final AtomicReference<TaskDeque> current = new AtomicReference<>(deque);
        for (int i = 0; i < THIEVES; i++) {
            final Tally tally = newTally();
            start(() -> thief(current, tally));
        }
        final Tally tally = newTally();
        final SplittableRandom random = new SplittableRandom(burst);
        int number = 0;
        while (number < TASKS && goesOn()) {
            for (int i = random.nextInt(1, burst + 1); i > 0 && number < TASKS; i--) {
                if (deque.push(new Numbered(number), ~number)) {
                    number++;
                } else {
                    pop(deque, tally, burst);
                }
            }
            pop(deque, tally, random.nextInt(burst + 2));
        }
        while (pop(deque, tally, burst)) {
            Thread.onSpinWait();
        }
        current.set(null);
        join();
        assertEachOnce(0, number);
        assertThat(taken()).isEqualTo(number);
    }

    /** New deques again and again, which begin with room for two and grow while thieves are at it. */
    @Test
    void shouldGiveEachTaskOnceWhileItGrows() throws InterruptedException {
        final AtomicReference<TaskDeque> current = new AtomicReference<>(new TaskDeque(2));
        for (int i = 0; i < THIEVES; i++) {
            final Tally tally = newTally();
            start(() -> thief(current, tally));
        }
        final Tally tally = newTally();
        final SplittableRandom random = new SplittableRandom(1);
        int number = 0;
        while (number < TASKS && goesOn()) {
            final TaskDeque deque = new TaskDeque(2, 1 << 12);
            current.set(deque);
            for (int i = 0; i < 1 << 11 && number < TASKS; i++, number++) {
                if (!deque.push(new Numbered(number), ~number)) {
                    throw new AssertionError("full with " + deque.size());
                }
                if (random.nextInt(16) == 0) {
                    pop(deque, tally, 2);
                }
            }
            while (pop(deque, tally, 1)) {
                Thread.onSpinWait();
            }
        }
        current.set(null);
        join();
        assertEachOnce(0, number);
        assertThat(taken()).isEqualTo(number);
    }

    /**
     * <pre>
     *   two producers, a half of the tasks each  ──► inbox ──►  two consumers
     * </pre>
     */
    @ParameterizedTest
    @ValueSource(ints = {2, 16, 1024})
    void shouldGiveEachTaskOnceFromProducersToConsumers(final int capacity) throws InterruptedException {
        final int half = TASKS / 2;
        final TaskInbox inbox = new TaskInbox(capacity);
        final AtomicInteger left = new AtomicInteger(2);
        final int[] offered = new int[2];
        for (int i = 0; i < 2; i++) {
            final int producer = i;
            start(() -> {
                int number = producer * half;
                // One at the least: a machine that is loaded may not have begun this thread in time.
                while (number < (producer + 1) * half && (goesOn() || number == producer * half && failure.get() == null)) {
                    if (inbox.offer(new Numbered(number), ~number) == TaskInbox.OFFERED) {
                        number++;
                    } else {
                        Thread.yield();
                    }
                }
                offered[producer] = number;
                if (left.decrementAndGet() == 0) {
                    inbox.close();
                }
            });
            final Tally tally = newTally();
            start(() -> consume(inbox, tally, half, () -> left.get() == 0));
        }
        join();
        final Tally rest = newTally();
        for (Runnable task = inbox.pollClosed(rest.taken); task != null; task = inbox.pollClosed(rest.taken)) {
            rest.count(task);
        }
        assertEachOnce(0, offered[0]);
        assertEachOnce(half, offered[1]);
        assertThat(taken()).isEqualTo(offered[0] + offered[1] - half);
    }

    /** Takes tasks until the producers are done and the inbox seems empty; those of one producer come in order. */
    private void consume(final TaskInbox inbox, final Tally tally, final int half, final BooleanSupplier done) {
        final int[] newest = {-1, half - 1};
        while (failure.get() == null) {
            final Runnable task = inbox.poll(tally.taken);
            if (task != null) {
                final int number = tally.count(task);
                final int producer = number / half;
                if (number <= newest[producer]) {
                    throw new AssertionError("took task " + number + " after " + newest[producer]);
                }
                newest[producer] = number;
            } else if (done.getAsBoolean()) {
                return;
            } else {
                Thread.yield();
            }
        }
    }

    /** Two producers offer until they are told that it is closed; the owner closes it at any time, and finds all that was offered. */
    @Test
    void shouldLoseNothingWhenItIsClosedMeanwhile() throws InterruptedException {
        final AtomicReference<TaskInbox> current = new AtomicReference<>(new TaskInbox(8));
        final AtomicLong offered = new AtomicLong();
        final AtomicInteger done = new AtomicInteger();
        for (int i = 0; i < 2; i++) {
            start(() -> {
                TaskInbox inbox = current.get();
                while (inbox != null && failure.get() == null) {
                    long count = 0;
                    for (int answer = 0; answer != TaskInbox.CLOSED && failure.get() == null;) {
                        answer = inbox.offer(NOTHING, 1);
                        if (answer == TaskInbox.OFFERED) {
                            count++;
                        } else {
                            Thread.yield();
                        }
                    }
                    offered.addAndGet(count);
                    done.incrementAndGet();
                    for (final TaskInbox last = inbox; inbox == last && failure.get() == null;) {
                        inbox = current.get();
                        Thread.yield();
                    }
                }
            });
        }
        final Taken taken = new Taken();
        long count = 0;
        for (int round = 0; goesOn(); round++) {
            final TaskInbox inbox = current.get();
            while (round % 8 == 0 && inbox.isEmpty() && failure.get() == null) {
                // A thread that does not get a core while this one has it would always come too late.
                Thread.yield();
            }
            for (int polls = round % 50; polls > 0; polls--) {
                count += inbox.poll(taken) != null ? 1 : 0;
            }
            inbox.close();
            while (inbox.pollClosed(taken) != null) {
                count++;
            }
            while (done.get() < 2 && failure.get() == null) {
                Thread.yield();
            }
            done.set(0);
            assertThat(inbox.poll(taken)).as("round %d", round).isNull();
            current.set(new TaskInbox(8));
        }
        final TaskInbox last = current.getAndSet(null);
        last.close();
        while (last.pollClosed(taken) != null) {
            count++;
        }
        join();
        assertThat(count).isEqualTo(offered.get()).isPositive();
    }
}
