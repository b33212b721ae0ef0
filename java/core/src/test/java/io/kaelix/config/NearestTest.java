// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which known word was meant. */
class NearestTest {

    @ParameterizedTest
    @CsvSource({"abc, abc, 0", "abc, ab, 1", "ab, abc, 1", "abc, axc, 1", "abc, acb, 1", "'', abc, 3", "kitten, sitting, 3", "ca, abc, 3"})
    void shouldCountLettersThatDiffer(final String a, final String b, final int distance) {
        assertThat(Nearest.distance(a, b)).isEqualTo(distance);
        assertThat(Nearest.distance(b, a)).isEqualTo(distance);
    }

    @Test
    void shouldFindOnlyWhatIsNear() {
        final List<String> known = List.of("pinned", "placement", "numa_aware");
        assertThat(Nearest.of("pined", known)).isEqualTo("pinned");
        assertThat(Nearest.of("NUMA-AWARE", known)).isEqualTo("numa_aware");
        assertThat(Nearest.of("colour", known)).isNull();
        assertThat(Nearest.of("", known)).isNull();
        assertThat(Nearest.of("p".repeat(1_000_000), known)).isNull();
    }
}
