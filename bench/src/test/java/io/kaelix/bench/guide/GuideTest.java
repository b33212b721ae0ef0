// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.guide;

import static io.kaelix.bench.guide.Samples.STARTED_AT;
import static io.kaelix.bench.guide.Samples.measured;
import static io.kaelix.bench.guide.Samples.noParts;
import static io.kaelix.bench.guide.Samples.paced;
import static io.kaelix.bench.guide.Samples.throughput;
import static io.kaelix.bench.remote.Figures.MESSAGE_RATE;
import static io.kaelix.bench.remote.Figures.P50;
import static io.kaelix.bench.scheduler.Figures.QUIET_P99;
import static io.kaelix.bench.scheduler.Figures.SWITCH_NANOS;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.bench.guide.Guide.Row;
import io.kaelix.bench.jmh.MessageBuilderBenchmark;
import io.kaelix.bench.jmh.SerialisationBenchmark;
import io.kaelix.bench.rig.Results.Failure;
import io.kaelix.bench.scenario.Catalogue;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GuideTest {

    private static final Target TARGET = Target.above("throughput", 10e6, Unit.MESSAGES_PER_SECOND, measured -> measured.throughput("m"));

    private static Guide guide(final Row... rows) {
        return new Guide(STARTED_AT, Samples.ENVIRONMENT, List.of("./kaelix bench throughput"), List.of(rows),
                List.of(new Failure("b one-by-one", "round 1: it broke")));
    }

    private static Measured reaching(final double perSecond) {
        return measured(List.of(throughput("kaelix", "m", 1, perSecond, 0.5, 0)), List.of(), noParts());
    }

    private static Row row(final Guide guide, final String name) {
        return guide.rows().stream().filter(row -> row.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void shouldJudgeByTheSideOfTheLimit() {
        assertThat(TARGET.judge(reaching(11e6)).met()).isTrue();
        assertThat(TARGET.judge(reaching(10e6)).met()).isFalse();
        final Target below = Target.below("time", 900, Unit.NANOS, Measured::pacedP99OfQuiet);
        assertThat(below.judge(measured(List.of(), List.of(paced("kaelix", 1_000_000, 5000, 899)), noParts())).met()).isTrue();
        assertThat(below.judge(measured(List.of(), List.of(paced("kaelix", 1_000_000, 5000, 900)), noParts())).met()).isFalse();
    }

    @Test
    void shouldNotJudgeWhatWasNotMeasured() {
        assertThat(TARGET.judge(measured(List.of(), List.of(), noParts())))
                .isEqualTo(new Row("throughput", Target.Bound.ABOVE, 10e6, Unit.MESSAGES_PER_SECOND, null, null, null, null, null,
                        "not measured"));
    }

    @Test
    void shouldPrintMetAndMissedAndMissingFigures() {
        final Guide guide = guide(
                new Row("fast", Target.Bound.ABOVE, 10e6, Unit.MESSAGES_PER_SECOND, 12.34e6, 24e6, 9e6, "peer", true, "a note"),
                new Row("late", Target.Bound.BELOW, 10_000.0, Unit.NANOS, 12_345.0, null, null, null, false, ""),
                new Row("shown", null, null, Unit.NANOS, 90.0, 60.0, null, null, null, ""));

        assertThat(GuideTable.of(guide)).isEqualTo("""
                guide  at 2026-01-02T03:04:05Z
                a CPU, 2 CPUs used; Linux 6; a JVM; kaelix 0.1.0, isa avx2, pages of 4096 bytes on node 0

                           target  measured  floor (C)  best peer        unit     met
                fast      > 10.00     12.34      24.00       9.00  peer  M msg/s  yes  a note
                late   < 10,000.0  12,345.0          -          -        ns       NO
                shown           -      90.0       60.0          -        ns       -

                medians over the rounds, messages of 64 B where no size is named; floor and peer: of the same rounds
                """ + Targets.LEFT_OUT + """

                FAILED b one-by-one: round 1: it broke

                the same figures with all their columns:
                  ./kaelix bench throughput
                """);
    }

    @Test
    void shouldHaveTheNamesThatItsJsonIsReadBy() {
        final JsonNode json = JsonMapper.shared().readTree(guide(
                new Row("fast", Target.Bound.ABOVE, 10e6, Unit.MESSAGES_PER_SECOND, 12.5e6, null, 9e6, "peer", true, "a note")).toJson());

        assertThat(json.propertyNames()).containsExactlyInAnyOrder("startedAt", "environment", "commands", "rows", "failures");
        assertThat(json.at("/environment/cpu").asString()).isEqualTo("a CPU");
        final JsonNode row = json.at("/rows/0");
        assertThat(row.propertyNames()).containsExactlyInAnyOrder("name", "bound", "target", "unit", "measured", "floor", "peer",
                "peerName", "met", "note");
        assertThat(row.get("bound").asString()).isEqualTo("above");
        assertThat(row.get("target").asDouble()).isEqualTo(10e6);
        assertThat(row.get("unit").asString()).isEqualTo("messages/s");
        assertThat(row.get("measured").asDouble()).isEqualTo(12.5e6);
        assertThat(row.get("floor").isNull()).isTrue();
        assertThat(row.get("met").asBoolean()).isTrue();
    }

    @Test
    void shouldFindTheCostsOfPartsByBenchmarkAndLength() {
        final String building = MessageBuilderBenchmark.class.getName() + ".array";
        final String fields = SerialisationBenchmark.class.getName() + ".inPlace";
        final Parts parts = new Parts("./kaelix bench jmh", Map.of(Parts.key(building, "64"), new Parts.Cost(12, 0.001),
                Parts.key(building, "1024"), new Parts.Cost(2000, 0), Parts.key(fields, "1024"), new Parts.Cost(6000, 0.001)), null, List.of());
        final Guide guide = GuideCommand.guide(STARTED_AT, measured(List.of(), List.of(), parts));

        assertThat(row(guide, "part: message creation, 64 B")).isEqualTo(new Row("part: message creation, 64 B", Target.Bound.BELOW, 1000.0,
                Unit.NANOS, 12.0, null, null, null, true,
                "mean; builder: timestamp, 4 headers, an array, offered; 0.0010 B/op allocated, the harness's share in it"));
        assertThat(row(guide, "part: serialisation, 1 KiB").met()).isFalse();
        assertThat(row(guide, "part: delivery, 64 B").note()).isEqualTo("not measured");
        assertThat(row(guide, "pool of retained messages, hits").note()).isEqualTo("not measured");
    }

    @Test
    void shouldJudgeThePoolByHitsAndAllocationsUnderLoad() {
        final Parts parts = new Parts("./kaelix bench jmh", Map.of(), new Parts.Pool(0.9876, 1000.5, 7.5e6, 1.25e6), List.of());
        final Guide guide = GuideCommand.guide(STARTED_AT, measured(List.of(), List.of(), parts));

        assertThat(row(guide, "pool of retained messages, hits")).isEqualTo(new Row("pool of retained messages, hits", Target.Bound.ABOVE, 0.95,
                Unit.FRACTION, 0.9876, null, null, null, true, "7.50 M/s retained, 1.25 of them released by another thread"));
        assertThat(row(guide, "pool of retained messages, allocations").met()).isFalse();
        assertThat(Unit.FRACTION.print(0.9876)).isEqualTo("98.76");
    }

    @Test
    void shouldCollectFailuresAndCommandsOfAllThatWasMeasured() {
        final Measured measured = new Measured(Samples.results("throughput", List.of(), List.of(new Failure("a", "1"))),
                Samples.results("latency", List.of(), List.of(new Failure("b", "2"))),
                Samples.scheduler(List.of(), List.of(new Failure("s", "4"))),
                Samples.network(List.of(), List.of(new Failure("n", "5"))),
                new Parts("jmh", Map.of(), null, List.of(new Failure("c", "3"))));
        final Guide guide = GuideCommand.guide(STARTED_AT, measured);

        assertThat(guide.commands()).containsExactly("throughput", "latency", "scheduler", "network", "jmh");
        assertThat(guide.failures()).extracting(Failure::label).containsExactly("a", "b", "s", "n", "c");
    }

    @Test
    void shouldJudgeTheSchedulerBesideTheBestOfTheJdkAndC() {
        final Measured measured = new Measured(Samples.results("throughput", List.of(), List.of()),
                Samples.results("latency", List.of(), List.of()), Samples.scheduler(List.of(
                        Samples.tasks("kaelix", "paced", 1, QUIET_P99, 900), Samples.tasks("kaelix-watched", "paced", 1, QUIET_P99, 700),
                        Samples.tasks("thread-pool", "paced", 1, QUIET_P99, 30_000), Samples.tasks("fork-join", "paced", 1, QUIET_P99, 20_000),
                        Samples.tasks("floor", "paced", 1, QUIET_P99, 400), Samples.tasks("kaelix", "switch", 1, SWITCH_NANOS, 120),
                        Samples.tasks("fork-join", "switch", 2, SWITCH_NANOS, 5)), List.of()), Samples.network(List.of(), List.of()),
                noParts());
        final Guide guide = GuideCommand.guide(STARTED_AT, measured);

        final Row start = row(guide, "scheduling P99, one task every 20 us");
        assertThat(List.of(start.measured(), start.floor(), start.peer())).containsExactly(700.0, 400.0, 20_000.0);
        assertThat(start.peerName()).isEqualTo("fork-join");
        assertThat(start.met()).isTrue();
        final Row change = row(guide, "task switch");
        assertThat(change.met()).isFalse();
        assertThat(change.peer()).isNull();
    }

    @Test
    void shouldShowTheNetworkBesideTheBestPeerAndCWithTheSameMessages() {
        final Measured measured = new Measured(Samples.results("throughput", List.of(), List.of()),
                Samples.results("latency", List.of(), List.of()), Samples.scheduler(List.of(), List.of()), Samples.network(List.of(
                        Samples.remote("kaelix", "ping-pong", P50, 3_200), Samples.remote("netty", "ping-pong", P50, 9_000),
                        Samples.remote("aeron-udp", "ping-pong", P50, 6_000), Samples.remote("floor", "ping-pong", P50, 2_900),
                        Samples.remote("kaelix", "stream", MESSAGE_RATE, 12e6), Samples.remote("netty", "stream", MESSAGE_RATE, 1e6),
                        Samples.remote("jeromq", "stream", MESSAGE_RATE, 2e6),
                        Samples.remote("floor-messages", "stream", MESSAGE_RATE, 40e6)), List.of()), noParts());
        final Guide guide = GuideCommand.guide(STARTED_AT, measured);

        final Row latency = row(guide, "network: to another process by TCP, P50");
        assertThat(List.of(latency.measured(), latency.floor(), latency.peer(), latency.peerName()))
                .containsExactly(3_200.0, 2_900.0, 6_000.0, "aeron-udp");
        final Row rate = row(guide, "network: throughput, 64 B");
        assertThat(List.of(rate.measured(), rate.floor(), rate.peer(), rate.peerName())).containsExactly(12e6, 40e6, 2e6, "jeromq");
        assertThat(row(guide, "network: P99").measured()).isNull();
    }

    @Test
    void shouldMeasureOnlyWhatTheCatalogueHas() {
        assertThat(Catalogue.entries()).extracting(Catalogue.Entry::system).containsAll(Targets.THROUGHPUT_SYSTEMS)
                .containsAll(Targets.LATENCY_SYSTEMS);
        assertThat(Catalogue.entries()).filteredOn(entry -> entry.system().equals(Measured.KAELIX)).extracting(Catalogue.Entry::mode)
                .containsAll(Targets.THROUGHPUT_MODES);
    }

    @Test
    void shouldNameEachTargetOnce() {
        assertThat(Targets.list()).extracting(Target::name).doesNotHaveDuplicates();
    }
}
