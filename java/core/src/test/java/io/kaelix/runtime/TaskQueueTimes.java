// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntToLongFunction;

/**
 * What the queues cost one thread that nobody disturbs, in nanoseconds, beside the JDK's: a floor, not what a hand-off takes.
 *
 * <pre>
 *   one thread: put, take, put, take, ...      and: put 64, take 64, ...
 * </pre>
 *
 * <p>The best of 15 rounds each, taken in turn, so that a loaded machine disturbs all alike. The queues are not exported, so this is a
 * program among the tests: {@code java -cp target/test-classes:target/classes io.kaelix.runtime.TaskQueueTimes}.
 */
final class TaskQueueTimes {

    private static final int PAIRS = 2_000_000;
    private static final int BURST = 64;
    private static final int ROUNDS = 15;

    private final Runnable[] tasks = new Runnable[BURST];
    private final Taken taken = new Taken();
    private final TaskDeque deque = new TaskDeque(1024);
    private final TaskInbox inbox = new TaskInbox(1024);
    private final ArrayDeque<Runnable> arrayDeque = new ArrayDeque<>(1024);
    private final ConcurrentLinkedQueue<Runnable> linkedQueue = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedDeque<Runnable> linkedDeque = new ConcurrentLinkedDeque<>();

    private TaskQueueTimes() {
        for (int i = 0; i < BURST; i++) {
            tasks[i] = new Numbered(i);
        }
    }

    public static void main(final String[] args) {
        final TaskQueueTimes times = new TaskQueueTimes();
        final Map<String, IntToLongFunction> measured = new LinkedHashMap<>();
        measured.put("TaskDeque push, pop", times::deque);
        measured.put("TaskDeque push, steal", times::stolen);
        measured.put("TaskDeque pop of nothing", times::nothing);
        measured.put("ArrayDeque addLast, pollLast", times::arrayDeque);
        measured.put("ConcurrentLinkedDeque addLast, pollLast", times::linkedDeque);
        measured.put("TaskInbox offer, poll", times::inbox);
        measured.put("TaskInbox isEmpty of nothing", times::look);
        measured.put("ConcurrentLinkedQueue offer, poll", times::linkedQueue);
        long sum = 0;
        for (final int burst : new int[] {1, BURST}) {
            final Map<String, Double> best = new LinkedHashMap<>();
            for (int round = 0; round < ROUNDS; round++) {
                for (final var entry : measured.entrySet()) {
                    final long start = System.nanoTime();
                    sum += entry.getValue().applyAsLong(burst);
                    best.merge(entry.getKey(), (System.nanoTime() - start) / (double) PAIRS, Math::min);
                }
            }
            System.out.println("Bursts of " + burst + ": ns each");
            best.forEach((name, nanos) -> System.out.printf(Locale.ROOT, "  %-42s %6.2f%n", name, nanos));
        }
        if (sum == 0) {
            throw new AssertionError("nothing was taken");
        }
    }

    private static int number(final Runnable task) {
        return ((Numbered) task).number();
    }

    private long deque(final int burst) {
        long sum = 0;
        for (int i = 0; i < PAIRS; i += burst) {
            for (int j = 0; j < burst; j++) {
                deque.push(tasks[i + j & BURST - 1], i);
            }
            for (int j = 0; j < burst; j++) {
                sum += number(deque.pop(taken)) + taken.scheduledAt;
            }
        }
        return sum;
    }

    private long stolen(final int burst) {
        long sum = 0;
        for (int i = 0; i < PAIRS; i += burst) {
            for (int j = 0; j < burst; j++) {
                deque.push(tasks[i + j & BURST - 1], i);
            }
            for (int j = 0; j < burst; j++) {
                sum += number(deque.steal(taken)) + taken.scheduledAt;
            }
        }
        return sum;
    }

    private long nothing(final int burst) {
        long found = 0;
        for (int i = 0; i < PAIRS; i++) {
            found += deque.pop(taken) == null ? 0 : 1;
        }
        return found;
    }

    private long look(final int burst) {
        long found = 0;
        for (int i = 0; i < PAIRS; i++) {
            found += inbox.isEmpty() ? 0 : 1;
        }
        return found;
    }

    private long arrayDeque(final int burst) {
        long sum = 0;
        for (int i = 0; i < PAIRS; i += burst) {
            for (int j = 0; j < burst; j++) {
                arrayDeque.addLast(tasks[i + j & BURST - 1]);
            }
            for (int j = 0; j < burst; j++) {
                sum += number(arrayDeque.pollLast());
            }
        }
        return sum;
    }

    private long linkedDeque(final int burst) {
        long sum = 0;
        for (int i = 0; i < PAIRS; i += burst) {
            for (int j = 0; j < burst; j++) {
                linkedDeque.addLast(tasks[i + j & BURST - 1]);
            }
            for (int j = 0; j < burst; j++) {
                sum += number(linkedDeque.pollLast());
            }
        }
        return sum;
    }

    private long inbox(final int burst) {
        long sum = 0;
        for (int i = 0; i < PAIRS; i += burst) {
            for (int j = 0; j < burst; j++) {
                inbox.offer(tasks[i + j & BURST - 1], i);
            }
            for (int j = 0; j < burst; j++) {
                sum += number(inbox.poll(taken)) + taken.scheduledAt;
            }
        }
        return sum;
    }

    private long linkedQueue(final int burst) {
        long sum = 0;
        for (int i = 0; i < PAIRS; i += burst) {
            for (int j = 0; j < burst; j++) {
                linkedQueue.offer(tasks[i + j & BURST - 1]);
            }
            for (int j = 0; j < burst; j++) {
                sum += number(linkedQueue.poll());
            }
        }
        return sum;
    }
}
