// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.bench.scenario.Catalogue.Entry;
import io.kaelix.bench.trial.FaultyScenario.Fault;
import io.kaelix.bench.trial.TrialRequest.Kind;
import io.kaelix.platform.Platforms;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TrialTest {

    private static final double SECONDS = 0.2;

    private static TrialRequest request(final Kind kind) {
        final List<Integer> usable = Platforms.current().affinity().stream().limit(2).boxed().toList();
        return new TrialRequest(kind, "faulty", "one-by-one", 64, SECONDS, 0, usable, kind == Kind.PACED ? 10_000 : 0);
    }

    private static Entry entry(final Fault fault, final int publishers) {
        return new Entry("faulty", "one-by-one", publishers, 1, "1", List.of(), () -> new FaultyScenario(fault));
    }

    private static Record run(final Kind kind, final Fault fault) throws Exception {
        return Trial.run(entry(fault, 1), request(kind));
    }

    @Test
    void shouldMeasureThroughputOfAnIntactSystem() throws Exception {
        final ThroughputOutcome outcome = (ThroughputOutcome) run(Kind.THROUGHPUT, Fault.NONE);

        assertThat(outcome.perSecond()).isPositive();
        assertThat(outcome.lostFraction()).isZero();
        assertThat(outcome.settings()).isEqualTo("faulty on purpose: NONE");
    }

    @Test
    void shouldCountWhatSeveralPublishersSend() throws Exception {
        assertThat(((ThroughputOutcome) Trial.run(entry(Fault.NONE, 3), request(Kind.THROUGHPUT))).perSecond()).isPositive();
    }

    @Test
    void shouldRecordEveryRoundTripAfterTheWarmUp() throws Exception {
        final LatencyOutcome outcome = (LatencyOutcome) run(Kind.PING_PONG, Fault.NONE);
        final long recorded = EncodedHistogram.decode(outcome.all()).getTotalCount();

        // The last round trip may be cut short; it is checked, and not recorded.
        assertThat(outcome.sent() / 2 - recorded).isBetween(0L, 1L);
        assertThat(recorded).isPositive();
        assertThat(outcome.quiet()).isNull();
    }

    @Test
    void shouldRecordEveryMessageOfAPacedTrial() throws Exception {
        final LatencyOutcome outcome = (LatencyOutcome) run(Kind.PACED, Fault.NONE);

        assertThat(outcome.sent()).isEqualTo(2000);
        assertThat(EncodedHistogram.decode(outcome.all()).getTotalCount()).isEqualTo(2000);
        assertThat(EncodedHistogram.decode(outcome.quiet()).getTotalCount()).isLessThanOrEqualTo(2000);
    }

    @Test
    void shouldLeaveTheWarmUpOutOfAPacedTrial() throws Exception {
        final TrialRequest all = request(Kind.PACED);
        final TrialRequest half = new TrialRequest(Kind.PACED, all.system(), all.mode(), 64, 0.1, 0.1, all.cpus(), all.rate());
        final LatencyOutcome outcome = (LatencyOutcome) Trial.run(entry(Fault.NONE, 1), half);

        assertThat(outcome.sent()).isEqualTo(2000);
        assertThat(EncodedHistogram.decode(outcome.all()).getTotalCount()).isEqualTo(1000);
    }

    @ParameterizedTest
    @CsvSource({
        "DROPS, 1 are missing",
        "DUPLICATES, 1 too many",
        "CORRUPTS, came with other words than were sent",
        "REPLACES, 'not the same: some came twice, others never'",
        "THROWS, broken on purpose"})
    void shouldFailThroughputOfABrokenSystem(final Fault fault, final String reason) {
        assertThatThrownBy(() -> run(Kind.THROUGHPUT, fault)).isInstanceOf(TrialException.class).hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource({
        "DROPS, message 0 did not come back",
        "CORRUPTS, came with other words than were sent",
        "REPLACES, 'message 0 was sent to and fro, message -1 came back'",
        "THROWS, broken on purpose",
        "SENDS_TWO, a send took 2 messages"})
    void shouldFailPingPongOfABrokenSystem(final Fault fault, final String reason) {
        assertThatThrownBy(() -> run(Kind.PING_PONG, fault)).isInstanceOf(TrialException.class).hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource({
        "DROPS, 1999 messages came and 0 were lost",
        "DUPLICATES, came twice or were never sent",
        "CORRUPTS, came with other words than were sent",
        "REPLACES, came twice or were never sent",
        "THROWS, broken on purpose",
        "SENDS_TWO, a send took 2 messages"})
    void shouldFailAPacedTrialOfABrokenSystem(final Fault fault, final String reason) {
        assertThatThrownBy(() -> run(Kind.PACED, fault)).isInstanceOf(TrialException.class).hasMessageContaining(reason);
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = {"PING_PONG", "PACED"})
    void shouldRefuseLatencyBetweenMoreThanTwoThreads(final Kind kind) {
        assertThatThrownBy(() -> Trial.run(entry(Fault.NONE, 2), request(kind)))
                .hasMessageContaining("between one publisher and one subscriber");
    }
}
