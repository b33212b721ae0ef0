// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.bench.rig.Results.Environment;
import io.kaelix.bench.rig.Results.Failure;
import io.kaelix.bench.rig.TelemetryResult.Row;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TelemetryResultTest {

    private static final Environment ENVIRONMENT = new Environment("a CPU", 2, "Linux 6", "a JVM", "avx2", 4096, 0, "0.1.0");
    private static final List<Double> SIX = List.of(10e6, 20e6, 30e6, 10e6, 20e6, 30e6);
    private static final Rig RIG = new Rig(List.of(2, 3), 6, 1, 0.5, null, null, System.err);

    private static TelemetryResult result() {
        return new TelemetryResult("./kaelix bench telemetry", "2026-01-02T03:04:05Z", ENVIRONMENT, RIG, 64, List.of(
                Row.of("one-by-one", "kaelix", "kaelix-telemetry", SIX, SIX.stream().map(one -> one * 0.9).toList(), "all on"),
                Row.of("one-by-one", "kaelix", "kaelix", SIX, SIX, "all off")),
                List.of(new Failure("kaelix batch-64 throughput 64 B", "it broke")));
    }

    @Test
    void shouldPrintEachComparisonItsIntervalAndWhatItMeans() {
        assertThat(result().toText()).contains("""
                mode        first   second            first M/s  second M/s  difference       95% interval  slower in  0 within  goal met
                one-by-one  kaelix  kaelix-telemetry      20.00       18.00     -10.00%  -10.00 to -10.00%     6 of 6        NO        NO
                one-by-one  kaelix  kaelix again          20.00       20.00      +0.00%    +0.00 to +0.00%     0 of 6       yes
                """).contains("6 rounds, 1.0 s each behind 0.5 s of warm-up").contains("from their ranks").contains("goal: 0 lies within")
                .contains("one-by-one, kaelix-telemetry, round by round in percent:\n  -10.00 -10.00 -10.00 -10.00 -10.00 -10.00\n"
                        + "  these rounds cannot rule out a loss of 10.00%\n  all on\n")
                .contains("CPUs [2, 3]")
                .endsWith("FAILED kaelix batch-64 throughput 64 B: it broke\n");
    }

    @Test
    void shouldHaveTheNamesThatItsJsonIsReadBy() {
        final JsonNode json = JsonMapper.shared().readTree(ResultsJson.of(result()));

        assertThat(json.propertyNames()).containsExactlyInAnyOrder("command", "startedAt", "environment", "cpus", "payload", "rounds",
                "seconds", "warmup", "method", "goal", "rows", "failures");
        assertThat(json.at("/rows/0").propertyNames()).containsExactlyInAnyOrder("mode", "first", "second", "firstMedianPerSecond",
                "secondMedianPerSecond", "firstPerSecond", "secondPerSecond", "differences", "medianDifference", "low", "high",
                "slowerRounds", "zeroWithin", "met", "settings");
        assertThat(json.at("/rows/0/met").asBoolean(true)).isFalse();
        assertThat(json.at("/rows/1/met").isNull()).isTrue();
        assertThat(json.at("/rows/1/zeroWithin").asBoolean(false)).isTrue();
    }
}
