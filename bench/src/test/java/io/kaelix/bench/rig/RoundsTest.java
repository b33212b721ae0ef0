// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {

    private final List<String> order = new ArrayList<>();
    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

    private Probe<String> probe(final String system, final int failsInRound) {
        return new Probe<>(system, "one-by-one", "throughput", 64, 1, 1, "1", round -> {
            order.add(system + round);
            if (round == failsInRound) {
                throw new TrialFailure("it broke", "first line\nsecond line");
            }
            return system + "-" + round;
        });
    }

    private List<Rounds.Series<String>> run(final int rounds, final List<Probe<String>> probes) throws InterruptedException {
        return new Rounds<>(probes, rounds, found -> "found " + found, new PrintStream(progress, true, StandardCharsets.UTF_8)).run();
    }

    @Test
    void shouldRunAllProbesOnceBeforeAnyIsRunAgainEachRoundFromAnotherOneOn() throws InterruptedException {
        final List<Rounds.Series<String>> series = run(3, List.of(probe("a", 0), probe("b", 0), probe("c", 0)));

        assertThat(order).containsExactly("a1", "b1", "c1", "b2", "c2", "a2", "c3", "a3", "b3");
        assertThat(series).extracting(Rounds.Series::found)
                .containsExactly(List.of("a-1", "a-2", "a-3"), List.of("b-1", "b-2", "b-3"), List.of("c-1", "c-2", "c-3"));
        assertThat(series).noneMatch(Rounds.Series::failed);
    }

    @Test
    void shouldRunGroupsForwardsAndBackwardsSoThatEachHasEachPlaceAlikeOften() throws InterruptedException {
        mirrored(4, 2, List.of(probe("a", 0), probe("b", 0), probe("c", 0), probe("d", 0)));
        assertThat(order).containsExactly("a1", "b1", "c1", "d1", "b2", "a2", "d2", "c2", "b3", "a3", "d3", "c3", "a4", "b4", "c4", "d4");

        order.clear();
        mirrored(6, 3, List.of(probe("a", 0), probe("b", 0), probe("c", 0)));
        assertThat(String.join(" ", order)).isEqualTo("a1 b1 c1 c2 b2 a2 b3 c3 a3 a4 c4 b4 c5 a5 b5 b6 a6 c6");
    }

    private void mirrored(final int rounds, final int group, final List<Probe<String>> probes) throws InterruptedException {
        Rounds.mirrored(probes, group, rounds, found -> found, new PrintStream(progress, true, StandardCharsets.UTF_8)).run();
    }

    @Test
    void shouldGoOnWithTheOthersWhenOneFails() throws InterruptedException {
        final List<Rounds.Series<String>> series = run(3, List.of(probe("a", 0), probe("b", 2), probe("c", 0)));

        assertThat(order).containsExactly("a1", "b1", "c1", "b2", "c2", "a2", "c3", "a3");
        assertThat(series.get(1).failure()).isEqualTo("round 2: it broke");
        assertThat(series.get(2).found()).hasSize(3);
    }

    @Test
    void shouldSayALinePerTrialAndWhatAFailedOneSaid() throws InterruptedException {
        run(2, List.of(probe("a", 0), probe("b", 1)));

        assertThat(progress.toString(StandardCharsets.UTF_8).lines()).containsExactly(
                "[1/4] round 1 a one-by-one throughput 64 B: found a-1",
                "[2/4] round 1 b one-by-one throughput 64 B: FAILED: it broke",
                "    first line",
                "    second line",
                "[4/4] round 2 a one-by-one throughput 64 B: found a-2");
    }
}
