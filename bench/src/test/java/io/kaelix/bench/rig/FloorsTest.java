// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.kaelix.bench.rig.Results.Percentiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a script that answers as the C program does. */
class FloorsTest {

    private static final String ONCE = """
            case $1 in
                handoff) echo '{"mode":"handoff","oneWayNanos":51.5,"p50Nanos":50}' ;;
                gaps) echo '{"threads":[{"fraction":0.01,"largestNanos":7},{"fraction":0.02,"largestNanos":8}],"stealFraction":0}' ;;
                memcpy) echo '{"mode":"memcpy","bytesPerSecond":11,"inCacheBytesPerSecond":12}' ;;
                tcp-ping-pong) echo '{"mode":"tcp-ping-pong","p50":5000,"p99":9000}' ;;
                tcp-bulk) echo '{"mode":"tcp-bulk","bytesPerSecond":13}' ;;
            esac
            """;

    @TempDir
    private Path directory;

    private Floors floors(final String script) throws Exception {
        final Path program = Files.writeString(directory.resolve("floors"), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return new Floors(program, new Children(), List.of(3, 5, 7));
    }

    @Test
    void shouldNameFiguresByQuantityAndUnit() throws Exception {
        assertThat(floors(ONCE).once())
                .containsEntry("handoffOneWayNanos", 51.5)
                .containsEntry("gapsSecondCpuLargestNanos", 8L)
                .containsEntry("tcpBulkBytesPerSecond", 13L)
                .hasSize(12);
    }

    @Test
    void shouldSayWhichFigureIsNotThere() throws Exception {
        assertThatThrownBy(() -> floors("echo '{\"mode\":\"any\"}'").once()).isInstanceOf(TrialFailure.class)
                .hasMessageContaining("gives no figure /oneWayNanos");
    }

    @Test
    void shouldAskForTheRingOfTheModesBatch() throws Exception {
        final Floors floors = floors("""
                case "$*" in
                    "ring --payload 64 --seconds 0.5 --warmup 0.25 --cpus 3,5 --batch 100 --prefetch 0") figure=123.5 ;;
                    "ring --payload 64 --seconds 0.5 --warmup 0.25 --cpus 3,5 --batch 100 --prefetch 1024") figure=234.5 ;;
                    *) echo "kaelix-floors: $*" >&2; exit 2 ;;
                esac
                echo '{"mode":"ring","perSecond":'$figure',"checksumOk":true}'
                """);

        assertThat(floors.ring("batch-100", 64, 0.5, 0.25).trial().run(1).perSecond()).isEqualTo(123.5);
        assertThat(floors.prefetchingRing("batch-100", 64, 0.5, 0.25).trial().run(1).perSecond()).isEqualTo(234.5);
        assertThatThrownBy(() -> floors.ring("one-by-one", 64, 0.5, 0.25).trial().run(1))
                .hasMessageEndingWith("--cpus 3,5 --batch 1 --prefetch 0").hasMessageStartingWith("ring --payload");
    }

    @Test
    void shouldFailWhenTheRingMovedOtherWords() throws Exception {
        final Floors floors = floors("echo '{\"mode\":\"ring\",\"perSecond\":1,\"checksumOk\":false}'");

        assertThatThrownBy(() -> floors.ring("one-by-one", 64, 1, 1).trial().run(1)).hasMessageContaining("other words");
    }

    @Test
    void shouldReadPercentilesAndTheHistogramOfARound() throws Exception {
        final Floors floors = floors("""
                for last; do :; done
                printf 'Value Percentile TotalCount 1/(1-Percentile)\\n\\n0.100 0.5 5 2.0\\n0.300 1.0 10\\n#[x]\\n' >"$last"
                figures='"p50":1,"p90":2,"p99":3,"p999":4,"p9999":5,"max":6'
                echo "{\\"mode\\":\\"paced\\",\\"all\\":{$figures},\\"quiet\\":{$figures},\\"quietFraction\\":0.75}"
                """);
        final LatencySample sample = floors.paced(64, 1, 1, 1000, new HistogramFiles(directory)).trial().run(2);

        assertThat(sample.all()).isEqualTo(new Percentiles(1, 2, 3, 4, 5, 6));
        assertThat(sample.quiet()).isEqualTo(sample.all());
        assertThat(sample.quietFraction()).isEqualTo(0.75);
        assertThat(sample.histogram().getTotalCount()).isEqualTo(10);
        assertThat(sample.histogram().getMaxValue()).isEqualTo(300);
        assertThat(directory.resolve("paced-floor-one-by-one-64-round-2.hgrm")).exists();
    }

    @Test
    void shouldHaveTheTasksOfAWorkerInCUnderTheNamesOfAPacedTrial() throws Exception {
        final Floors floors = floors("""
                case "$*" in
                    "handoff --seconds 0.5 --cpus 3,5") echo '{"p50Nanos":62.5}' ;;
                    "tasks --rate 50000 --seconds 0.5 --warmup 0.25 --cpus 3,5")
                        echo '{"call":{"p50":1,"p99":2,"p999":3,"max":4},"intended":{"p50":5,"p99":6},"intendedQuiet":null,
                                "callQuiet":null,"quietFraction":0,"checksumOk":true}' | tr -d '\\n' ;;
                    *) echo "kaelix-floors: $*" >&2; exit 2 ;;
                esac
                """);

        assertThat(floors.tasks(50_000, 0.5, 0.25)).containsOnly(entry("callP50Nanos", 1.0), entry("callP99Nanos", 2.0),
                entry("callP999Nanos", 3.0), entry("callMaxNanos", 4.0), entry("intendedP50Nanos", 5.0), entry("intendedP99Nanos", 6.0),
                entry("quietFraction", 0.0));
        assertThat(floors.handOff(0.5)).isEqualTo(62.5);
    }

    @Test
    void shouldSayHowToGetThemWhenTheProgramIsNotThere() {
        assertThat(new Floors(directory.resolve("none"), null, List.of(0)).missing()).contains("none cannot be run; build it with");
    }

    @Test
    void shouldCompareModesWithTheRingOfTheSameBatch() {
        assertThat(Floors.modeFor("batch-10")).isEqualTo("batch-10");
        assertThat(Floors.modeFor("batch-10-prefetch")).isEqualTo("batch-10");
        assertThat(Floors.modeFor("publishers-4")).isEqualTo("one-by-one");
    }
}
