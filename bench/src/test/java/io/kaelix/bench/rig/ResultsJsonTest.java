// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.bench.rig.Results.Environment;
import io.kaelix.bench.rig.Results.Failure;
import io.kaelix.bench.rig.Results.Latency;
import io.kaelix.bench.rig.Results.Percentiles;
import io.kaelix.bench.rig.Results.Throughput;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ResultsJsonTest {

    private static final Environment ENVIRONMENT = new Environment("a CPU", 2, "Linux 6", "a JVM", "avx2", 4096, 0, "0.1.0");
    private static final Throughput THROUGHPUT = new Throughput("kaelix", "batch-64", 64, 1, 1, 2e6, 1e6, 3e6, List.of(1e6, 2e6, 3e6), 0.5,
            0, "0.1.0", "defaults", 0.25);
    private static final Percentiles PERCENTILES = new Percentiles(1, 2, 3, 4, 5, 6);
    private static final Latency LATENCY = new Latency("kaelix", "paced", "one-by-one", 64, 1000, PERCENTILES, null, 0, 2, null, "0.1.0",
            "defaults", 0);

    private static <R extends Results.Row> Results<R> results(final R row) {
        return new Results<>("./kaelix bench", "2026-01-02T03:04:05Z", ENVIRONMENT, Map.of("handoffOneWayNanos", 50.5), List.of(row),
                List.of(new Failure("a row", "it broke")));
    }

    @Test
    void shouldHaveTheNamesThatTheRecordsHave() {
        final JsonNode json = JsonMapper.shared().readTree(ResultsJson.of(results(THROUGHPUT)));

        assertThat(json.propertyNames()).containsExactlyInAnyOrder("command", "startedAt", "environment", "floors", "rows", "failures");
        assertThat(json.at("/rows/0").propertyNames()).containsExactlyInAnyOrder("system", "mode", "payload", "publishers", "subscribers",
                "medianPerSecond", "minPerSecond", "maxPerSecond", "perSecond", "ofFloor", "lostFraction", "version", "settings",
                "allocatedPerMessage");
        assertThat(json.at("/rows/0/perSecond/2").asDouble()).isEqualTo(3e6);
        assertThat(json.at("/floors/handoffOneWayNanos").asDouble()).isEqualTo(50.5);
        assertThat(json.at("/failures/0/reason").asString()).isEqualTo("it broke");
    }

    @Test
    void shouldReadBackAsTheSameResults() {
        assertThat(JsonMapper.shared().readValue(ResultsJson.of(results(THROUGHPUT)), new TypeReference<Results<Throughput>>() { }))
                .isEqualTo(results(THROUGHPUT));
        assertThat(JsonMapper.shared().readValue(ResultsJson.of(results(LATENCY)), new TypeReference<Results<Latency>>() { }))
                .isEqualTo(results(LATENCY));
    }
}
