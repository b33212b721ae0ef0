// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What a worker starts next, beside a model: its queues without a thread, asked by hand. */
class WorkerQueuesPropertyTest {

    /** Most urgent first, but for one start in so many. */
    private static final int AGEING = 32;
    /** Fair is one start in so many. */
    private static final int FAIR = 8;
    /** The oldest from outside is due once in so many starts from a level. */
    private static final int OUTSIDE = 16;
    /** The oldest of its own is due once in so many starts from a level. */
    private static final int OLDEST = 1024;

    /** A task that knows where it was put. */
    private record Task(int level, boolean own, int number) implements Runnable {

        @Override
        public void run() {
            throw new AssertionError(this + " was run by a queue");
        }
    }

    /** Queues, and beside them what waits there: by level, the oldest first. */
    private static final class Driven {

        final int levels;
        final WorkerQueues queues;
        final List<Deque<Task>> own = new ArrayList<>();
        final List<Deque<Task>> outside = new ArrayList<>();
        int number;

        Driven(final int levels) {
            this.levels = levels;
            queues = new WorkerQueues(levels, 16, 64);
            for (int level = 0; level < levels; level++) {
                own.add(new ArrayDeque<>());
                outside.add(new ArrayDeque<>());
            }
        }

        Task put(final int level, final boolean itsOwn) {
            final Task task = new Task(level, itsOwn, number++);
            if (itsOwn) {
                if (queues.push(task, level, 0)) {
                    own.get(level).add(task);
                }
            } else if (queues.offer(task, level, 1) == TaskInbox.OFFERED) {
                outside.get(level).add(task);
            }
            return task;
        }

        /** Whatever it is, it waited, and is gone now. */
        Task next() {
            final Task task = (Task) queues.next();
            if (task != null) {
                final Deque<Task> from = (task.own ? own : outside).get(task.level);
                assertThat(task == from.peekFirst() || task.own && task == from.peekLast())
                        .as("%s is neither the oldest nor its newest of %s", task, from)
                        .isTrue();
                from.remove(task);
            }
            return task;
        }

        boolean isEmpty(final int level) {
            return own.get(level).isEmpty() && outside.get(level).isEmpty();
        }

        int mostUrgent() {
            int level = 0;
            while (level < levels && isEmpty(level)) {
                level++;
            }
            return level;
        }
    }

    @Property(tries = 300)
    void shouldStartTheMostUrgentFirstButForOneInThirtyTwo(@ForAll @IntRange(min = 2, max = 4) final int levels, @ForAll final long seed) {
        final Driven driven = new Driven(levels);
        final SplittableRandom random = new SplittableRandom(seed);
        int lastOther = -AGEING;
        for (int start = 0; start < 2000; start++) {
            for (int puts = random.nextInt(4); puts > 0; puts--) {
                driven.put(random.nextInt(levels), random.nextBoolean());
            }
            final int mostUrgent = driven.mostUrgent();
            final Task task = driven.next();
            assertThat(task == null).as("nothing is started when, and only when, nothing waits").isEqualTo(mostUrgent == levels);
            if (task != null && task.level != mostUrgent) {
                assertThat(start - lastOther).as("starts between two that were not the most urgent").isGreaterThanOrEqualTo(AGEING);
                lastOther = start;
            }
        }
    }

    @Property(tries = 300)
    void shouldStartItsNewestFirstButForOneInSixteen(@ForAll @IntRange(min = 2, max = 4) final int levels, @ForAll @IntRange(max = 3) final int any,
            @ForAll final long seed) {
        final int level = any % levels;
        final Driven driven = new Driven(levels);
        final SplittableRandom random = new SplittableRandom(seed);
        final int takes = 4 * OLDEST;
        int outsideFirst = 0;
        int oldestFirst = 0;
        for (int take = 0; take < takes; take++) {
            driven.put(level, true);
            for (int puts = random.nextInt(3); puts > 0; puts--) {
                driven.put(level, random.nextBoolean());
            }
            final Task newest = driven.own.get(level).peekLast();
            final boolean single = driven.own.get(level).size() == 1;
            final Task task = driven.next();
            outsideFirst += task.own ? 0 : 1;
            oldestFirst += task.own && task != newest && !single ? 1 : 0;
        }
        assertThat(outsideFirst).isBetween(1, takes / OUTSIDE);
        assertThat(oldestFirst).isBetween(0, takes / OLDEST);
    }

    /**
     * Everything else is refilled, so that it never ends, at random: queues that are full, queues that are empty for a moment.
     *
     * @return starts until the task was
     */
    private static int startsUntil(final Driven driven, final Task task, final int most, final SplittableRandom random) {
        final int refill = random.nextInt(3);
        for (int start = 1; start <= most; start++) {
            for (int level = 0; level < driven.levels; level++) {
                if (refill != 0 && driven.own.get(level).size() < 3 || random.nextInt(4) < refill) {
                    driven.put(level, true);
                }
                if (refill == 1 || random.nextInt(4) == 0) {
                    driven.put(level, false);
                }
            }
            if (driven.next() == task) {
                return start;
            }
        }
        return Integer.MAX_VALUE;
    }

    /** As if it had worked for a while: any phase of all its turns. */
    private static void age(final Driven driven, final int level, final int starts) {
        for (int i = 0; i < starts; i++) {
            driven.put(level, true);
            driven.next();
        }
    }

    /** Starts within which a turn of a level must come, one in so many of its fair starts. */
    private static int bound(final int levels, final int level, final int turns) {
        // Of the most urgent level all fair starts are, but for those that begin with another one.
        return level == 0 ? FAIR * turns + FAIR * ((turns + 2) / 3) : AGEING * (levels - 1) * turns;
    }

    @Property(tries = 300)
    void shouldStartTheOldestFromOutsideWithinItsBound(@ForAll @IntRange(min = 2, max = 4) final int levels, @ForAll @IntRange(max = 3) final int any,
            @ForAll @IntRange(max = 2100) final int age, @ForAll final long seed) {
        final int level = any % levels;
        final Driven driven = new Driven(levels);
        age(driven, level, age);
        final Task task = driven.put(level, false);
        final int most = bound(levels, level, OUTSIDE / FAIR);
        assertThat(startsUntil(driven, task, 4 * most, new SplittableRandom(seed))).isLessThanOrEqualTo(most);
    }

    @Property(tries = 60)
    void shouldStartItsOldestWithinItsBound(@ForAll @IntRange(min = 2, max = 4) final int levels, @ForAll @IntRange(max = 3) final int any,
            @ForAll @IntRange(max = 2100) final int age, @ForAll final long seed) {
        final int level = any % levels;
        final Driven driven = new Driven(levels);
        age(driven, level, age);
        final Task task = driven.put(level, true);
        final int most = bound(levels, level, OLDEST / FAIR);
        assertThat(startsUntil(driven, task, 2 * most, new SplittableRandom(seed))).isLessThanOrEqualTo(most);
    }
}
