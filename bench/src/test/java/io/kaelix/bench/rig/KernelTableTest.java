// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.bench.rig.Results.Environment;
import io.kaelix.bench.rig.Results.Kernel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KernelTableTest {

    private static final String FILTER = "filter int64 > x, 50%|values|1000|5.0";
    private static final String PACK = "pack|bytes|64000|1.0";

    private static KernelTable table(final Map<String, Map<String, List<Double>>> found) {
        return KernelTable.of(new Results<>("./kaelix bench kernels", "2026-01-01T00:00:00Z",
                new Environment("CPU", 1, "Linux", "JVM", "avx512", 4096, 0, "0.1.0"), Map.of(), KernelsCommand.rows(found), List.of()));
    }

    private static Map<String, List<Double>> figures(final double ours, final double loop) {
        final Map<String, List<Double>> figures = new LinkedHashMap<>();
        figures.put("java", List.of(1e9));
        figures.put("loop", List.of(loop));
        figures.put("avx512", List.of(ours));
        return figures;
    }

    @Test
    void shouldCompareTheChosenInstructionSetWithPlainJavaAndTheVectorApi() {
        final Map<String, List<Double>> figures = figures(6e9, 1e9);
        figures.put("vector api", List.of(4e9));

        final KernelTable table = table(Map.of(FILTER, figures));

        assertThat(table.titles()).containsExactly("kernel", "batch", "java", "avx512", "plain Java", "Vector API", "x Java", "x Vector API",
                "goal", "met");
        assertThat(table.rows()).containsExactly(
                List.of("filter int64 > x, 50%", "1000 values", "1.00", "6.00", "1.00", "4.00", "6.0", "1.5", "5.0", "yes"));
    }

    @Test
    void shouldMissAGoalBehindEitherOfTheTwo() {
        assertThat(table(Map.of(FILTER, figures(4.9e9, 1e9))).rows().get(0)).endsWith("4.9", "-", "5.0", "no");
        final Map<String, List<Double>> figures = figures(6e9, 1e9);
        figures.put("vector api", List.of(8e9));
        assertThat(table(Map.of(FILTER, figures)).rows().get(0)).endsWith("6.0", "0.8", "5.0", "no");
        assertThat(table(Map.of(PACK, figures(1e9, 1e9))).rows().get(0)).endsWith("1.0", "-", "1.0", "yes");
    }

    @Test
    void shouldHaveARowForEachSizeAndSayWhatIsMissing() {
        final Map<String, Map<String, List<Double>>> found = new LinkedHashMap<>();
        found.put(FILTER, Map.of("avx512", List.of(2e9)));
        found.put(FILTER.replace("1000", "8"), figures(1e9, 1e9));

        final KernelTable table = table(found);

        assertThat(table.rows()).hasSize(2);
        assertThat(table.rows().get(0)).contains("1000 values").endsWith("-", "-", "5.0", "-");
        assertThat(table.rows().get(1)).contains("8 values");
    }

    @Test
    void shouldTakeRatiosWithinARound() {
        final Map<String, List<Double>> figures = new LinkedHashMap<>();
        figures.put("loop", List.of(1e9, 2e9, 4e9));
        figures.put("avx512", List.of(3e9, 4e9, 4e9));

        final Kernel row = KernelsCommand.rows(Map.of(PACK, figures)).stream().filter(kernel -> kernel.system().equals("avx512")).findFirst()
                .orElseThrow();

        assertThat(row.ofLoop()).isEqualTo(2);
        assertThat(row.ofVectorApi()).isZero();
        assertThat(row.medianPerSecond()).isEqualTo(4e9);
    }
}
