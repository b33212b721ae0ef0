// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** What looking at a worker's counters tells of the task that it is at; the clock is ours. */
class RunningTaskTest {

    private static final long LIMIT = 100;

    private final WorkerCounters counters = new WorkerCounters();
    private long now = 1;
    private final RunningTask running = new RunningTask(counters, () -> now);

    private boolean hasPassedAt(final long time) {
        now = time;
        return running.hasPassed(LIMIT);
    }

    @Test
    void shouldTellOnceOfATaskThatTakesTooLong() {
        assertThat(hasPassedAt(10)).isFalse();
        counters.begin();
        assertThat(hasPassedAt(50)).isFalse();
        assertThat(hasPassedAt(150)).isFalse();
        assertThat(running.nanos()).isEqualTo(100);
        assertThat(hasPassedAt(151)).isTrue();
        assertThat(hasPassedAt(1_000)).isFalse();
        assertThat(running.nanos()).isEqualTo(950);
        assertThat(running.isUnderWay()).isTrue();
        counters.end();
        assertThat(running.isUnderWay()).isFalse();
        assertThat(running.nanos()).isZero();
        assertThat(hasPassedAt(2_000)).isFalse();
    }

    @Test
    void shouldTellOfEachForItself() {
        for (int task = 0; task < 3; task++) {
            counters.begin();
            assertThat(hasPassedAt(task * 1_000 + 1)).isFalse();
            assertThat(hasPassedAt(task * 1_000 + 500)).isTrue();
            counters.end();
        }
    }

    @Test
    void shouldNotTakeManyShortTasksForOneThatIsLong() {
        for (int look = 0; look < 10; look++) {
            counters.begin();
            assertThat(hasPassedAt(look * 200)).isFalse();
            counters.end();
        }
        assertThat(running.nanos()).isZero();
    }

    @Test
    void shouldTellOfTheTurnOfADutyAsWell() {
        counters.begin();
        counters.end();
        counters.beginTurn();
        assertThat(hasPassedAt(1)).isFalse();
        assertThat(hasPassedAt(102)).isTrue();
        counters.endTurn();
        counters.begin();
        assertThat(hasPassedAt(300)).isFalse();
        assertThat(hasPassedAt(401)).isTrue();
    }

    @Test
    void shouldCountFromWhenATaskWasSeenAndNotFromTheBeginningOfTheLook() {
        final RunningTask late = new RunningTask(counters, () -> {
            final long read = now;
            if (read == 10) {
                // The look takes its time, and the task begins in the middle of it.
                now = 60;
                counters.begin();
            }
            return read;
        });
        now = 10;
        assertThat(late.hasPassed(LIMIT)).isFalse();
        now = 120;
        assertThat(late.nanos()).isEqualTo(60);
        assertThat(late.hasPassed(LIMIT)).isFalse();
        now = 161;
        assertThat(late.hasPassed(LIMIT)).isTrue();
    }

    @Test
    void shouldBeActiveWhileAnythingIsDone() {
        assertThat(running.isActive()).isFalse();
        counters.begin();
        assertThat(running.isActive()).isTrue();
        assertThat(running.isActive()).isTrue();
        counters.end();
        assertThat(running.isActive()).isFalse();
        counters.begin();
        counters.end();
        assertThat(running.isActive()).isTrue();
        assertThat(running.isActive()).isFalse();
    }

    /** Time for which the worker works, rests, and until the next look, again and again. */
    @Provide
    Arbitrary<List<Integer>> times() {
        return Arbitraries.integers().between(1, 300).list().ofMinSize(3).ofMaxSize(90);
    }

    @Property(tries = 500)
    void shouldNeverSayMoreThanIsTrue(@ForAll("times") final List<Integer> times) {
        final AtomicLong time = new AtomicLong(1);
        final WorkerCounters worker = new WorkerCounters();
        final RunningTask seen = new RunningTask(worker, time::get);
        long begun = 0;
        boolean working = false;
        boolean told = false;
        for (int i = 0; i < times.size(); i++) {
            final long now = time.addAndGet(times.get(i));
            if (i % 3 == 0 && !working) {
                worker.begin();
                working = true;
                told = false;
                begun = now;
            } else if (i % 3 == 1 && working && times.get(i) % 2 == 0) {
                worker.end();
                working = false;
            } else if (seen.hasPassed(LIMIT)) {
                assertThat(working && !told).as("one task under way, told of once").isTrue();
                assertThat(now - begun).isGreaterThan(LIMIT);
                told = true;
            }
            assertThat(seen.nanos()).isBetween(0L, working ? now - begun : 0);
        }
    }
}
