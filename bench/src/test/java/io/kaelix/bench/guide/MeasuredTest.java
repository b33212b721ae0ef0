// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.guide;

import static io.kaelix.bench.guide.Samples.measured;
import static io.kaelix.bench.guide.Samples.noParts;
import static io.kaelix.bench.guide.Samples.paced;
import static io.kaelix.bench.guide.Samples.pingPong;
import static io.kaelix.bench.guide.Samples.throughput;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.bench.rig.Results;
import io.kaelix.bench.rig.Results.Latency;
import io.kaelix.bench.rig.Results.Throughput;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeasuredTest {

    private static Measured ofThroughput(final Throughput... rows) {
        return measured(List.of(rows), List.of(), noParts());
    }

    private static Measured ofLatency(final Latency... rows) {
        return measured(List.of(), List.of(rows), noParts());
    }

    @Test
    void shouldCompareWithTheFastestPeerOfTheSameMode() {
        final Figures found = ofThroughput(throughput("kaelix", "one-by-one", 1, 12e6, 0.5, 0),
                throughput("slow", "one-by-one", 1, 1e6, 0, 0), throughput("fast", "one-by-one", 1, 9e6, 0, 0),
                throughput("fast", "batch-64", 1, 90e6, 0, 0),
                throughput("floor", "one-by-one", 1, 24e6, 1, 0)).throughput("one-by-one");

        assertThat(found).isEqualTo(new Figures(12e6, 24e6, 9e6, "fast", "rounds 11.00 to 13.00"));
    }

    @Test
    void shouldHaveNoFloorAndNoPeerWhereNoneWasMeasured() {
        final Figures found = ofThroughput(throughput("kaelix", "batch-10", 1, 12e6, 0, 0)).throughput("batch-10");

        assertThat(found).isEqualTo(new Figures(12e6, null, null, null, "rounds 11.00 to 13.00"));
    }

    @Test
    void shouldSayWhereThreadsShareCpus() {
        final Figures found = ofThroughput(throughput("kaelix", "publishers-4", 4, 12e6, 0, 0)).throughput("publishers-4");

        assertThat(found.note()).isEqualTo("rounds 11.00 to 13.00; 5 threads share 2 CPUs");
    }

    @Test
    void shouldTakeTheFasterOfTheFloorsThatReleaseAsManyAtOnce() {
        final Throughput plain = throughput("floor", "one-by-one", 1, 20e6, 1, 0);
        final Throughput fetching = throughput("floor", "one-by-one-prefetch", 1, 30e6, 1, 0);
        final Throughput batches = throughput("floor", "batch-10", 1, 90e6, 1, 0);
        final Throughput fetchingBatches = throughput("floor", "batch-10-prefetch", 1, 80e6, 1, 0);
        final Measured measured = ofThroughput(throughput("kaelix", "one-by-one", 1, 12e6, 0, 0),
                throughput("kaelix", "batch-10", 1, 12e6, 0, 0), throughput("kaelix", "batch-100", 1, 12e6, 0, 0),
                throughput("floor", "batch-1000", 1, 99e6, 1, 0), plain, fetching, batches, fetchingBatches);

        assertThat(measured.throughput("one-by-one")).isEqualTo(new Figures(12e6, 30e6, null, null,
                "rounds 11.00 to 13.00; floor is one-by-one-prefetch, 1 producer"));
        assertThat(measured.throughput("batch-10").floor()).isEqualTo(90e6);
        assertThat(measured.throughput("batch-100").floor()).isNull();
    }

    @Test
    void shouldTakeQuietMessagesFromAllSystemsThatHaveThem() {
        final Measured measured = ofLatency(paced("kaelix", 1_000_000, 50_000, 900), paced("peer", 1_000_000, 40_000, 1200),
                paced("other", 1_000_000, 30_000, 0), paced("floor", 1_000_000, 20_000, 700));

        assertThat(measured.pacedP99OfQuiet()).isEqualTo(new Figures(900.0, 700.0, 1200.0, "peer",
                "judged: the 93.1% of messages that overlap no gap of the machine, nor its shadow"));
        assertThat(measured.pacedP99OfAll()).isEqualTo(new Figures(50_000.0, 20_000.0, 30_000.0, "other",
                "not judged: the gaps of the machine are in it"));
    }

    @Test
    void shouldNotTakeAnotherRateForThatOfTheTarget() {
        assertThat(ofLatency(paced("kaelix", 10_000, 50_000, 900)).pacedP99OfQuiet()).isEqualTo(Figures.NONE);
    }

    @Test
    void shouldHaveTheEnvironmentOfTheCommandThatCameToResults() {
        final Measured measured = new Measured(new Results<>("throughput", null, null, Map.of(), List.of(), List.of()),
                Samples.results("latency", List.of(paced("kaelix", 1_000_000, 5, 5)), List.of()), Samples.scheduler(List.of(), List.of()),
                Samples.network(List.of(), List.of()), noParts());

        assertThat(measured.environment()).isEqualTo(Samples.ENVIRONMENT);
    }

    @Test
    void shouldTakeTheQueueFromPingPong() {
        final Figures found = ofLatency(pingPong("kaelix", 90), pingPong("peer", 120), pingPong("floor", 60),
                paced("kaelix", 1_000_000, 5, 5)).pingPongP50();

        assertThat(found).isEqualTo(new Figures(90.0, 60.0, 120.0, "peer", "p50 between two cores, half of a round trip"));
    }

    @Test
    void shouldTakeTheMostThatIsAllocatedAnywhereOnThePath() {
        final Measured measured = measured(
                List.of(throughput("kaelix", "one-by-one", 1, 1e7, 1, 0), throughput("kaelix", "batch-64", 1, 1e7, 1, 0.5),
                        throughput("kaelix", "publishers-4", 4, 1e7, 1, 9), throughput("peer", "one-by-one", 1, 1e7, 1, 0.25),
                        throughput("floor", "one-by-one", 1, 1e7, 1, 0)),
                List.of(paced("kaelix", 1_000_000, 5, 5), paced("floor", 1_000_000, 5, 5)), noParts());

        assertThat(measured.allocation(List.of("one-by-one", "batch-64"))).isEqualTo(new Figures(0.5, null, 0.25, "peer",
                "the most of one-by-one, batch-64 and paced, all threads"));
    }
}
