// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnitsTest {

    @Test
    void shouldScaleBytes() {
        assertThat(Units.bytes(0)).isEqualTo("0 B");
        assertThat(Units.bytes(1023)).isEqualTo("1023 B");
        assertThat(Units.bytes(1024)).isEqualTo("1.00 KiB");
        assertThat(Units.bytes(1.5 * (1 << 20))).isEqualTo("1.50 MiB");
        assertThat(Units.bytes(Long.MAX_VALUE)).isEqualTo("8.00 EiB");
    }

    @Test
    void shouldScaleCounts() {
        assertThat(Units.count(0)).isEqualTo("0");
        assertThat(Units.count(12.5)).isEqualTo("12.5");
        assertThat(Units.count(999.6)).isEqualTo("1.00 k");
        assertThat(Units.count(12_345_678)).isEqualTo("12.3 M");
        assertThat(Units.count(123_456_789)).isEqualTo("123 M");
    }

    @Test
    void shouldScaleTimes() {
        assertThat(Units.nanos(0)).isEqualTo("0 ns");
        assertThat(Units.nanos(450)).isEqualTo("450 ns");
        assertThat(Units.nanos(1_234)).isEqualTo("1.23 us");
        assertThat(Units.nanos(999_999)).isEqualTo("1.00 ms");
        assertThat(Units.nanos(3_600_000_000_000L)).isEqualTo("3600 s");
    }

    @Test
    void shouldGroupDigits() {
        assertThat(Units.grouped(1_234_567)).isEqualTo("1,234,567");
    }
}
