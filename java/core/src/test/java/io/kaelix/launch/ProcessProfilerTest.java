// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Over files as a kernel writes them. */
class ProcessProfilerTest {

    private static final int[] ONE_NODE = {0};
    private static final int[] TWO_NODES = {0, 2};
    private static final double AVAILABLE = 1.5;

    @TempDir
    private Path proc;
    private long now = 1_000;
    private ProcessProfiler profiler;

    @BeforeEach
    void writeFiles() throws IOException {
        stat("java", 100, 20);
        worker(71, 5_000_000_000L);
        worker(72, 0);
        write("self/status", "Name:\tjava\nVmPeak:\t 999 kB\n"
                + "VmRSS:\t    2048 kB\nVmSwap:\t  16 kB\nHugetlbPages:\t  4096 kB\nThreads:\t9\n");
        io(1_000, 500, 4_096, 8_192);
        profiler = new ProcessProfiler(proc, AVAILABLE, ONE_NODE, () -> now);
        profiler.follow(new long[] {71, 72});
    }

    @AfterEach
    void close() {
        profiler.close();
    }

    private void write(final String name, final String text) throws IOException {
        final Path file = proc.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void stat(final String name, final long userTicks, final long systemTicks) throws IOException {
        write("self/stat", "4711 (" + name + ") S 1 4711 4711 0 -1 4194304 99 0 7 0 " + userTicks + ' ' + systemTicks
                + " 3000 4000 20 0 31 0 2257570 3133440 380 18446744073709551615 1 2\n");
    }

    private void worker(final int thread, final long nanos) throws IOException {
        write("self/task/" + thread + "/schedstat", nanos + " 3899844 17\n");
    }

    private void io(final long read, final long written, final long deviceRead, final long deviceWritten) throws IOException {
        write("self/io", "rchar: " + read + "\nwchar: " + written + "\nsyscr: 10\nsyscw: 3\nread_bytes: " + deviceRead + "\nwrite_bytes: "
                + deviceWritten + "\ncancelled_write_bytes: 77\n");
    }

    private void pass(final Duration time) {
        now += time.toNanos();
    }

    @Test
    void shouldTellCpuTimeOfProcessAndWorkersBetweenTwoLooks() throws IOException {
        profiler.select(true, false, false);
        pass(Duration.ofSeconds(2));
        stat("java", 150, 70);
        worker(71, 6_500_000_000L);

        final ProcessProfile profile = profiler.look();

        final ProcessProfile.Cpu cpu = profile.cpu().orElseThrow();
        assertThat(cpu.nanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(2_200));
        assertThat(cpu.used()).isEqualTo(0.5);
        assertThat(cpu.utilization()).isEqualTo(0.5 / AVAILABLE);
        assertThat(cpu.workers()).containsExactly(new ProcessProfile.WorkerCpu(0, 6_500_000_000L, 0.75),
                new ProcessProfile.WorkerCpu(1, 0, 0));
        assertThat(profile.period()).isEqualTo(Duration.ofSeconds(2));
        assertThat(profile.absences()).isEmpty();
        assertThat(profile.memory()).isEmpty();
        assertThat(profile.io()).isEmpty();
    }

    @Test
    void shouldReadTheTimesOfAProcessWhoseNameLooksLikeFields() throws IOException {
        profiler.select(true, false, false);
        pass(Duration.ofSeconds(1));
        stat("a) S 1 (2) 3", 130, 20);

        assertThat(profiler.look().cpu().orElseThrow().used()).isCloseTo(0.3, within(1e-9));
    }

    @Test
    void shouldLeaveOutWhatCannotBeReadAndSayWhy() throws IOException {
        Files.delete(proc.resolve("self/task/72/schedstat"));
        write("self/stat", "4711 (java) S 1 4711\n");
        write("self/status", "Name:\tjava\n");
        write("self/io", "rchar: no number\n");
        profiler.select(true, true, true);
        pass(Duration.ofSeconds(1));

        final ProcessProfile profile = profiler.look();

        assertThat(profile.cpu()).isEmpty();
        assertThat(profile.memory()).isEmpty();
        assertThat(profile.io()).isEmpty();
        assertThat(profile.absences()).hasSize(3).anyMatch(line -> line.contains("stat is not as it is known here"))
                .anyMatch(line -> line.contains("has no VmRSS:")).anyMatch(line -> line.contains("has no number"));
    }

    @Test
    void shouldLeaveOutAWorkerWhoseThreadIsNotKnownOrGone() throws IOException {
        profiler.follow(new long[] {71, -1, 72});
        profiler.select(true, false, false);
        Files.delete(proc.resolve("self/task/72/schedstat"));
        profiler.follow(new long[] {71, -1, 99});
        pass(Duration.ofSeconds(1));

        final ProcessProfile profile = profiler.look();

        assertThat(profile.cpu().orElseThrow().workers()).extracting(ProcessProfile.WorkerCpu::number).containsExactly(0);
        assertThat(profile.absences()).hasSize(2)
                .anyMatch(line -> line.startsWith("CPU time of worker 1: its thread's number is not known"))
                .anyMatch(line -> line.startsWith("CPU time of worker 2: ") && line.contains("schedstat"));
    }

    @Test
    void shouldTellMemoryWithHugePages() {
        profiler.select(false, true, false);

        final ProcessProfile profile = profiler.look();

        assertThat(profile.memory()).contains(new ProcessProfile.Memory(6 << 20, 4 << 20, 16 << 10,
                java.util.List.of(new ProcessProfile.NodeBytes(0, 6 << 20))));
        assertThat(profile.absences()).isEmpty();
    }

    @Test
    void shouldTellMemoryOnAKernelWithoutHugePages() throws IOException {
        write("self/status", "VmRSS:\t    2048 kB\nVmSwap:\t  0 kB\n");
        profiler.select(false, true, false);

        assertThat(profiler.look().memory().orElseThrow().residentBytes()).isEqualTo(2 << 20);
    }

    @Test
    void shouldTellWhichNodesTheMemoryLiesOnByThePagesOfEachSize() throws IOException {
        final String files = java.util.stream.IntStream.range(0, 300).mapToObj(i -> String.format("%x default file=/lib/N%d\\0402\\075x "
                + "mapped=2 N0=1 N2=1 kernelpagesize_kB=4", 0x1000 + i, i)).collect(Collectors.joining("\n"));
        write("self/numa_maps", files + "\n7f00 bind:2 file=/anon_hugepage\\040(deleted) huge anon=3 dirty=3 N2=3 kernelpagesize_kB=2048\n"
                + "7f01 default stack\n7f02 default heap anon=2 dirty=2 active=0 N2=2 kernelpagesize_kB=4");
        profiler = new ProcessProfiler(proc, AVAILABLE, TWO_NODES, () -> now);
        profiler.select(false, true, false);

        assertThat(profiler.look().memory().orElseThrow().nodes()).containsExactly(new ProcessProfile.NodeBytes(0, 300 * 4096L),
                new ProcessProfile.NodeBytes(2, 302 * 4096L + 3 * (2L << 20)));
    }

    @Test
    void shouldTellMemoryWithoutNodesWhereTheKernelDoesNotTellThem() {
        profiler = new ProcessProfiler(proc, AVAILABLE, TWO_NODES, () -> now);
        profiler.select(false, true, false);

        final ProcessProfile profile = profiler.look();

        assertThat(profile.memory().orElseThrow().residentBytes()).isEqualTo(6 << 20);
        assertThat(profile.memory().orElseThrow().nodes()).isEmpty();
        assertThat(profile.absences()).singleElement().asString().startsWith("memory on each node: ").contains("numa_maps");
    }

    @Test
    void shouldTellRatesOfReadsAndWrites() throws IOException {
        profiler.select(false, false, true);
        pass(Duration.ofMillis(500));
        io(3_000, 600, 5_000, 9_000);

        assertThat(profiler.look().io()).contains(new ProcessProfile.Io(3_000, 600, 5_000, 9_000, 4_000, 200));
    }

    @Test
    void shouldMeasureRatesAnewFromWhereAPartIsSwitchedOnAgain() throws IOException {
        profiler.select(false, false, true);
        profiler.look();
        profiler.select(false, false, false);
        pass(Duration.ofSeconds(100));
        io(1_000_000, 500, 0, 0);
        profiler.select(false, false, true);
        pass(Duration.ofSeconds(1));
        io(1_000_100, 500, 0, 0);

        assertThat(profiler.look().io().orElseThrow().readRate()).isEqualTo(100);
    }

    @Test
    void shouldLookAtNothingThatIsOff() throws IOException {
        try (var all = Files.walk(proc)) {
            for (final Path file : all.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
        assertThat(profiler.isOn()).isFalse();

        final ProcessProfile profile = profiler.look();

        assertThat(profile.absences()).isEmpty();
        assertThat(profile.cpu()).isEmpty();
    }

    @Test
    void shouldForgetTheLastLookWhenAllIsSwitchedOff() {
        profiler.select(false, true, false);
        profiler.look();
        assertThat(profiler.profile()).isPresent();

        profiler.select(false, false, false);

        assertThat(profiler.profile()).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldTellAllOfThisProcess() throws IOException {
        try (ProcessProfiler own = ProcessProfiler.ofThisProcess()) {
            own.follow(new long[] {numberOfThisThread()});
            own.select(true, true, true);
            final long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }

            final ProcessProfile profile = own.look();

            assertThat(profile.absences()).isEmpty();
            assertThat(profile.cpu().orElseThrow().workers().getFirst().utilization()).isPositive();
            assertThat(profile.cpu().orElseThrow().available()).isPositive();
            assertThat(profile.memory().orElseThrow().residentBytes()).isGreaterThan(10 << 20);
            assertThat(profile.io().orElseThrow().readBytes()).isPositive();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldHoldNoFileOpenWhenClosed() throws IOException {
        final ProcessProfiler own = ProcessProfiler.ofThisProcess();
        own.follow(new long[] {numberOfThisThread()});
        own.select(true, true, true);
        own.look();
        assertThat(openFiles()).isPositive();

        own.close();

        assertThat(openFiles()).isZero();
    }

    private static long numberOfThisThread() throws IOException {
        return Long.parseLong(Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString());
    }

    /** That a profiler reads. */
    private static long openFiles() throws IOException {
        try (var links = Files.list(Path.of("/proc/self/fd"))) {
            return links.map(ProcessProfilerTest::target)
                    .filter(name -> name.matches("/proc/\\d+/(stat|status|io|numa_maps|task/.*/schedstat)"))
                    .count();
        }
    }

    private static String target(final Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (final IOException closedMeanwhile) {
            return "";
        }
    }
}
