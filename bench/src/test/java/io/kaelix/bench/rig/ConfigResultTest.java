// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.kaelix.bench.config.ConfigOutcome;
import io.kaelix.bench.config.ConfigOutcome.Burst;
import io.kaelix.bench.config.ConfigOutcome.Micros;
import io.kaelix.bench.config.ConfigOutcome.Reload;
import io.kaelix.bench.rig.Results.Environment;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ConfigResultTest {

    private static final Environment ENVIRONMENT = new Environment("a CPU", 2, "Linux 6", "a JVM", "avx2", 4096, 0, "0.1.0");

    private static ConfigOutcome round(final double validate, final double reload) {
        return new ConfigOutcome(48, 1_300, 150, validate, 9_000, new Reload(1_000, 20_000, 5_000, new Micros(reload, 2_000, 9_000)),
                new Micros(180, 300, 400), new Burst(1_000, 17, 12_000, 1_500));
    }

    private static ConfigResult result() {
        return ConfigResult.of("./kaelix bench config", "2026-01-02T03:04:05Z", ENVIRONMENT,
                List.of(round(50, 1_200), round(40, 400), round(300, 1_000)));
    }

    @Test
    void shouldJudgeMediansOverTheRounds() {
        assertThat(result().rows()).filteredOn(row -> row.goal() != null).extracting(ConfigResult.Row::key, ConfigResult.Row::value,
                ConfigResult.Row::met).containsExactly(
                        tuple("validate", 50.0, true),
                        tuple("bytesPerConfig", 9_000.0, true),
                        tuple("reloadP50", 1_000.0, false));
    }

    @Test
    void shouldPrintEachFigureBesideItsGoal() {
        assertThat(result().toText()).contains("""
                48 keys                            median         lowest  highest      goal  met
                parse                                 150     us     150      150
                check, beyond parsing                50.0     us    40.0      300     < 100  yes
                heap that a configuration keeps     9,000  bytes   9,000    9,000  < 10,000  yes
                reload                              1,000     us     400    1,200   < 1,000   NO
                """).contains("reloads of 1000 renames              17.0").contains("over 3 rounds").contains("1000 a round");
    }

    @Test
    void shouldHaveTheNamesThatItsJsonIsReadBy() {
        final JsonNode json = JsonMapper.shared().readTree(ResultsJson.of(result()));

        assertThat(json.propertyNames()).containsExactlyInAnyOrder("command", "startedAt", "environment", "rounds", "keys", "fileBytes", "times",
                "rows");
        assertThat(json.at("/rows/3/key").asString()).isEqualTo("reloadP50");
        assertThat(json.at("/rows/3/met").asBoolean(true)).isFalse();
        assertThat(json.at("/rows/3/highest").asDouble()).isEqualTo(1_200);
    }
}
