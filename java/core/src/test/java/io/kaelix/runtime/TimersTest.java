// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ref.WeakReference;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** Tasks that wait leave in order, none is lost, and nothing of them is left behind. */
class TimersTest {

    private static final Runnable NOTHING = () -> {
    };
    private static final TaskPriority[] PRIORITIES = TaskPriority.values();

    private enum Kind { ADD, ADD_FAR, CANCEL, EXPIRE, EXPIRE_WITH_LITTLE_ROOM }

    /**
     * One call.
     *
     * @param kind what to do
     * @param amount delay, which task, or how far the clock goes on
     * @param priority of a task; with little room, how much for each is a digit of amount
     */
    private record Step(Kind kind, int amount, TaskPriority priority) {
    }

    /**
     * A task as a sorted list knows it.
     *
     * @param deadline before which it does not go
     * @param addition which one it was
     */
    private record Entry(TimedTask task, long deadline, long addition) {
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        // Twice as many are added as taken away, so that the heaps become several levels deep.
        final Arbitrary<Kind> kinds = Arbitraries.of(Kind.ADD, Kind.ADD, Kind.ADD, Kind.ADD, Kind.ADD_FAR, Kind.CANCEL, Kind.CANCEL,
                Kind.EXPIRE, Kind.EXPIRE_WITH_LITTLE_ROOM);
        return Combinators.combine(kinds, Arbitraries.integers().between(0, 99), Arbitraries.of(PRIORITIES)).as(Step::new)
                .list().ofMaxSize(400);
    }

    @Property(tries = 500)
    void shouldBehaveAsASortedList(@ForAll("steps") final List<Step> steps) {
        final TimersFixture fixture = new TimersFixture();
        final List<Entry> model = new ArrayList<>();
        long additions = 0;
        for (final Step step : steps) {
            switch (step.kind()) {
                case ADD, ADD_FAR -> {
                    final long delay = step.kind() == Kind.ADD ? step.amount() : Long.MAX_VALUE - step.amount();
                    final long deadline = Timers.after(fixture.now, delay);
                    final TimedTask task = fixture.task(step.priority(), NOTHING, deadline, 0);
                    final boolean earliest = model.isEmpty() || deadline < model.getFirst().deadline();
                    assertThat(fixture.timers.add(task)).isEqualTo(earliest);
                    model.add(new Entry(task, deadline, additions++));
                    model.sort(Comparator.comparingLong(Entry::deadline).thenComparingLong(Entry::addition));
                }
                case CANCEL -> {
                    if (!model.isEmpty()) {
                        final TimedTask task = model.remove(step.amount() % model.size()).task();
                        assertThat(task.cancel()).isTrue();
                        assertThat(fixture.timers.remove(task)).as("it is out already").isFalse();
                    }
                }
                case EXPIRE, EXPIRE_WITH_LITTLE_ROOM -> {
                    fixture.now += step.amount() / 4;
                    Arrays.fill(fixture.room, Integer.MAX_VALUE);
                    if (step.kind() == Kind.EXPIRE_WITH_LITTLE_ROOM) {
                        Arrays.fill(fixture.room, step.amount() % 10);
                        fixture.room[step.priority().ordinal()] = step.amount() / 10;
                    }
                    final List<TimedTask> expected = takeDue(model, fixture.now, fixture.room.clone());
                    assertThat(fixture.expire()).isEqualTo(expected.size());
                    assertThat(List.copyOf(fixture.due)).isEqualTo(expected);
                    fixture.due.clear();
                }
                default -> throw new AssertionError(step);
            }
            assertThat(fixture.timers.size()).isEqualTo(model.size());
            assertThat(fixture.timers.nextDeadline()).isEqualTo(model.isEmpty() ? Timers.NONE : model.getFirst().deadline());
        }
        assertThat(fixture.timers.close()).containsExactlyInAnyOrderElementsOf(model.stream().map(Entry::task).toList());
        assertThat(fixture.timers.size()).isZero();
    }

    private static List<TimedTask> takeDue(final List<Entry> model, final long now, final int[] room) {
        final List<TimedTask> taken = new ArrayList<>();
        for (final Entry entry : List.copyOf(model)) {
            if (entry.deadline() <= now && room[entry.task().priority().ordinal()]-- > 0) {
                taken.add(entry.task());
                model.remove(entry);
            }
            // Below 0 it is full for the rest.
            room[entry.task().priority().ordinal()] = Math.max(0, room[entry.task().priority().ordinal()]);
        }
        return taken;
    }

    @Property
    void shouldEndSumsAtTheLatestTime(@ForAll @LongRange(min = 0, max = Long.MAX_VALUE) final long now, @ForAll final long delay) {
        final BigInteger sum = BigInteger.valueOf(now).add(BigInteger.valueOf(Math.max(0, delay)));
        assertThat(BigInteger.valueOf(Timers.after(now, delay))).isEqualTo(sum.min(BigInteger.valueOf(Timers.LATEST)));
    }

    @Test
    void shouldHandOverThoseOfOneDeadlineAsTheyWereAdded() {
        final TimersFixture fixture = new TimersFixture();
        final List<TimedTask> tasks = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            tasks.add(fixture.task(PRIORITIES[i % PRIORITIES.length], NOTHING, 7, 0));
            fixture.timers.add(tasks.getLast());
        }
        fixture.now = 6;
        assertThat(fixture.expire()).isZero();
        fixture.now = 7;
        assertThat(fixture.expire()).isEqualTo(100);
        assertThat(List.copyOf(fixture.due)).isEqualTo(tasks);
    }

    @Test
    void shouldHoldUpThePriorityAloneWhoseQueueIsFull() {
        final TimersFixture fixture = new TimersFixture();
        final TimedTask background = fixture.task(TaskPriority.BACKGROUND, NOTHING, 1, 0);
        final TimedTask critical = fixture.task(TaskPriority.CRITICAL, NOTHING, 2, 0);
        fixture.timers.add(background);
        fixture.timers.add(critical);
        fixture.room[TaskPriority.BACKGROUND.ordinal()] = 0;
        fixture.now = 2;
        assertThat(fixture.expire()).isEqualTo(1);
        assertThat(fixture.due).containsExactly(critical);
        assertThat(fixture.timers.nextDeadline()).as("it still waits").isEqualTo(1);
        fixture.room[TaskPriority.BACKGROUND.ordinal()] = 1;
        assertThat(fixture.expire()).isEqualTo(1);
        assertThat(fixture.due).containsExactly(critical, background);
    }

    @Test
    void shouldKeepTheTaskWhenTheSinkThrows() {
        final TimersFixture fixture = new TimersFixture();
        final TimedTask first = fixture.schedule(NOTHING, 1, 0);
        final TimedTask second = fixture.schedule(NOTHING, 1, 0);
        assertThatThrownBy(() -> fixture.timers.expire(1, task -> {
            throw new IllegalStateException("no sink");
        })).hasMessage("no sink");
        assertThat(fixture.timers.nextDeadline()).isEqualTo(1);
        fixture.now = 1;
        assertThat(fixture.expire()).isEqualTo(2);
        assertThat(fixture.due).containsExactly(first, second);
    }

    @Test
    void shouldDoNothingWhileAnotherThreadExpires() throws Exception {
        final TimersFixture fixture = new TimersFixture();
        fixture.schedule(NOTHING, 1, 0);
        fixture.schedule(NOTHING, 1, 0);
        final CountDownLatch inside = new CountDownLatch(1);
        final CountDownLatch go = new CountDownLatch(1);
        final FutureTask<Integer> other = new FutureTask<>(() -> fixture.timers.expire(1, task -> {
            inside.countDown();
            try {
                go.await();
            } catch (final InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return true;
        }));
        Thread.ofPlatform().daemon().start(other);
        inside.await();
        fixture.now = 1;
        assertThat(fixture.expire()).isZero();
        assertThat(fixture.timers.nextDeadline()).as("it is not late").isEqualTo(1);
        go.countDown();
        assertThat(other.get()).isEqualTo(2);
        assertThat(fixture.due).isEmpty();
    }

    @Test
    void shouldDoNothingWhenTheSinkExpires() {
        final TimersFixture fixture = new TimersFixture();
        fixture.schedule(NOTHING, 1, 0);
        fixture.schedule(NOTHING, 1, 0);
        final List<Integer> nested = new ArrayList<>();
        assertThat(fixture.timers.expire(1, task -> nested.add(fixture.timers.expire(1, fixture)))).isEqualTo(2);
        assertThat(nested).containsExactly(0, 0);
    }

    @Test
    void shouldRefuseATaskThatWaitsAlready() {
        final TimersFixture fixture = new TimersFixture();
        final TimedTask task = fixture.schedule(NOTHING, 5, 0);
        assertThatThrownBy(() -> fixture.timers.add(task)).isInstanceOf(IllegalStateException.class).hasMessageContaining("for 5");
        assertThat(fixture.timers.size()).isEqualTo(1);
    }

    @Test
    void shouldNotAddWhatWasCancelledBefore() {
        final TimersFixture fixture = new TimersFixture();
        final TimedTask task = fixture.task(TaskPriority.HIGH, NOTHING, 5, 0);
        assertThat(task.cancel()).isTrue();
        assertThat(fixture.timers.add(task)).isFalse();
        assertThat(fixture.timers.size()).isZero();
        assertThat(fixture.timers.nextDeadline()).isEqualTo(Timers.NONE);
    }

    @Test
    void shouldCancelAllThatWaitsAndAllThatComesWhenClosed() {
        final TimersFixture fixture = new TimersFixture();
        final TimedTask cancelled = fixture.schedule(NOTHING, 1, 0);
        final TimedTask once = fixture.schedule(NOTHING, 2, 0);
        final TimedTask periodic = fixture.schedule(NOTHING, 3, 1);
        cancelled.cancel();
        assertThat(fixture.timers.close()).containsExactlyInAnyOrder(once, periodic);
        assertThat(once.isCancelled()).isTrue();
        assertThat(periodic.isCancelled()).isTrue();
        assertThat(fixture.timers.nextDeadline()).isEqualTo(Timers.NONE);
        final TimedTask late = fixture.task(TaskPriority.NORMAL, NOTHING, 4, 0);
        assertThat(fixture.timers.add(late)).isFalse();
        assertThat(late.isCancelled()).isTrue();
        assertThat(late.cancel()).isFalse();
        assertThat(fixture.timers.size()).isZero();
        assertThat(fixture.timers.close()).as("the second time").isEmpty();
    }

    @Test
    void shouldLetTheLastRunEndWhenClosedAndThenCancel() {
        final TimersFixture fixture = new TimersFixture();
        final TimedTask periodic = fixture.schedule(NOTHING, 1, 1);
        fixture.now = 1;
        fixture.expire();
        assertThat(fixture.timers.close()).isEmpty();
        fixture.due.remove().run();
        assertThat(periodic.runs()).isEqualTo(1);
        assertThat(periodic.isCancelled()).isTrue();
        assertThat(fixture.timers.size()).isZero();
    }

    @Test
    void shouldExpireAllAtOnceBeforeBeingClosed() {
        final TimersFixture fixture = new TimersFixture();
        fixture.schedule(NOTHING, 1, 0);
        fixture.schedule(NOTHING, Timers.after(Long.MAX_VALUE, Long.MAX_VALUE), 0);
        assertThat(fixture.timers.expire(Timers.LATEST, fixture)).isEqualTo(2);
    }

    @Test
    void shouldKeepNothingOfWhatWasCancelled() throws InterruptedException {
        final TimersFixture fixture = new TimersFixture();
        final List<WeakReference<?>> gone = new ArrayList<>();
        final TimedTask handle = cancelSome(fixture, gone);
        for (int i = 0; i < 100 && gone.stream().anyMatch(reference -> reference.get() != null); i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertThat(gone).hasSize(21).allMatch(reference -> reference.get() == null);
        assertThat(handle.isCancelled()).isTrue();
        assertThat(fixture.timers.size()).isEqualTo(20);
    }

    /** In a frame of its own, whose variables are gone after it. */
    private static TimedTask cancelSome(final TimersFixture fixture, final List<WeakReference<?>> gone) {
        for (int i = 0; i < 40; i++) {
            final TimedTask task = fixture.schedule(NOTHING, i, 0);
            if (i % 2 == 0) {
                gone.add(new WeakReference<>(task));
            }
        }
        gone.forEach(reference -> ((TimedTask) reference.get()).cancel());
        final long[] large = new long[1000];
        final TimedTask kept = fixture.schedule(() -> large[0]++, 50, 0);
        gone.add(new WeakReference<>(large));
        kept.cancel();
        return kept;
    }
}
