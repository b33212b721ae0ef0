// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.bench.trial.TrialRequest.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrialRequestTest {

    private static TrialRequest of(final Kind kind, final Integer... cpus) {
        return new TrialRequest(kind, "kaelix", "batch-64", 256, 0.5, 1.25, List.of(cpus), kind == Kind.PACED ? 1_000_000 : 0);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldReadItsOwnCommandLine(final Kind kind) throws TrialException {
        final TrialRequest request = of(kind, 3, 1);

        assertThat(TrialRequest.parse(request.toArguments().toArray(String[]::new))).isEqualTo(request);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "throughput kaelix",
        "throughput kaelix one-by-one --payload",
        "speed kaelix one-by-one",
        "throughput kaelix one-by-one --colour blue",
        "throughput kaelix one-by-one --seconds soon",
        "throughput kaelix one-by-one --seconds 0",
        "throughput kaelix one-by-one --rate 1000",
        "paced kaelix one-by-one"})
    void shouldRefuseWhatItDoesNotKnow(final String line) {
        assertThatThrownBy(() -> TrialRequest.parse(line.split(" "))).isInstanceOf(TrialException.class);
    }

    @Test
    void shouldGiveTheLastCpuToTheConsumerAndTheOthersToProducersInTurn() {
        final TrialRequest request = of(Kind.THROUGHPUT, 4, 5, 6);

        assertThat(List.of(request.producerCpu(0), request.producerCpu(1), request.producerCpu(2))).containsExactly(4, 5, 4);
        assertThat(request.consumerCpu()).isEqualTo(6);
    }

    @Test
    void shouldPutAllOnTheOnlyCpu() {
        final TrialRequest request = of(Kind.THROUGHPUT, 7);

        assertThat(request.producerCpu(1)).isEqualTo(7);
        assertThat(request.consumerCpu()).isEqualTo(7);
    }

    @Test
    void shouldCallCpusSharedWhenMoreThreadsAreBusy() {
        assertThat(of(Kind.THROUGHPUT, 0, 1).isShared(2)).isFalse();
        assertThat(of(Kind.THROUGHPUT, 0, 1).isShared(3)).isTrue();
        assertThat(of(Kind.THROUGHPUT, 0, 0).isShared(2)).isTrue();
    }
}
