// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.platform.Platforms;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadsTest {

    /** The last two are several calls for some kernels, and for all of them. */
    @ParameterizedTest
    @ValueSource(ints = {1, 8, 1000, 10_000, 70_000})
    void shouldRunEveryKernelAndLoop(final int values) {
        final List<Workload> workloads = Workloads.of(Platforms.current().kernels(), values);

        assertThat(workloads).extracting(Workload::name).doesNotHaveDuplicates();
        for (final Workload workload : workloads) {
            for (int batch = 0; batch < 2; batch++) {
                workload.kernel().run(batch);
                for (final Workload.Batch loop : workload.loops()) {
                    loop.run(batch);
                }
            }
        }
    }

    /** Filters answer how many they found. */
    @ParameterizedTest
    @ValueSource(ints = {8, 1000, 70_000})
    void shouldFindTheSameByKernelAndLoop(final int values) {
        Workloads.of(Platforms.current().kernels(), values).stream().filter(workload -> workload.name().startsWith("filter")).forEach(workload -> {
            final long expected = workload.kernel().run(1);
            for (final Workload.Batch loop : workload.loops()) {
                assertThat(loop.run(1)).as(workload.name()).isEqualTo(expected);
            }
        });
    }

    @Test
    void shouldTakeABatchInCallsOfTheMostThatOneTakes() {
        final List<String> calls = new ArrayList<>();

        final long sum = Workload.inCalls(10, 4, (number, at, length) -> {
            calls.add(number + ":" + at + "+" + length);
            return length;
        }).run(7);

        assertThat(calls).containsExactly("7:0+4", "7:4+4", "7:8+2");
        assertThat(sum).isEqualTo(10);
    }
}
