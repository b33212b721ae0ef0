// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.bench.remote.Exchange;
import io.kaelix.bench.remote.Figures;
import io.kaelix.bench.remote.Outcome;
import io.kaelix.bench.remote.Subject;
import io.kaelix.bench.rig.RemoteResult.Row;
import io.kaelix.bench.rig.Results.Failure;
import io.kaelix.bench.rig.SchedulerResult.Spread;
import io.kaelix.bench.scheduler.Figure;
import io.kaelix.platform.Platforms;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RemoteRunTest {

    private static final int CONNECTIONS = 20;

    @TempDir
    private Path directory;

    private static Rig rig(final Floors floors) {
        final List<Integer> cpus = Platforms.current().affinity().stream().boxed().toList();
        return new Rig(List.of(cpus.get(0), cpus.get(cpus.size() - 1)), 1, 0.05, 0.02, new Children(), floors, System.err);
    }

    private static RemoteRun run(final boolean isAlone) {
        return new RemoteRun(rig(null), isAlone, 1 << 20, CONNECTIONS);
    }

    /**
     * The library in each mode; each peer to and fro. With {@code -Dkaelix.long=true} peers, too, where long messages take another path with
     * these, and where one has a mode of its own.
     */
    static Stream<Arguments> all() {
        final List<Arguments> all = new ArrayList<>();
        for (final Subject subject : Subject.values()) {
            for (final Exchange mode : Exchange.values()) {
                if (subject.has(mode) && (subject.isOwn() || mode == Exchange.PING_PONG || mode == Exchange.TO_AND_FRO
                        || subject == Subject.AERON_PACKED || Boolean.getBoolean("kaelix.long")
                        && (mode == Exchange.BULK || mode == Exchange.LONG || mode == Exchange.BATCH_64 || subject == Subject.NETTY_PACKED))) {
                    all.add(Arguments.of(mode, subject));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    @Timeout(240)
    void shouldFindTheFiguresOfTheModeBetweenTwoProcesses(final Exchange mode, final Subject subject) throws Exception {
        final Outcome found = run(false).systems(mode, List.of(subject)).getFirst().trial().run(1);

        assertThat(found.figures()).containsOnlyKeys(mode.figures().stream().filter(figure -> figure != Figures.ANSWER_P50)
                .map(Figure::name).toArray(String[]::new));
        assertThat(found.figures().values()).allSatisfy(value -> assertThat(value).isFinite().isNotNegative());
        assertThat(found.figures().get(mode.figures().getFirst().name())).isPositive();
        assertThat(found.figures().getOrDefault(Figures.LOST.name(), 0.0)).isZero();
        assertThat(found.figures().getOrDefault(Figures.UNCOPIED.name(), 1.0)).isBetween(0.0, 1.0);
        assertThat(found.settings()).isNotBlank();
    }

    @Test
    void shouldLeavePeersOutWhereTheyAreNotWanted() {
        assertThat(run(true).systems(Exchange.STREAM, Subject.NETWORK)).extracting(Probe::system).containsExactly("kaelix");
        assertThat(run(false).systems(Exchange.STREAM, Subject.NETWORK)).extracting(Probe::system)
                .contains("kaelix", "aeron-udp", "netty", "netty-packed", "jeromq");
        assertThat(run(true).systems(Exchange.SHORT, Subject.BRIDGE)).extracting(Probe::system).containsExactly("kaelix-bridge");
        assertThat(run(false).systems(Exchange.SHORT, Subject.BRIDGE)).extracting(Probe::system)
                .containsExactly("kaelix-bridge", "aeron", "aeron-packed");
        assertThat(run(false).systems(Exchange.CONNECT, Subject.NETWORK)).extracting(Probe::system).containsExactly("kaelix");
    }

    private TcpFloors floors(final String script) throws Exception {
        final Path program = Files.writeString(directory.resolve("floors"), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return new TcpFloors(new Floors(program, new Children(), List.of(3, 5)), 0.5, 0.25);
    }

    @Test
    void shouldAskTheFloorForTheSame() throws Exception {
        final TcpFloors floors = floors("""
                case "$*" in
                    "tcp-ping-pong --seconds 0.5 --warmup 0.25 --cpus 3,5 --payload 64")
                        echo '{"p50":1,"p99":2,"p999":3,"max":4,"checksumOk":true}' ;;
                    "tcp-bulk --seconds 0.5 --warmup 0.25 --cpus 3,5") echo '{"bytesPerSecond":5,"checksumOk":true}' ;;
                    "tcp-stream --seconds 0.5 --warmup 0.25 --cpus 3,5 --payload 65536") echo '{"perSecond":6,"bytesPerSecond":7}' ;;
                    "tcp-connect --seconds 0.5 --warmup 0.25 --cpus 3,5 --connections 9")
                        echo '{"connected":{"p50":8,"p99":9},"answered":{"p50":10},"togetherNanos":11,"checksumOk":true}' ;;
                    *) echo "kaelix-floors: $*" >&2; exit 2 ;;
                esac
                """);

        assertThat(floors.pingPong(64)).isEqualTo(Map.of("oneWayP50Nanos", 1.0, "oneWayP99Nanos", 2.0, "oneWayP999Nanos", 3.0,
                "oneWayMaxNanos", 4.0));
        assertThat(floors.bulk()).isEqualTo(Map.of("bytesPerSecond", 5.0));
        assertThat(floors.stream(1 << 16)).isEqualTo(Map.of("messagesPerSecond", 6.0, "bytesPerSecond", 7.0));
        assertThat(floors.connect(9)).isEqualTo(Map.of("connectP50Nanos", 8.0, "connectP99Nanos", 9.0, "firstAnswerP50Nanos", 10.0,
                "allConnectedNanos", 11.0, "lostConnections", 0.0));
    }

    @Test
    void shouldSayWhichFigureTheFloorDoesNotGive() throws Exception {
        final TcpFloors floors = floors("echo '{\"mode\":\"tcp-bulk\"}'");

        assertThatThrownBy(floors::bulk).isInstanceOf(TrialFailure.class).hasMessage("mode tcp-bulk gives no figure /bytesPerSecond");
    }

    @Test
    void shouldHaveEachRoundOfEachFigureAndWhatFailed() {
        final List<Failure> failures = new ArrayList<>();
        final Probe<Outcome> good = RemoteRun.beside("kaelix", Exchange.STREAM, "1", "defaults", Map::of);
        final Probe<Outcome> bad = RemoteRun.beside("netty", Exchange.STREAM, "1", "defaults", Map::of);
        final List<Row> rows = RemoteRun.toRows(List.of(new Rounds.Series<>(good, List.of(outcome(3), outcome(1), outcome(2)), null),
                new Rounds.Series<>(bad, List.of(), "round 1: it broke")), failures);

        assertThat(rows).containsExactly(new Row("stream", "kaelix", "1", 64,
                Map.of("messagesPerSecond", new Spread(2, 1, 3, List.of(3.0, 1.0, 2.0))), "defaults"));
        assertThat(failures).containsExactly(new Failure("netty stream remote 64 B", "round 1: it broke"));
    }

    private static Outcome outcome(final double perSecond) {
        return new Outcome(Map.of(Figures.MESSAGE_RATE.name(), perSecond), "defaults");
    }
}
