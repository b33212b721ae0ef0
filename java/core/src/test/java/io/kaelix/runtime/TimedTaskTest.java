// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** When a task has its turns, and how it ends. */
class TimedTaskTest {

    private final TimersFixture fixture = new TimersFixture();
    /** When the task ran. */
    private final List<Long> times = new ArrayList<>();
    private final Runnable note = () -> times.add(fixture.now);

    private TimedTask task;

    /** A run that notes its time and takes some. */
    private Runnable lasting(final long nanos) {
        return () -> {
            note.run();
            fixture.now += nanos;
        };
    }

    private void runAtEach(final long... moments) {
        for (final long moment : moments) {
            fixture.runAt(moment);
        }
    }

    @Test
    void shouldRunOnceAtItsTime() {
        task = fixture.schedule(note, 10, 0);
        runAtEach(9);
        assertThat(times).isEmpty();
        assertThat(task.isDone()).isFalse();
        runAtEach(10, 11, 20);
        assertThat(times).containsExactly(10L);
        assertThat(task.isDone()).isTrue();
        assertThat(task.isCancelled()).isFalse();
        assertThat(task.runs()).isEqualTo(1);
        assertThat(task.cancel()).as("it has ended").isFalse();
        assertThat(task.isCancelled()).isFalse();
        assertThat(fixture.timers.size()).isZero();
    }

    @Test
    void shouldRunAtAFixedRateHoweverLateATurnIs() {
        task = fixture.schedule(note, 10, 10);
        runAtEach(10, 19, 20, 25, 33, 39, 40);
        assertThat(times).as("33 is late for 30; the next is due at 40 all the same").containsExactly(10L, 20L, 33L, 40L);
        assertThat(task.skipped()).isZero();
        assertThat(task.runs()).isEqualTo(4);
        assertThat(fixture.timers.nextDeadline()).isEqualTo(50);
    }

    @Test
    void shouldSkipTheTurnsThatWereMissed() {
        task = fixture.schedule(note, 10, 10);
        runAtEach(10, 57);
        assertThat(task.deadline()).isEqualTo(60);
        assertThat(task.skipped()).as("30, 40 and 50").isEqualTo(3);
        runAtEach(58, 59, 60);
        assertThat(times).as("no burst").containsExactly(10L, 57L, 60L);
    }

    @Test
    void shouldSkipATurnWhoseTimeIsThePresent() {
        task = fixture.schedule(lasting(10), 10, 10);
        runAtEach(10);
        assertThat(fixture.now).isEqualTo(20);
        assertThat(task.skipped()).isEqualTo(1);
        assertThat(fixture.timers.nextDeadline()).isEqualTo(30);
    }

    @Test
    void shouldSkipTheTurnsThatARunTakesTooLongFor() {
        task = fixture.schedule(lasting(25), 0, 10);
        runAtEach(0, 30);
        assertThat(times).containsExactly(0L, 30L);
        assertThat(task.skipped()).as("10, 20, 40 and 50").isEqualTo(4);
        assertThat(fixture.timers.nextDeadline()).isEqualTo(60);
    }

    @Test
    void shouldWaitTheDelayFromTheEndOfTheRun() {
        task = fixture.schedule(lasting(25), 5, -10);
        runAtEach(5);
        assertThat(fixture.timers.nextDeadline()).isEqualTo(40);
        runAtEach(39, 100);
        assertThat(times).containsExactly(5L, 100L);
        assertThat(fixture.timers.nextDeadline()).isEqualTo(135);
        assertThat(task.skipped()).isZero();
        assertThat(task.runs()).isEqualTo(2);
    }

    @Property
    void shouldKeepToItsGrid(@ForAll @IntRange(min = 1, max = 50) final int period, @ForAll @IntRange(max = 100) final int first,
            @ForAll @Size(max = 50) final List<@IntRange(max = 120) Integer> lateness) {
        final long[] lasts = {0};
        final TimersFixture host = new TimersFixture();
        final TimedTask rate = host.schedule(() -> host.now += lasts[0], first, period);
        for (final int late : lateness) {
            lasts[0] = late % 7 * 9L;
            host.runAt(rate.deadline() + late);
            assertThat(rate.deadline()).isGreaterThan(host.now);
            assertThat(rate.deadline() - first).as("each turn ran or was skipped").isEqualTo(period * (rate.runs() + rate.skipped()));
            assertThat(rate.deadline() - period).as("none was skipped that is yet to come").isLessThanOrEqualTo(
                    Math.max(host.now, first + period * (rate.runs() - 1 + rate.skipped())));
        }
        assertThat(rate.runs()).isEqualTo(lateness.size());
    }

    @Test
    void shouldWaitForEverRatherThanWrapRound() {
        final TimedTask rate = fixture.schedule(note, 10, Long.MAX_VALUE);
        final TimedTask delay = fixture.schedule(note, 10, -Long.MAX_VALUE);
        final TimedTask longest = fixture.schedule(note, 10, Long.MIN_VALUE);
        runAtEach(10, Timers.LATEST - 1);
        assertThat(times).containsExactly(10L, 10L, 10L);
        assertThat(List.of(rate.deadline(), delay.deadline(), longest.deadline())).containsOnly(Timers.LATEST);
    }

    @Test
    void shouldNotRunAgainForAClockThatIsBehind() {
        task = fixture.schedule(() -> fixture.now = 3, 10, 10);
        runAtEach(10);
        assertThat(task.deadline()).isEqualTo(20);
        assertThat(task.skipped()).isZero();
    }

    @Test
    void shouldPassUpWhatAPeriodicTaskThrowsAndGoOn() {
        for (final long period : new long[] {10, -10}) {
            final TimersFixture host = new TimersFixture();
            final TimedTask failing = host.schedule(() -> {
                throw new AssertionError("at " + host.now);
            }, 10, period);
            assertThatThrownBy(() -> host.runAt(10)).isInstanceOf(AssertionError.class).hasMessage("at 10");
            assertThatThrownBy(() -> host.runAt(20)).isInstanceOf(AssertionError.class).hasMessage("at 20");
            assertThat(failing.runs()).isEqualTo(2);
            assertThat(host.timers.nextDeadline()).isEqualTo(30);
        }
    }

    @Test
    void shouldBeDoneWhenItsOnlyRunThrows() {
        task = fixture.schedule(() -> {
            throw new IllegalStateException("no");
        }, 10, 0);
        assertThatThrownBy(() -> fixture.runAt(10)).hasMessage("no");
        assertThat(task.isDone()).isTrue();
        assertThat(task.isCancelled()).isFalse();
        assertThat(task.runs()).isEqualTo(1);
    }

    @Test
    void shouldBeCancelledWhileItWaits() {
        task = fixture.schedule(note, 10, 10);
        final TimedTask other = fixture.schedule(note, 12, 0);
        assertThat(task.cancel()).isTrue();
        assertThat(fixture.timers.size()).isEqualTo(1);
        assertThat(fixture.timers.nextDeadline()).isEqualTo(12);
        assertEndedByCancel();
        runAtEach(10);
        assertThat(times).isEmpty();
        runAtEach(12);
        assertThat(other.isDone()).isTrue();
    }

    @Test
    void shouldBeCancelledWhileItIsQueued() {
        task = fixture.schedule(note, 10, 10);
        fixture.now = 10;
        assertThat(fixture.expire()).isEqualTo(1);
        assertThat(task.cancel()).isTrue();
        fixture.due.remove().run();
        assertThat(times).isEmpty();
        assertThat(task.runs()).isZero();
        assertEndedByCancel();
    }

    @Test
    void shouldBeCancelledByItsOwnRun() {
        final List<Boolean> answers = new ArrayList<>();
        for (final long period : new long[] {0, 10, -10}) {
            task = fixture.schedule(() -> {
                answers.add(task.cancel());
                answers.add(task.cancel());
                answers.add(task.isDone());
                note.run();
            }, fixture.now + 10, period);
            runAtEach(fixture.now + 10, fixture.now + 20, fixture.now + 30);
            assertThat(answers).containsExactly(true, false, true);
            assertThat(times).as("to its end, and not again").hasSize(1);
            assertThat(task.runs()).isEqualTo(1);
            assertEndedByCancel();
            answers.clear();
            times.clear();
        }
    }

    @Test
    void shouldBeCancelledByTheSinkThatRefusesIt() {
        task = fixture.schedule(note, 10, 10);
        assertThat(fixture.timers.expire(10, due -> !due.cancel())).isZero();
        assertThat(fixture.timers.nextDeadline()).isEqualTo(Timers.NONE);
        assertEndedByCancel();
    }

    @Test
    void shouldBeCancelledWhileItsNextTurnIsArrangedFor() {
        final TimedTask.Host cancelling = new TimedTask.Host() {
            @Override
            public long now() {
                assertThat(task.cancel()).isTrue();
                return 10;
            }

            @Override
            public void sooner() {
                throw new AssertionError("nothing waits");
            }
        };
        task = new TimedTask(cancelling, fixture.timers, TaskPriority.NORMAL, note, 10, 10);
        fixture.timers.add(task);
        runAtEach(10, 20);
        assertThat(times).hasSize(1);
        assertThat(fixture.timers.size()).isZero();
        assertEndedByCancel();
    }

    private void assertEndedByCancel() {
        assertThat(task.isCancelled()).isTrue();
        assertThat(task.isDone()).isTrue();
        assertThat(task.cancel()).as("cancelled before").isFalse();
        assertThat(fixture.timers.remove(task)).isFalse();
    }

    @Test
    void shouldRunOnceWhenItLiesInTheQueueTwice() {
        task = fixture.schedule(note, 10, 0);
        runAtEach(10);
        task.run();
        assertThat(times).hasSize(1);
    }

    @Test
    void shouldNotRunBeforeItIsDueWhoeverCallsIt() {
        task = fixture.schedule(note, 10, 10);
        task.run();
        assertThat(times).isEmpty();
        assertThat(task.runs()).isZero();
    }

    @Test
    void shouldNotRunInsideItsOwnRun() {
        task = fixture.schedule(() -> {
            note.run();
            task.run();
        }, 10, 10);
        runAtEach(10);
        assertThat(times).hasSize(1);
        assertThat(task.runs()).isEqualTo(1);
    }

    @Test
    void shouldTellWhoWaitsWhenItsNextTurnIsTheEarliest() {
        fixture.schedule(note, 1000, 0);
        task = fixture.schedule(note, 10, 10);
        assertThat(fixture.told).as("who schedules tells by itself").isZero();
        runAtEach(10);
        assertThat(fixture.told).isEqualTo(1);
        fixture.schedule(note, 25, 0);
        runAtEach(20);
        assertThat(fixture.told).as("25 comes before 30").isEqualTo(1);
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertThatThrownBy(() -> fixture.task(TaskPriority.HIGH, note, -1, 0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not -1");
        assertThatThrownBy(() -> fixture.task(TaskPriority.HIGH, note, Timers.NONE, 0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not " + Long.MAX_VALUE);
        assertThatThrownBy(() -> fixture.task(TaskPriority.HIGH, null, 0, 0)).isInstanceOf(NullPointerException.class)
                .hasMessage("action");
        assertThatThrownBy(() -> fixture.task(null, note, 0, 0)).isInstanceOf(NullPointerException.class).hasMessage("priority");
    }

    @Test
    void shouldAllocateNothingPerTurn() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long[] count = {0};
        for (int i = 0; i < 100; i++) {
            fixture.schedule(() -> count[0]++, i, i % 2 == 0 ? 7 : -7);
        }
        double least = Double.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            final long turns = count[0];
            for (int i = 0; i < 2_000; i++) {
                fixture.runAt(fixture.now + 1);
            }
            least = Math.min(least, (double) (threads.getCurrentThreadAllocatedBytes() - before) / (count[0] - turns));
        }
        assertThat(count[0]).isGreaterThan(100_000);
        assertThat(least).as("bytes a turn").isLessThan(0.1);
    }
}
