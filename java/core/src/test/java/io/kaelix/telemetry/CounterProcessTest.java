// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counters of another process, which lives, dies, finds its disk full, and has its file cut off. */
class CounterProcessTest {

    private static final int NEVER_SECONDS = 120;

    @TempDir
    private Path parent;
    private Path folder;
    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void setUp() {
        folder = parent.resolve("counters");
    }

    @AfterEach
    void endAll() {
        started.forEach(Process::destroyForcibly);
    }

    private Process start(final List<String> before, final String mode, final Path where) throws IOException {
        final List<String> command = new ArrayList<>(before);
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-Xmx128m", "-cp",
                System.getProperty("java.class.path"), CounterProbe.class.getName(), mode, where.toString()));
        final Process process = new ProcessBuilder(command).redirectError(parent.resolve("err").toFile()).start();
        started.add(process);
        return process;
    }

    private String firstLine(final BufferedReader out) throws IOException {
        final String line = out.readLine();
        assertThat(line).as("%s", Files.readString(parent.resolve("err"))).isNotNull();
        return line;
    }

    private static void tell(final Process process) throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    private List<String> entries() throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void shouldReadWhatAnotherProcessCountsWhileItDoes() throws Exception {
        final Process process = start(List.of(), "count", folder);
        final BufferedReader out = process.inputReader();
        final Path path = Path.of(firstLine(out));
        assertThat(CounterReader.list(folder)).containsExactly(path);
        try (CounterReader reader = CounterReader.open(path)) {
            long last = 0;
            LatencyHistogram before = new LatencyHistogram();
            for (int round = 0; round < 500 || last < 1_000; round++) {
                final Readings readings = reader.snapshot();
                assertThat(readings.pid()).isEqualTo(process.pid());
                assertThat(readings.name()).isEqualTo("probe");
                assertThat(readings.alive()).isTrue();
                assertThat(readings.counters()).extracting(Reading::key).containsExactly("probe.first", "probe.second");
                final long first = readings.counters().getFirst().value();
                assertThat(first).isGreaterThanOrEqualTo(last);
                last = first;
                final LatencyHistogram histogram = readings.histograms().getFirst().histogram();
                assertThat(histogram.max()).isLessThan(5_000);
                assertThat(histogram.since(before).count()).isEqualTo(histogram.count() - before.count()).isNotNegative();
                before = histogram;
            }
            tell(process);
            final String closed = out.readLine();
            assertThat(process.waitFor(NEVER_SECONDS, TimeUnit.SECONDS)).isTrue();
            final Readings end = reader.snapshot();
            assertThat(end.alive()).isFalse();
            assertThat(end.counters()).extracting(Reading::value).containsOnly(end.counters().getFirst().value());
            assertThat(closed).isEqualTo("closed after " + end.counters().getFirst().value());
            assertThat(end.histograms().getFirst().histogram().count()).isEqualTo(end.counters().getFirst().value());
        }
        assertThat(entries()).isEmpty();
    }

    @Test
    void shouldTellTheDeadAndRemoveWhatTheyLeftWithTheNextFile() throws Exception {
        final Process process = start(List.of(), "count", folder);
        final Path path = Path.of(firstLine(process.inputReader()));
        final Process other = start(List.of(), "count", folder);
        final Path survivor = Path.of(firstLine(other.inputReader()));
        // What a process leaves that dies while it creates one, and a file whose lock somebody removed.
        Files.createFile(folder.resolve(".1-1-1-x.lock.new"));
        Files.createFile(folder.resolve(".1-1-1-x.counters.new"));
        Files.createFile(folder.resolve("1-1-1-y.counters"));
        // What only looks like it.
        final List<String> others = List.of(".1-1-1-d.lock", ".lock", ".mine.lock", "1-1-1-d.counters", "mine.counters", "unrelated");
        for (final String unrelated : others) {
            if (unrelated.contains("-d.")) {
                Files.createDirectory(folder.resolve(unrelated));
            } else {
                Files.createFile(folder.resolve(unrelated));
            }
        }
        // SIGKILL: nothing of it can tidy up.
        process.destroyForcibly().waitFor();
        try (CounterReader reader = CounterReader.open(path)) {
            final Readings left = reader.snapshot();
            assertThat(left.alive()).isFalse();
            assertThat(left.counters()).hasSize(2);
            assertThat(path).exists();
            try (CounterFile file = CounterFile.create(folder, "next")) {
                assertThat(CounterReader.list(folder)).containsExactlyInAnyOrder(survivor, file.path(), folder.resolve("mine.counters"));
                assertThat(entries()).hasSize(2 + 2 + others.size()).containsAll(others)
                        .noneMatch(name -> name.contains(process.pid() + "-"));
                assertThat(reader.snapshot().alive()).isFalse();
            }
        }
        try (CounterReader reader = CounterReader.open(survivor)) {
            assertThat(reader.snapshot().alive()).isTrue();
        }
    }

    @Test
    void shouldRemoveNothingOfTheLivingWhereSeveralProcessesCreateFiles() throws Exception {
        final List<Process> processes = List.of(start(List.of(), "create", folder), start(List.of(), "create", folder));
        for (final Process process : processes) {
            final List<String> lines = process.inputReader().lines().toList();
            assertThat(process.waitFor(NEVER_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(lines).as("%s", Files.readString(parent.resolve("err"))).containsExactly("created 1000, all of them shown");
        }
        assertThat(entries()).isEmpty();
    }

    @Test
    void shouldRefuseAFullFileSystemAndShowNoMoreThanItHolds() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/unshare")), "no unshare");
        assumeTrue(new ProcessBuilder("/usr/bin/unshare", "-m", "true").start().waitFor() == 0, "this process may not unshare");
        Files.createDirectory(folder);
        final Process process = start(List.of("/usr/bin/unshare", "-m", "/bin/sh", "-c",
                "d=" + folder + "; mkdir $d/small $d/larger && mount -t tmpfs -o size=64k,mode=700 x $d/small"
                        + " && mount -t tmpfs -o size=1m,mode=700 x $d/larger || exit 77; exec \"$@\"", "sh"), "fill", folder);
        final List<String> lines = process.inputReader().lines().toList();
        assertThat(process.waitFor(NEVER_SECONDS, TimeUnit.SECONDS)).isTrue();
        assumeTrue(process.exitValue() != 77, "this process may not mount");
        assertThat(process.exitValue()).as("%s %s", lines, Files.readString(parent.resolve("err"))).isZero();
        assertThat(lines).hasSize(4);
        assertThat(lines.getFirst()).isEqualTo("refused: cannot create a counter file in " + folder.resolve("small")
                + ": No space left on device; free some space there, or name another folder");
        final int shown = Integer.parseInt(lines.get(1).substring("shown ".length()));
        assertThat(shown).isBetween(64, 4095);
        assertThat(lines.get(2)).contains("no room in the counter file").contains("No space left on device");
        assertThat(lines.get(3)).isEqualTo("read " + shown);
    }

    @Test
    void shouldOutliveThatItsFileIsCutOff() throws Exception {
        final Process process = start(List.of(), "truncated", folder);
        final BufferedReader out = process.inputReader();
        final Path path = Path.of(firstLine(out));
        try (CounterReader reader = CounterReader.open(path)) {
            assertThat(reader.snapshot().counters()).hasSize(1);
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                channel.truncate(0);
            }
            assertThat(CounterReaderTest.refusalOf(reader::snapshot)).isEqualTo(path + " was truncated while it was read");
        }
        tell(process);
        final List<String> lines = out.lines().toList();
        assertThat(process.waitFor(NEVER_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s %s", lines, Files.readString(parent.resolve("err"))).isZero();
        assertThat(lines).endsWith("close of a counter goes on", "close of a recorder goes on", "close of a slot goes on",
                "close goes on", "counter that is closed goes on", "recorder that is closed goes on", "lives")
                .contains("counter fails", "recorder fails", "slot fails");
        assertThat(entries()).isEmpty();
    }
}
