// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.platform.Platforms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SchedulerTrialTest {

    private static final int TREE = 10_000;

    /** Quiet percentiles are there only if something was quiet, which on a busy machine nothing may be. */
    private static final List<Figure> MAY_BE_MISSING = List.of(Figures.QUIET_P50, Figures.QUIET_P99, Figures.QUIET_INTENDED_P99);

    /** Silences take seconds: one system stands for all. As many carriers of virtual threads as workers are an option of the JVM. */
    static Stream<Arguments> all() {
        final List<Arguments> all = new ArrayList<>();
        for (final Mode mode : Mode.values()) {
            for (final Subject subject : Subject.values()) {
                if (subject.has(mode) && (mode != Mode.WAKE || subject == Subject.KAELIX)
                        && (subject != Subject.VIRTUAL_THREADS || mode.workers().get(0) == 1)) {
                    all.add(Arguments.of(mode, subject));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    @Timeout(120)
    void shouldFindEveryFigureOfTheModeInEverySystem(final Mode mode, final Subject subject) throws Exception {
        final List<Integer> cpus = Platforms.current().affinity().stream().boxed().toList();
        final SchedulerOutcome found = SchedulerTrial.run(new SchedulerRequest(mode, subject, mode.workers().get(0), 0.03, 0.02,
                List.of(cpus.get(0), cpus.get(cpus.size() - 1)), 1, TREE));

        assertThat(found.figures()).containsKeys(mode.figures().stream().filter(figure -> !MAY_BE_MISSING.contains(figure))
                .map(Figure::name).toArray(String[]::new));
        assertThat(found.figures().values()).allSatisfy(value -> assertThat(value).isFinite().isNotNegative());
        assertThat(found.figures().get(mode.figures().get(0).name())).isPositive();
        assertThat(Stream.of(Figures.UTILISATION, Figures.GAPS, Figures.QUIET_FRACTION)
                .map(part -> found.figures().getOrDefault(part.name(), 0.0)))
                .allSatisfy(part -> assertThat(part).isBetween(0.0, 1.0));
        assertThat(found.settings()).isNotBlank();
    }

    @Test
    @Timeout(120)
    void shouldGrowATreeOfEveryShapeToItsLastTask() throws Exception {
        final List<Integer> cpus = Platforms.current().affinity().stream().boxed().toList();
        for (final int tasks : new int[] {1, 2, 3, 6, 7, 1000}) {
            assertThat(SchedulerTrial.run(new SchedulerRequest(Mode.TREE, Subject.KAELIX, 1, 0.001, 0, cpus, 1, tasks)).figures())
                    .containsKey(Figures.TASKS_PER_SECOND.name());
        }
    }

    @Test
    void shouldReadTheArgumentsThatItWrites() {
        final SchedulerRequest request = new SchedulerRequest(Mode.FAN_OUT, Subject.FORK_JOIN_FORK, 2, 0.5, 1.25, List.of(3, 5), 7, 1000);

        assertThat(SchedulerRequest.parse(request.toArguments().toArray(String[]::new))).isEqualTo(request);
        assertThatThrownBy(() -> SchedulerRequest.parse("paced")).hasMessageStartingWith("usage: MODE SYSTEM");
    }

    @Test
    void shouldNameEachModeSystemAndFigureOnce() {
        assertThat(Arrays.stream(Mode.values()).map(Mode::label)).doesNotHaveDuplicates().allSatisfy(
                label -> assertThat(Mode.of(label).label()).isEqualTo(label));
        assertThat(Arrays.stream(Subject.values()).map(Subject::label)).doesNotHaveDuplicates().allSatisfy(
                label -> assertThat(Subject.of(label).label()).isEqualTo(label));
        assertThat(Figures.all()).extracting(Figure::name).doesNotHaveDuplicates();
    }

    @Test
    @Timeout(60)
    void shouldCountAllIncrementsOfSeveralThreads() throws Exception {
        final StripedCount count = new StripedCount();
        final List<Thread> threads = Stream.generate(() -> new Thread(() -> {
            for (int i = 0; i < 100_000; i++) {
                count.increment();
            }
        })).limit(3).toList();
        threads.forEach(Thread::start);
        for (final Thread thread : threads) {
            thread.join();
        }

        assertThat(count.sum()).isEqualTo(300_000);
    }
}
