// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kaelix.KaelixException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a writer puts into a counter file, a reader of the same process finds there. */
class CounterFileTest {

    @TempDir
    private Path parent;
    private Path folder;
    private final CounterLog log = new CounterLog();

    @BeforeEach
    void setUp() {
        folder = parent.resolve("counters");
    }

    private static Readings read(final CounterFile file) {
        try (CounterReader reader = CounterReader.open(file.path())) {
            return reader.snapshot();
        }
    }

    private static Reading only(final Readings readings) {
        assertThat(readings.counters()).hasSize(1);
        return readings.counters().getFirst();
    }

    private List<String> names() throws Exception {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void shouldShowWhatWasCounted() {
        try (CounterFile file = CounterFile.create(folder, "orders at dawn")) {
            final Counter bytes = file.counter(Metric.LANE_BYTES, "prices");
            final Counter own = file.counter("orders.open", Metric.Kind.GAUGE, "orders", "desk 7 \u00e4\u20ac");
            bytes.add(4_000);
            bytes.increment();
            own.set(-3);
            assertThat(bytes.get()).isEqualTo(4_001);
            assertThat(bytes).hasToString("lane.bytes of prices: 4001");

            final Readings readings = read(file);
            assertThat(readings.pid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(readings.name()).isEqualTo("orders at dawn");
            assertThat(readings.started()).isEqualTo(ProcessHandle.current().info().startInstant().orElseThrow());
            assertThat(readings.alive()).isTrue();
            assertThat(readings.histograms()).isEmpty();
            assertThat(readings.counters()).containsExactly(
                    new Reading(bytes.id(), "lane.bytes", Metric.Kind.COUNTER, "bytes", "prices", 4_001),
                    new Reading(own.id(), "orders.open", Metric.Kind.GAUGE, "orders", "desk 7 \u00e4\u20ac", -3));
            assertThat(readings.counters().getFirst().metric()).contains(Metric.LANE_BYTES);
            assertThat(readings.counters().getLast().metric()).isEmpty();
        }
    }

    @Test
    void shouldShowHistogramsThatAreCopiedAndSuchThatAreRecordedThere() {
        try (CounterFile file = CounterFile.create(folder, "test")) {
            final LatencyHistogram kept = new LatencyHistogram();
            final HistogramSlot slot = file.histogram(Metric.SCHEDULER_START_DELAY, "HIGH");
            final LatencyRecorder recorder = file.recorder("orders.pricing", "desk 7");
            for (int i = 0; i < 10_000; i++) {
                kept.record(i * 31L);
                recorder.record(i * 31L);
            }
            for (final long odd : new long[] {-1, Long.MIN_VALUE, 1L << 42, Long.MAX_VALUE}) {
                kept.record(odd);
                recorder.record(odd);
            }
            slot.publish(kept);
            final List<HistogramReading> readings = read(file).histograms();
            assertThat(readings).extracting(HistogramReading::key).containsExactly("scheduler.start_delay", "orders.pricing");
            assertThat(readings).extracting(HistogramReading::owner).containsExactly("HIGH", "desk 7");
            assertThat(readings).extracting(HistogramReading::id).containsExactly(slot.id(), recorder.id());
            for (final LatencyHistogram read : List.of(readings.getFirst().histogram(), readings.getLast().histogram(),
                    recorder.snapshot(), slot.snapshot())) {
                assertThat(HistogramText.of(read)).isEqualTo(HistogramText.of(kept));
                assertThat(read.beyond()).isEqualTo(2);
            }
        }
    }

    @Test
    void shouldTellIntervalsOfWhatIsRecordedMeanwhile() {
        try (CounterFile file = CounterFile.create(folder, "test"); CounterReader reader = CounterReader.open(file.path())) {
            final LatencyRecorder recorder = file.recorder(Metric.HANDLER_TIME, "desk 7");
            recorder.record(1_000_000);
            final LatencyHistogram before = reader.snapshot().histograms().getFirst().histogram();
            recorder.record(50);
            recorder.record(60);
            final LatencyHistogram interval = reader.snapshot().histograms().getFirst().histogram().since(before);
            assertThat(interval.count()).isEqualTo(2);
            assertThat(interval.percentile(100)).isEqualTo(60);
            assertThat(interval.mean()).isEqualTo(55);
        }
    }

    @Test
    void shouldGiveAPlaceToTheNextOneUnderAnotherId() {
        try (CounterFile file = CounterFile.create(folder, "test", 1, 1); CounterReader reader = CounterReader.open(file.path())) {
            final Set<Long> ids = new HashSet<>();
            for (int round = 0; round < 100; round++) {
                final Counter counter = file.counter(Metric.ERRORS, "round " + round);
                final LatencyRecorder recorder = file.recorder("times", "round " + round);
                assertThat(reader.snapshot().histograms().getFirst().histogram().count()).isZero();
                assertThat(only(reader.snapshot()).value()).isZero();
                counter.set(round);
                recorder.record(round);
                assertThat(only(reader.snapshot()))
                        .isEqualTo(new Reading(counter.id(), "errors", Metric.Kind.COUNTER, "errors", "round " + round, round));
                assertThat(ids.add(counter.id())).isTrue();
                assertThat(ids.add(recorder.id())).isTrue();
                counter.close();
                recorder.close();
                counter.close();
                recorder.close();
                assertThat(reader.snapshot().counters()).isEmpty();
                assertThat(reader.snapshot().histograms()).isEmpty();
                assertThat(counter.isShown()).isFalse();
                counter.increment();
                recorder.record(5);
                assertThat(counter.get()).isEqualTo(round + 1);
                assertThat(recorder.snapshot().count()).isEqualTo(2);
            }
        }
    }

    @Test
    void shouldCountWhatItCannotShowAndSayItOnce() {
        try (CounterFile file = CounterFile.create(folder, "test", 2, 1, log)) {
            final List<Counter> counters = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                counters.add(file.counter(Metric.ERRORS, "kind " + i));
                counters.getLast().increment();
            }
            final LatencyRecorder shown = file.recorder(Metric.HANDLER_TIME, "a");
            final LatencyRecorder hidden = file.recorder(Metric.HANDLER_TIME, "b");
            hidden.record(7);
            assertThat(counters).extracting(Counter::get).containsOnly(1L);
            assertThat(counters).extracting(Counter::isShown).containsExactly(true, true, false, false, false);
            assertThat(counters.get(4).id()).isZero();
            assertThat(shown.isShown()).isTrue();
            assertThat(hidden.isShown()).isFalse();
            assertThat(hidden.snapshot().count()).isOne();
            assertThat(read(file).counters()).hasSize(2);
            assertThat(log.lines).containsExactly("WARNING no room in the counter file " + file.path() + " for errors of kind 2: all"
                    + " counters are in use; it counts and is not shown, as all that come after it and find no room");
            counters.get(3).close();
            counters.get(0).close();
            assertThat(file.counter(Metric.ERRORS, "next").isShown()).isTrue();
        }
    }

    @Test
    void shouldHaveRoomForAsManyAsItSays() {
        try (CounterFile file = CounterFile.create(folder, "test", CounterFile.COUNTERS, CounterFile.HISTOGRAMS, log)) {
            for (int i = 0; i < CounterFile.COUNTERS; i++) {
                file.counter(Metric.ERRORS, "kind " + i).set(i);
            }
            for (int i = 0; i < CounterFile.HISTOGRAMS; i++) {
                file.recorder(Metric.HANDLER_TIME, "handler " + i).record(i);
            }
            assertThat(log.lines).isEmpty();
            final Readings readings = read(file);
            assertThat(readings.counters()).hasSize(CounterFile.COUNTERS)
                    .allMatch(reading -> reading.owner().equals("kind " + reading.value()));
            assertThat(readings.histograms()).hasSize(CounterFile.HISTOGRAMS)
                    .allMatch(reading -> reading.owner().equals("handler " + reading.histogram().max()));
            assertThat(file.counter(Metric.ERRORS, "one more").isShown()).isFalse();
            assertThat(log.lines).hasSize(1);
        }
    }

    @Test
    void shouldKeepWholeCharactersOfLongTexts() {
        try (CounterFile file = CounterFile.create(folder, "\u20ac".repeat(100))) {
            file.counter(Metric.ERRORS, "\u20ac".repeat(100));
            final Readings readings = read(file);
            assertThat(readings.name()).isEqualTo("\u20ac".repeat(42));
            assertThat(only(readings).owner()).isEqualTo("\u20ac".repeat(85));
        }
    }

    @Test
    void shouldKeepTheNumbersOfLongNames() {
        try (CounterFile file = CounterFile.create(folder, "test")) {
            for (final String name : List.of("x".repeat(255), "\u20ac".repeat(255), "\ud83d\ude00".repeat(200), "a#".repeat(300))) {
                file.counter(Metric.LANE_BYTES, name + "#7");
                file.counter(Metric.LANE_BYTES, name + "#12");
            }
            final List<String> owners = read(file).counters().stream().map(Reading::owner).toList();
            assertThat(owners).hasSize(8).doesNotHaveDuplicates().allSatisfy(owner -> assertThat(owner).matches("[^?\ufffd]*#(7|12)")
                    .satisfies(text -> assertThat(text.getBytes(StandardCharsets.UTF_8).length).isBetween(252, 256)));
        }
    }

    @Test
    void shouldShowNoTextThatSteersATerminal() {
        try (CounterFile file = CounterFile.create(folder, "a\u001b[2Jb")) {
            file.counter(Metric.ERRORS, "x\ny\u202ez\u009b");
            assertThat(read(file).name()).isEqualTo("a?[2Jb");
            assertThat(only(read(file)).owner()).isEqualTo("x?y?z?");
        }
    }

    @Test
    void shouldGoOnCountingAfterTheEnd() throws Exception {
        final CounterFile file = CounterFile.create(folder, "test");
        final Counter counter = file.counter(Metric.ERRORS, "a");
        final HistogramSlot slot = file.histogram(Metric.HANDLER_TIME, "a");
        final LatencyRecorder recorder = file.recorder(Metric.HANDLER_TIME, "b");
        counter.increment();
        try (CounterReader reader = CounterReader.open(file.path())) {
            assertThat(reader.snapshot().alive()).isTrue();
            file.close();
            file.close();
            assertThat(reader.snapshot().alive()).isFalse();
            assertThat(only(reader.snapshot()).value()).isOne();
        }
        assertThat(names()).isEmpty();
        counter.increment();
        recorder.record(3);
        final LatencyHistogram histogram = new LatencyHistogram();
        histogram.record(4);
        slot.publish(histogram);
        assertThat(counter.get()).isEqualTo(2);
        assertThat(counter.isShown()).isFalse();
        assertThat(recorder.snapshot().max()).isEqualTo(3);
        assertThat(slot.snapshot().max()).isEqualTo(4);
        final Counter late = file.counter(Metric.ERRORS, "late");
        late.increment();
        assertThat(late.get()).isOne();
        assertThat(late.isShown()).isFalse();
        counter.close();
        slot.close();
        recorder.close();
        assertThat(counter.get()).isEqualTo(2);
    }

    @Test
    void shouldCountInMemoryThatIsThereWhateverElseIsGone() throws Exception {
        final CounterFile file = CounterFile.create(folder, "test");
        final Counter counter = file.counter(Metric.ERRORS, "a");
        final LatencyRecorder recorder = file.recorder(Metric.HANDLER_TIME, "b");
        final AtomicBoolean closed = new AtomicBoolean();
        final Thread writer = Thread.ofPlatform().start(() -> {
            while (!closed.get()) {
                counter.increment();
                recorder.record(1);
            }
        });
        for (int i = 0; i < 1_000; i++) {
            file.counter(Metric.ERRORS, "other " + i).close();
        }
        recorder.close();
        file.close();
        for (int i = 0; i < 5; i++) {
            System.gc();
            Thread.sleep(10);
        }
        counter.close();
        final long then = counter.get();
        assertThat(then).isPositive();
        closed.set(true);
        writer.join();
        assertThat(counter.get()).isGreaterThanOrEqualTo(then);
        assertThat(recorder.snapshot().count()).isPositive();
    }

    @Test
    void shouldTakeNoNameOfAProcessThatHasTheSameIdInAnotherNamespace() throws Exception {
        final Path file;
        try (CounterFile probe = CounterFile.create(folder, "test")) {
            file = probe.path();
        }
        final String[] parts = file.getFileName().toString().split("-");
        final int number = Integer.parseInt(parts[2]);
        final List<Path> others = List.of(
                folder.resolve("." + parts[0] + '-' + parts[1] + '-' + (number + 1) + "-test.lock"),
                folder.resolve(parts[0] + '-' + parts[1] + '-' + (number + 2) + "-test.counters"));
        for (final Path other : others) {
            Files.writeString(other, "theirs");
        }
        try (CounterFile own = CounterFile.create(folder, "test")) {
            own.counter(Metric.ERRORS, "a").increment();
            assertThat(only(read(own)).value()).isOne();
        }
        for (final Path other : others) {
            assertThat(Files.readString(other)).isEqualTo("theirs");
        }
        assertThat(names()).hasSize(others.size());
    }

    @Test
    void shouldLetGoOfItsLockWhenTheFileCannotBeRemoved() throws Exception {
        final CounterFile file = CounterFile.create(folder, "test");
        final Path lock = folder.resolve('.' + file.path().getFileName().toString().replace(".counters", ".lock"));
        Files.delete(file.path());
        Files.createDirectories(file.path().resolve("in the way"));
        assertThatThrownBy(file::close).isInstanceOf(KaelixException.class).hasMessageContaining("cannot remove the counter file");
        file.close();
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
            assertThat(channel.tryLock()).as("nobody has it").isNotNull();
        }
    }

    @Test
    void shouldShowNothingWhereCountersAreSwitchedOff() {
        final CounterFile file = CounterFile.hidden();
        final Counter counter = file.counter(Metric.ERRORS, "a");
        counter.increment();
        final LatencyRecorder recorder = file.recorder(Metric.HANDLER_TIME, "b");
        recorder.record(3);
        assertThat(counter.get()).isOne();
        assertThat(counter.isShown()).isFalse();
        assertThat(recorder.snapshot().count()).isOne();
        assertThat(file.path()).isNull();
        assertThat(file.isOpen()).isFalse();
        counter.close();
        recorder.close();
        file.close();
    }

    @Test
    void shouldRefuseNamesThatNobodyCouldShow() {
        try (CounterFile file = CounterFile.hidden()) {
            for (final String name : new String[] {"", "7a", "a b", "a\u00e4", "a".repeat(73), "a\n"}) {
                assertThatThrownBy(() -> file.counter(name, Metric.Kind.COUNTER, "", "x")).isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("not \"" + name + '"');
            }
            assertThatThrownBy(() -> file.counter("lane.bytes", Metric.Kind.COUNTER, "bytes", "x"))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("Metric.LANE_BYTES");
            assertThatThrownBy(() -> file.counter("a", Metric.Kind.COUNTER, "\u20ac".repeat(9), "x"))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("24 bytes");
            assertThatThrownBy(() -> file.counter("a", Metric.Kind.HISTOGRAM, "ns", "x")).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("recorder");
            assertThatThrownBy(() -> file.counter(Metric.HANDLER_TIME, "x")).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("recorder");
            assertThatThrownBy(() -> file.recorder(Metric.LANE_BYTES, "x")).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("counter");
            assertThatThrownBy(() -> file.counter(Metric.LANE_BYTES, null)).isInstanceOf(NullPointerException.class);
            assertThat(file.counter("a".repeat(72), Metric.Kind.COUNTER, "\u20ac".repeat(8), "").key()).hasSize(72);
        }
        for (final int[] sizes : new int[][] {{0, 1}, {1, 0}, {65_537, 1}, {1, 4_097}}) {
            assertThatThrownBy(() -> CounterFile.create(folder, "x", sizes[0], sizes[1])).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldServeAnInterruptedThread() {
        Thread.currentThread().interrupt();
        try (CounterFile file = CounterFile.create(folder, "test"); CounterReader reader = CounterReader.open(file.path())) {
            for (int i = 0; i < 200; i++) {
                file.counter(Metric.ERRORS, "kind " + i).increment();
            }
            assertThat(reader.snapshot().counters()).hasSize(200);
            assertThat(reader.snapshot().alive()).isTrue();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void shouldKeepSeveralFilesOfOneProcess() throws Exception {
        try (CounterFile first = CounterFile.create(folder, "a/b"); CounterFile second = CounterFile.create(folder, "a/b")) {
            assertThat(first.path()).isNotEqualTo(second.path());
            assertThat(CounterReader.list(folder)).containsExactlyInAnyOrder(first.path(), second.path());
            assertThat(first.path().getFileName().toString()).startsWith(ProcessHandle.current().pid() + "-").endsWith("-a_b.counters");
            assertThat(read(first).alive()).isTrue();
            assertThat(names()).hasSize(4);
            for (final String name : names()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name)))).isEqualTo("rw-------");
            }
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder))).isEqualTo("rwx------");
        }
        assertThat(names()).isEmpty();
        assertThat(CounterReader.list(folder)).isEmpty();
        assertThat(CounterReader.list(folder.resolve("none"))).isEmpty();
    }

    @Test
    void shouldRefuseAFolderThatOthersCouldWriteTo() throws Exception {
        Files.createDirectory(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));
        assertThatThrownBy(() -> CounterFile.create(folder, "test")).isInstanceOf(KaelixException.class)
                .hasMessageContaining(folder + " has the mode rwxr-x---").hasMessageContaining("chmod 700 " + folder);
        final Path link = Files.createSymbolicLink(parent.resolve("link"), Files.createDirectory(parent.resolve("target")));
        Files.setPosixFilePermissions(parent.resolve("target"), PosixFilePermissions.fromString("rwx------"));
        assertThatThrownBy(() -> CounterFile.create(link, "test")).isInstanceOf(KaelixException.class)
                .hasMessageContaining(link + " is a link or a file");
        final Path file = Files.createFile(parent.resolve("file"));
        assertThatThrownBy(() -> CounterFile.create(file, "test")).isInstanceOf(KaelixException.class)
                .hasMessageContaining(file + " is a link or a file");
        final Path orphan = parent.resolve("none").resolve("folder");
        assertThatThrownBy(() -> CounterFile.create(orphan, "test")).isInstanceOf(KaelixException.class)
                .hasMessageContaining("cannot create a counter file in " + orphan);
        assertThat(names()).isEmpty();
    }

    @Test
    void shouldRefuseAFolderOfAnotherUser() throws Exception {
        Files.createDirectory(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        final int user = (int) Files.getAttribute(folder, "unix:uid");
        assumeTrue(user == 0, "only root can give a folder away");
        Files.setAttribute(folder, "unix:uid", 12_345);
        assertThatThrownBy(() -> CounterFile.create(folder, "test")).isInstanceOf(KaelixException.class)
                .hasMessageContaining(folder + " belongs to user 12345, not to this process's user 0");
        assertThat(names()).isEmpty();
    }

    @Test
    void shouldNameAFolderOfThisUserAlone() {
        final Path directory = CounterFile.defaultDirectory();
        assertThat(directory.getFileName()).hasToString("kaelix-" + System.getProperty("user.name"));
        assertThat(directory.getParent()).isIn(Path.of("/dev/shm"), Path.of(System.getProperty("java.io.tmpdir")));
    }
}
