// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.bench.rig.Results.Environment;
import io.kaelix.bench.trial.BackpressureOutcome;
import io.kaelix.bench.trial.BackpressureOutcome.Nanos;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BackpressureResultTest {

    private static final Environment ENVIRONMENT = new Environment("a CPU", 2, "Linux 6", "a JVM", "avx2", 4096, 0, "0.1.0");

    private static Nanos nanos(final long p50, final long p99) {
        return new Nanos(p50, p99);
    }

    /** Three rounds on a machine that becomes slower: events and floors drift together. */
    private static BackpressureResult result() {
        return BackpressureResult.of("./kaelix bench backpressure", "2026-01-02T03:04:05Z", ENVIRONMENT, List.of(0, 1), 500, List.of(
                new BackpressureOutcome(nanos(20, 30), nanos(60, 90), nanos(100, 200), nanos(150, 300), nanos(100, 500), nanos(1099, 2500)),
                new BackpressureOutcome(nanos(20, 30), nanos(70, 99), nanos(300, 400), nanos(360, 600), nanos(300, 700), nanos(1300, 2800)),
                new BackpressureOutcome(nanos(20, 30), nanos(80, 95), nanos(900, 999), nanos(980, 1500), nanos(900, 950), nanos(2100, 9000))));
    }

    @Test
    void shouldTakeMediansOfEventsAndOfDifferencesWithinARound() {
        assertThat(result().events()).extracting(BackpressureResult.Event::p50).containsExactly(70L, 360L, 1300L);
        assertThat(result().events()).extracting(BackpressureResult.Event::floorP50).containsExactly(20L, 300L, 300L);
        assertThat(result().events()).extracting(BackpressureResult.Event::aboveFloorP50).containsExactly(50L, 60L, 1000L);
        assertThat(result().events()).extracting(BackpressureResult.Event::aboveFloorP99).containsExactly(65L, 200L, 2100L);
    }

    @Test
    void shouldJudgeByTheMedianAboveTheFloor() {
        assertThat(result().events()).extracting(BackpressureResult.Event::met).containsExactly(true, true, false);
    }

    @Test
    void shouldPrintEachEventBesideItsFloor() {
        assertThat(result().toText()).contains("""
                ns                                         p50    p99  floor p50  floor p99  p50 above  p99 above     goal  met
                lane full, until BACK_PRESSURED             70     95         20         30         50         65  < 1,000  yes
                the same, the subscriber has just moved    360    600        300        400         60        200  < 1,000  yes
                space freed, until an offer succeeds     1,300  2,800        300        700      1,000      2,100  < 1,000   NO
                """);
    }

    @Test
    void shouldHaveTheNamesThatItsJsonIsReadBy() {
        final JsonNode json = JsonMapper.shared().readTree(ResultsJson.of(result()));

        assertThat(json.propertyNames()).containsExactlyInAnyOrder("command", "startedAt", "environment", "cpus", "times", "rounds", "goalNanos",
                "events");
        assertThat(json.at("/events/2/name").asString()).isEqualTo("space freed, until an offer succeeds");
        assertThat(json.at("/events/2/met").asBoolean(true)).isFalse();
        assertThat(json.at("/events/0/aboveFloorP50").asLong()).isEqualTo(50);
    }
}
