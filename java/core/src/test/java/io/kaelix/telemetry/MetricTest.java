// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Metrics have numbers and names that a file can hold and that tell them apart. */
class MetricTest {

    @Test
    void shouldHaveANumberAndANameOfItsOwn() {
        assertThat(Metric.values()).extracting(Metric::id).doesNotHaveDuplicates().allMatch(id -> id > 0);
        assertThat(Metric.values()).extracting(Metric::key).doesNotHaveDuplicates()
                .allMatch(key -> key.matches("[a-z]+(\\.[a-z_]+)?") && key.length() <= CounterDescriptor.MAX_KEY_LENGTH);
        // A constant is called as its key, so that who sees one finds the other.
        assertThat(Metric.values()).allMatch(metric -> metric.name().equals(metric.key().toUpperCase(Locale.ROOT)
                .replace('.', '_')));
        assertThat(Metric.values()).extracting(Metric::unit)
                .allMatch(unit -> !unit.isEmpty() && unit.getBytes(StandardCharsets.UTF_8).length <= CounterDescriptor.MAX_UNIT_LENGTH);
        assertThat(Metric.values()).extracting(Metric::help).allMatch(help -> !help.isEmpty()).doesNotHaveDuplicates();
    }

    @Test
    void shouldBeFoundByItsName() {
        assertThat(Metric.values()).allMatch(metric -> Metric.ofKey(metric.key()).orElseThrow() == metric);
        assertThat(Metric.ofKey("orders.rejected")).isEmpty();
    }

    @Test
    void shouldMeasureTimesInNanoseconds() {
        assertThat(Metric.values()).filteredOn(metric -> metric.kind() == Metric.Kind.HISTOGRAM).hasSize(4)
                .allMatch(metric -> metric.unit().equals("ns"));
        assertThat(Metric.values()).filteredOn(metric -> metric.key().endsWith("_time")).allMatch(metric -> metric.unit().equals("ns"));
    }

    @Test
    void shouldHaveACodeForEachKind() {
        assertThat(Metric.Kind.values()).allMatch(kind -> Metric.Kind.ofCode(kind.code()) == kind);
        assertThat(Arrays.asList(Metric.Kind.ofCode(0), Metric.Kind.ofCode(4), Metric.Kind.ofCode(-1))).containsOnlyNulls();
    }
}
