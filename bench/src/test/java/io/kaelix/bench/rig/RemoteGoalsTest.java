// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.bench.remote.Exchange;
import io.kaelix.bench.remote.Figures;
import io.kaelix.bench.rig.RemoteResult.Row;
import io.kaelix.bench.rig.Results.Environment;
import io.kaelix.bench.rig.Results.Failure;
import io.kaelix.bench.rig.SchedulerResult.Goal;
import io.kaelix.bench.rig.SchedulerResult.Spread;
import io.kaelix.bench.scheduler.Figure;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RemoteGoalsTest {

    private static Row row(final Exchange mode, final String system, final Figure figure, final Double... rounds) {
        return new Row(mode.label(), system, "1", mode.payload(), Map.of(figure.name(), Spread.of(Arrays.asList(rounds))), "defaults");
    }

    private static Goal goal(final String key, final Row... rows) {
        return find(RemoteGoals.ofNetwork(List.of(rows)), key);
    }

    private static Goal find(final List<Goal> goals, final String key) {
        return goals.stream().filter(goal -> goal.key().equals(key)).findFirst().orElse(null);
    }

    @Test
    void shouldCompareWithTheFloorRoundByRound() {
        final Row floor = row(Exchange.PING_PONG, "floor", Figures.P50, 2_000.0, 4_000.0, 3_000.0);

        assertThat(goal("pingPongP50OfFloor", row(Exchange.PING_PONG, "kaelix", Figures.P50, 2_300.0, 4_600.0, 9_000.0), floor))
                .isEqualTo(new Goal("pingPongP50OfFloor", "to and fro, p50, of C in the same mode", 1.15, true, 1.15, "x", "floor", true));
        assertThat(goal("pingPongP50OfFloor", row(Exchange.PING_PONG, "kaelix", Figures.P50, 2_320.0, 4_640.0, 3_000.0), floor).met())
                .isFalse();
    }

    @Test
    void shouldTakeThePeerThatIsBest() {
        final Goal toAndFro = goal("pingPongOfPeer", row(Exchange.PING_PONG, "kaelix", Figures.P50, 3_000.0),
                row(Exchange.PING_PONG, "netty", Figures.P50, 6_000.0), row(Exchange.PING_PONG, "jeromq", Figures.P50, 30_000.0),
                row(Exchange.PING_PONG, "floor", Figures.P50, 1.0));
        final Goal rate = goal("streamOfPeer", row(Exchange.STREAM, "kaelix", Figures.MESSAGE_RATE, 9e6),
                row(Exchange.STREAM, "netty", Figures.MESSAGE_RATE, 1e6), row(Exchange.STREAM, "aeron-udp", Figures.MESSAGE_RATE, 4e6),
                row(Exchange.STREAM, "floor-messages", Figures.MESSAGE_RATE, 5e7));

        assertThat(List.of(toAndFro.measured(), toAndFro.peer(), toAndFro.met())).containsExactly(2.0, "netty", true);
        assertThat(List.of(rate.measured(), rate.peer(), rate.met())).containsExactly(2.25, "aeron-udp", false);
    }

    @Test
    void shouldAskForTenMillionOrMostOfTheRawBandwidthWhicheverIsLess() {
        final Row own = row(Exchange.STREAM, "kaelix", Figures.MESSAGE_RATE, 8e6);

        assertThat(goal("streamRate", own).limit()).isEqualTo(10e6);
        assertThat(goal("streamRate", own).met()).isFalse();
        assertThat(goal("streamRate", own, row(Exchange.STREAM, "floor", Figures.BYTES_PER_SECOND, 4e9)).met()).isFalse();
        assertThat(goal("streamRate", own, row(Exchange.STREAM, "floor", Figures.BYTES_PER_SECOND, 0.6e9)).limit())
                .isEqualTo(0.85 * 0.6e9 / 64);
        assertThat(goal("streamRate", own, row(Exchange.STREAM, "floor", Figures.BYTES_PER_SECOND, 0.6e9)).met()).isTrue();
    }

    @Test
    void shouldNotForgiveAConnectionThatWasLostOnce() {
        assertThat(goal("lostConnections", row(Exchange.CONNECT, "kaelix", Figures.LOST, 0.0, 1.0, 0.0)).met()).isFalse();
        assertThat(goal("lostConnections", row(Exchange.CONNECT, "kaelix", Figures.LOST, 0.0, 0.0, 0.0)).met()).isTrue();
    }

    @Test
    void shouldJudgeCopiesByWhatWasNotCopied() {
        assertThat(goal("uncopied", row(Exchange.COPIES, "kaelix", Figures.UNCOPIED, 0.995)).met()).isTrue();
        assertThat(goal("uncopied", row(Exchange.COPIES, "kaelix", Figures.UNCOPIED, 0.98)).met()).isFalse();
    }

    @Test
    void shouldJudgeProcessesBesideTheSameWithinOne() {
        final Goal goal = find(RemoteGoals.ofIpc(List.of(row(Exchange.PING_PONG, "kaelix-shared", Figures.P50, 120.0, 250.0),
                row(Exchange.PING_PONG, "kaelix-in-process", Figures.P50, 100.0, 200.0),
                row(Exchange.PING_PONG, "aeron-ipc", Figures.P50, 90.0, 90.0))), "pingPongOfInProcess");

        assertThat(goal.measured()).isEqualTo(1.225);
        assertThat(goal.peer()).isEqualTo("kaelix-in-process");
        assertThat(goal.met()).isFalse();
    }

    @Test
    void shouldJudgeABridgeByWhatItAddsToBareAeronRoundByRound() {
        final List<Row> rows = List.of(row(Exchange.TO_AND_FRO, "kaelix-bridge", Figures.P50, 3_000.0, 5_000.0, 9_000.0),
                row(Exchange.TO_AND_FRO, "aeron", Figures.P50, 2_000.0, 3_500.0, 2_000.0));

        assertThat(find(RemoteGoals.ofBridge(rows), "addedP50")).isEqualTo(new Goal("addedP50",
                "to and fro, one way, p50: more than bare Aeron", 1.5, true, 2.0, "us", "aeron", true));
    }

    @Test
    void shouldJudgeABridgeBesideAeronThatIsPackedTheSameWay() {
        final List<Row> rows = List.of(row(Exchange.SHORT, "kaelix-bridge", Figures.MESSAGE_RATE, 8e6),
                row(Exchange.SHORT, "aeron", Figures.MESSAGE_RATE, 4e6), row(Exchange.SHORT, "aeron-packed", Figures.MESSAGE_RATE, 10e6));

        assertThat(find(RemoteGoals.ofBridge(rows), "shortOfPacked").measured()).isEqualTo(0.8);
        assertThat(find(RemoteGoals.ofBridge(rows), "shortOfPacked").met()).isFalse();
        assertThat(find(RemoteGoals.ofBridge(rows), "shortOfBare").measured()).isEqualTo(2.0);
    }

    @Test
    void shouldNotForgiveARoundInWhichMessagesTookHeap() {
        assertThat(find(RemoteGoals.ofBridge(List.of(row(Exchange.SHORT, "kaelix-bridge", Figures.CLIENT_HEAP, 0.001, 24.0, 0.0))),
                "shortHeap").met()).isFalse();
        assertThat(find(RemoteGoals.ofBridge(List.of(row(Exchange.LONG, "kaelix-bridge", Figures.SERVER_HEAP, 0.2, 0.1))),
                "longServerHeap").met()).isTrue();
    }

    @Test
    void shouldJudgeNothingThatWasNotMeasured() {
        assertThat(RemoteGoals.ofNetwork(List.of(row(Exchange.STREAM, "netty", Figures.MESSAGE_RATE, 1.0)))).isEmpty();
        assertThat(RemoteGoals.ofBridge(List.of(row(Exchange.SHORT, "aeron", Figures.MESSAGE_RATE, 1.0)))).isEmpty();
        assertThat(RemoteGoals.ofIpc(List.of(row(Exchange.PING_PONG, "aeron-ipc", Figures.P50, 1.0)))).isEmpty();
    }

    private static RemoteResult result() {
        final List<Row> rows = List.of(row(Exchange.PING_PONG, "kaelix", Figures.P50, 3_000.0, 3_200.0),
                row(Exchange.PING_PONG, "floor", Figures.P50, 2_900.0, 3_000.0),
                row(Exchange.STREAM, "kaelix", Figures.MESSAGE_RATE, 12e6, 14e6));
        return new RemoteResult("./kaelix bench network", "2026-01-02T03:04:05Z",
                new Environment("a CPU", 2, "Linux 6", "a JVM", "avx2", 4096, 0, "0.1.0"), List.of(0, 1), 2, RemoteGoals.ofNetwork(rows), rows,
                List.of(new Failure("netty stream remote 64 B", "round 1: it broke")));
    }

    @Test
    void shouldPrintATablePerModeThenTheGoalsTheSettingsAndWhatFailed() {
        assertThat(RemoteText.of(result())).startsWith("./kaelix bench network  at 2026-01-02T03:04:05Z\na CPU; Linux 6; a JVM; CPUs [0, 1]")
                .contains("""
                        ping-pong, 64 B     p50 us  p99  p99.9  max         rounds
                        kaelix           1    3.10    -      -    -  [3.00 - 3.20]
                        floor            1    2.95    -      -    -  [2.90 - 3.00]
                        """)
                .contains("stream, 64 B     M msg/s  MB/s             rounds\n")
                .contains("to and fro, p50, of C in the same mode       1.051  x       <= 1.150  yes   floor\n")
                .contains("64-byte messages a second               13,000,000     >= 10,000,000  yes\n")
                .contains("\nkaelix: defaults\nfloor: defaults\n")
                .endsWith("FAILED netty stream remote 64 B: round 1: it broke\n");
    }

    @Test
    void shouldHaveTheNamesThatItsJsonIsReadBy() {
        final JsonNode json = JsonMapper.shared().readTree(ResultsJson.of(result()));

        assertThat(json.propertyNames()).containsExactlyInAnyOrder("command", "startedAt", "environment", "cpus", "rounds", "goals", "rows",
                "failures");
        assertThat(json.at("/rows/0/figures/oneWayP50Nanos/median").asDouble()).isEqualTo(3_100);
        assertThat(json.at("/rows/2/figures/messagesPerSecond/rounds/1").asDouble()).isEqualTo(14e6);
        assertThat(json.at("/rows/0/payload").asInt()).isEqualTo(64);
        assertThat(json.at("/goals/0/key").asString()).isEqualTo("pingPongP50OfFloor");
        assertThat(json.at("/goals/0/met").asBoolean()).isTrue();
        assertThat(JsonMapper.shared().readValue(ResultsJson.of(result()), RemoteResult.class)).isEqualTo(result());
    }
}
