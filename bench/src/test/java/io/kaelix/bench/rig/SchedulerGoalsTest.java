// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.bench.rig.Results.Environment;
import io.kaelix.bench.rig.Results.Failure;
import io.kaelix.bench.rig.SchedulerResult.Goal;
import io.kaelix.bench.rig.SchedulerResult.Row;
import io.kaelix.bench.rig.SchedulerResult.Spread;
import io.kaelix.bench.scheduler.Figure;
import io.kaelix.bench.scheduler.Figures;
import io.kaelix.bench.scheduler.SchedulerOutcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SchedulerGoalsTest {

    private static Row row(final String mode, final String system, final int workers, final Figure figure, final Double... rounds) {
        return new Row(mode, system, workers, Map.of(figure.name(), Spread.of(Arrays.asList(rounds))), "defaults");
    }

    private static Goal goal(final String key, final Row... rows) {
        return SchedulerGoals.of(List.of(rows)).stream().filter(goal -> goal.key().equals(key)).findFirst().orElse(null);
    }

    @Test
    void shouldCompareRoundByRoundWithTheBestOfTheJdk() {
        final Goal goal = goal("startP50OfJdk",
                row("paced", "kaelix", 1, Figures.CALL_P50, 100.0, 200.0, 300.0),
                row("paced", "fork-join", 1, Figures.CALL_P50, 600.0, 800.0, 900.0),
                row("paced", "thread-pool", 1, Figures.CALL_P50, 9000.0, 9000.0, 9000.0),
                row("paced", "kaelix-watched", 1, Figures.CALL_P50, 1.0, 1.0, 1.0),
                row("paced", "floor", 1, Figures.CALL_P50, 1.0, 1.0, 1.0));

        assertThat(goal).isEqualTo(new Goal("startP50OfJdk", "schedule to start, p50: the JDK's best beside it", 4, false, 5.0, "x",
                "fork-join", false));
    }

    @Test
    void shouldJudgeTheMedianStartByTheHandOffOfItsRound() {
        final Row line = row("paced", "floor-handoff", 1, Figures.CALL_P50, 50.0, 300.0);

        assertThat(goal("startP50OfHandOff", row("paced", "kaelix", 1, Figures.CALL_P50, 180.0, 630.0), line).measured())
                .isEqualTo(0.9);
        assertThat(goal("startP50OfHandOff", row("paced", "kaelix", 1, Figures.CALL_P50, 180.0, 630.0), line).met()).isTrue();
        assertThat(goal("startP50OfHandOff", row("paced", "kaelix", 1, Figures.CALL_P50, 220.0, 770.0), line).met()).isFalse();
    }

    @Test
    void shouldTakeTheFasterIdiomOfForkJoinWithAsManyWorkers() {
        final Row[] rows = {row("tree", "kaelix", 1, Figures.TASKS_PER_SECOND, 50.0),
            row("tree", "kaelix", 2, Figures.TASKS_PER_SECOND, 90.0),
            row("tree", "fork-join", 2, Figures.TASKS_PER_SECOND, 20.0), row("tree", "fork-join-fork", 2, Figures.TASKS_PER_SECOND, 30.0),
            row("tree", "thread-pool", 2, Figures.TASKS_PER_SECOND, 80.0)};

        assertThat(goal("tree2OfForkJoin", rows).measured()).isEqualTo(3);
        assertThat(goal("tree2OfForkJoin", rows).peer()).isEqualTo("fork-join-fork");
        assertThat(goal("tree1OfForkJoin", rows)).isNull();
    }

    @Test
    void shouldTakeQuietTasksFromTheOneWhoseWorkerLooksForGaps() {
        final Goal goal = goal("startP99Quiet", row("paced", "kaelix", 1, Figures.QUIET_P99, 50_000.0),
                row("paced", "kaelix-watched", 1, Figures.QUIET_P99, 9_999.0));

        assertThat(goal.measured()).isEqualTo(9_999);
        assertThat(goal.met()).isTrue();
    }

    @Test
    void shouldNotJudgeByQuietTasksWhereTheyAreFew() {
        final Row busy = new Row("paced", "kaelix-watched", 1, Map.of(Figures.QUIET_P99.name(), Spread.of(List.of(900.0)),
                Figures.QUIET_FRACTION.name(), Spread.of(List.of(0.49))), "defaults");
        final Row calm = new Row("paced", "kaelix-watched", 1, Map.of(Figures.QUIET_P99.name(), Spread.of(List.of(900.0)),
                Figures.QUIET_FRACTION.name(), Spread.of(List.of(0.5))), "defaults");

        assertThat(goal("startP99Quiet", busy).met()).isNull();
        assertThat(goal("startP99Quiet", busy).name()).endsWith("too few to judge");
        assertThat(goal("startP99Quiet", calm).met()).isTrue();
    }

    @Test
    void shouldTakeTheMostBytesOfModesWhoseTasksAreUsedAgain() {
        final Goal goal = goal("bytesPerTask", row("switch", "kaelix", 1, Figures.BYTES, 0.001),
                row("fan-out", "kaelix", 2, Figures.BYTES, 0.02),
                row("tree", "kaelix", 1, Figures.BYTES, 24.0), row("switch", "fork-join", 1, Figures.BYTES, 32.0));

        assertThat(goal.measured()).isEqualTo(0.02);
        assertThat(goal.met()).isFalse();
    }

    @Test
    void shouldJudgeNothingThatWasNotMeasured() {
        assertThat(SchedulerGoals.of(List.of(row("paced", "fork-join", 1, Figures.CALL_P50, 1.0)))).isEmpty();
    }

    @Test
    void shouldHaveEachRoundOfEachFigureAndWhatFailed() {
        final List<Failure> failures = new ArrayList<>();
        final Probe<SchedulerOutcome> good = new Probe<>("kaelix", "switch", "1 worker", 0, 1, 1, "", round -> null);
        final Probe<SchedulerOutcome> bad = new Probe<>("fork-join", "switch", "1 worker", 0, 1, 1, "", round -> null);
        final List<Row> rows = SchedulerRun.toRows(List.of(
                new Rounds.Series<>(good, List.of(outcome(30), outcome(10), outcome(20)), null),
                new Rounds.Series<>(bad, List.of(), "round 1: it broke")), failures);

        assertThat(rows).containsExactly(new Row("switch", "kaelix", 1,
                Map.of("nanosPerTask", new Spread(20, 10, 30, List.of(30.0, 10.0, 20.0))), "defaults"));
        assertThat(failures).containsExactly(new Failure("fork-join switch 1 worker", "round 1: it broke"));
    }

    private static SchedulerOutcome outcome(final double nanos) {
        return new SchedulerOutcome(Map.of(Figures.SWITCH_NANOS.name(), nanos), "defaults");
    }

    private static SchedulerResult result() {
        final List<Row> rows = List.of(row("switch", "kaelix", 1, Figures.SWITCH_NANOS, 20.0, 30.0),
                row("switch", "fork-join", 1, Figures.SWITCH_NANOS, 80.0, 90.0),
                row("tree", "kaelix", 2, Figures.TASKS_PER_SECOND, 4e7, 5e7));
        return new SchedulerResult("./kaelix bench scheduler", "2026-01-02T03:04:05Z",
                new Environment("a CPU", 2, "Linux 6", "a JVM", "avx2", 4096, 0, "0.1.0"), List.of(0, 1), 2,
                Map.of("handoffOneWayP50Nanos", 50.0),
                SchedulerGoals.of(rows), rows, List.of(new Failure("thread-pool switch 1 worker", "round 1: it broke")));
    }

    @Test
    void shouldPrintATablePerModeThenTheGoalsAndWhatFailed() {
        assertThat(SchedulerText.of(result())).startsWith("./kaelix bench scheduler  at 2026-01-02T03:04:05Z\n"
                + "a CPU; Linux 6; a JVM; CPUs [0, 1]")
                .contains("""
                        switch               workers  ns/task  B/task
                        kaelix     defaults        1     25.0       -
                        fork-join  defaults        1     85.0       -
                        """)
                .contains("""
                        tree              workers  M tasks/s  B/task           rounds
                        kaelix  defaults        2      45.00       -  [40.00 - 50.00]
                        """)
                .contains("from a task to the next                               25.00  ns  < 100.0  yes")
                .contains("from a task to the next: the JDK's best beside it     3.500   x        -    -  fork-join")
                .endsWith("FAILED thread-pool switch 1 worker: round 1: it broke\n");
    }

    @Test
    void shouldHaveTheNamesThatItsJsonIsReadBy() {
        final JsonNode json = JsonMapper.shared().readTree(ResultsJson.of(result()));

        assertThat(json.propertyNames()).containsExactlyInAnyOrder("command", "startedAt", "environment", "cpus", "rounds", "floors", 
                "goals", "rows", "failures");
        assertThat(json.at("/rows/0/figures/nanosPerTask/median").asDouble()).isEqualTo(25);
        assertThat(json.at("/rows/0/figures/nanosPerTask/rounds/1").asDouble()).isEqualTo(30);
        assertThat(json.at("/goals/0/key").asString()).isEqualTo("switchNanos");
        assertThat(json.at("/goals/0/met").asBoolean()).isTrue();
    }
}
