// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.bench.Bench;
import io.kaelix.bench.rig.Results;
import io.kaelix.bench.rig.Results.Failure;
import io.kaelix.bench.rig.Results.Throughput;
import io.kaelix.bench.rig.SchedulerResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchProcessTest {

    private static final String FLOORS = "kaelix.bench.floors";

    @Test
    @Timeout(300)
    void shouldSayWhichCommandHadNoResults() {
        assertThatThrownBy(() -> BenchProcess.run(Throughput.class, List.of("throughput", "--systems", "kafka")))
                .isInstanceOf(IOException.class)
                .hasMessage("bench throughput ended with status 2 and no results; its reason stands above");
    }

    @Test
    @Timeout(300)
    void shouldRefuseWhatIsNoResults() {
        assertThatThrownBy(() -> BenchProcess.run(Throughput.class, List.of("throughput", "--help")))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("bench throughput printed no results that can be read: ");
    }

    @Test
    @Timeout(300)
    void shouldGoOnWithoutWhatCameToNothing() throws InterruptedException {
        final Results<Throughput> results = GuideCommand.run(Throughput.class, List.of("throughput", "--systems", "kafka"));

        assertThat(results.rows()).isEmpty();
        assertThat(results.command()).isEqualTo("./kaelix bench throughput --systems kafka");
        assertThat(results.failures()).containsExactly(
                new Failure("throughput", "bench throughput ended with status 2 and no results; its reason stands above"));
    }

    @Test
    @Timeout(300)
    void shouldGoOnWithoutAScheduler() throws InterruptedException {
        final SchedulerResult result = GuideCommand.runScheduler(List.of("scheduler", "--modes", "fast"));

        assertThat(result.rows()).isEmpty();
        assertThat(result.command()).isEqualTo("./kaelix bench scheduler --modes fast");
        assertThat(result.failures()).containsExactly(
                new Failure("scheduler", "bench scheduler ended with status 2 and no results; its reason stands above"));
    }

    /** What C does for a moment of each mode, not for a second. */
    private static Path briefFloors(final Path directory) throws IOException {
        final Path floors = Path.of("../native/target/cmake/bench/floors/kaelix-floors").toAbsolutePath();
        final Path brief = Files.writeString(directory.resolve("floors"), """
                #!/bin/sh
                mode=$1
                [ "$2" = --seconds ] || exit 2
                shift 3
                exec '%s' "$mode" --seconds 0.05 "$@"
                """.formatted(floors));
        return Files.setPosixFilePermissions(brief, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    @Timeout(300)
    void shouldReadWhatTheSchedulerPrints(@TempDir final Path directory) throws IOException, InterruptedException {
        final SchedulerResult result;
        System.setProperty(FLOORS, briefFloors(directory).toString());
        try {
            result = BenchProcess.runScheduler(
                    List.of("scheduler", "--modes", "switch", "--rounds", "1", "--seconds", "0.05", "--warmup", "0.05", "--json"));
        } finally {
            System.clearProperty(FLOORS);
        }

        assertThat(result.failures()).isEmpty();
        assertThat(result.floors()).containsKeys("handoffOneWayNanos", "tcpBulkBytesPerSecond");
        assertThat(result.rows()).filteredOn(row -> row.system().equals("kaelix")).singleElement()
                .satisfies(row -> assertThat(row.figures().get("nanosPerTask").median()).isPositive());
        assertThat(result.goals()).extracting(SchedulerResult.Goal::key).contains("switchNanos", "switchOfJdk", "bytesPerTask");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "guide --rounds 0           | --rounds is a number from",
        "guide --seconds 0.01       | --seconds is a number from",
        "guide --seconds NaN        | --seconds is a number from",
        "guide --report /dev/null/x | --report: no directory /dev/null/x and none can be made",
        "guide --payload 64         | Unknown option"})
    void shouldRefuseWrongUsageInOneLine(final String line, final String said) {
        final StringWriter err = new StringWriter();
        final CommandLine command = Bench.commandLine().setErr(new PrintWriter(err));

        assertThat(command.execute(line.strip().split(" +"))).isEqualTo(2);
        assertThat(err.toString().lines()).singleElement().asString().startsWith("kaelix: ").contains(said);
    }
}
