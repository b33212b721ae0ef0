// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kaelix.KaelixException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that are no counter files, or not quite: a reading or one clear line, whatever the bytes are. */
class CounterReaderTest {

    private static final int COUNTERS = 8;
    private static final int HISTOGRAMS = 2;

    @TempDir
    private Path folder;
    private byte[] valid;

    @BeforeEach
    void setUp() throws IOException {
        try (CounterFile file = CounterFile.create(folder.resolve("valid"), "test", COUNTERS, HISTOGRAMS)) {
            for (int i = 0; i < COUNTERS; i++) {
                file.counter(Metric.ERRORS, "kind " + i).set(i);
            }
            file.recorder(Metric.HANDLER_TIME, "a").record(1_000);
            file.recorder("own", "b").record(2_000);
            valid = Files.readAllBytes(file.path());
        }
    }

    static String refusalOf(final ThrowingCallable action) {
        final KaelixException refusal = catchThrowableOfType(KaelixException.class, action);
        assertThat(refusal).isNotNull();
        assertThat(refusal.getMessage().lines()).hasSize(1);
        return refusal.getMessage();
    }

    private static void read(final Path path) {
        try (CounterReader reader = CounterReader.open(path)) {
            reader.snapshot();
        }
    }

    private Path file(final byte[] bytes) throws IOException {
        // A new one each time: some file systems wait for the disk where a file is overwritten.
        Files.deleteIfExists(folder.resolve("x.counters"));
        return Files.write(folder.resolve("x.counters"), bytes);
    }

    private Path changed(final int offset, final long word) throws IOException {
        final byte[] bytes = valid.clone();
        ByteBuffer.wrap(bytes).order(CounterDescriptor.ORDER).putLong(offset, word);
        return file(bytes);
    }

    @Test
    void shouldSayWhatIsWrongWithAFile() throws IOException {
        final Path path = file(new byte[0]);
        assertThat(refusalOf(() -> read(path))).isEqualTo(path + " is no counter file, or a truncated one: 0 bytes");
        file(Arrays.copyOf(valid, 4095));
        assertThat(refusalOf(() -> read(path))).isEqualTo(path + " is no counter file, or a truncated one: 4095 bytes");
        file(Arrays.copyOf(valid, valid.length - 1));
        assertThat(refusalOf(() -> read(path))).isEqualTo(path + " is truncated: " + (valid.length - 1) + " bytes of " + valid.length);
        file(Arrays.copyOf(valid, valid.length + 1));
        assertThat(refusalOf(() -> read(path))).isEqualTo(path + " is longer than its header says: " + (valid.length + 1)
                + " bytes instead of " + valid.length);
        changed(CounterDescriptor.MAGIC_OFFSET, 0x1234);
        assertThat(refusalOf(() -> read(path))).isEqualTo(path + " is no counter file: it begins with 0x1234");
        changed(CounterDescriptor.MAGIC_OFFSET, CounterDescriptor.MAGIC + 1);
        assertThat(refusalOf(() -> read(path)))
                .isEqualTo(path + " has version 2 of the layout, and this reads 1: read it with the version that wrote it");
        changed(CounterDescriptor.COUNTERS_OFFSET, -1);
        assertThat(refusalOf(() -> read(path)))
                .isEqualTo(path + " is damaged: room for -1 counters and -1 histograms in " + valid.length + " bytes");
        changed(CounterDescriptor.COUNTERS_OFFSET, Integer.MAX_VALUE | (long) Integer.MAX_VALUE << 32);
        assertThat(refusalOf(() -> read(path))).contains("is damaged: room for 2147483647 counters");
        changed(CounterDescriptor.LENGTH_OFFSET, Long.MAX_VALUE);
        assertThat(refusalOf(() -> read(path))).contains("is damaged: room for 8 counters and 2 histograms in 9223372036854775807 bytes");
    }

    @Test
    void shouldSayThatThereIsNoFile() {
        final Path none = folder.resolve("none.counters");
        assertThat(refusalOf(() -> CounterReader.open(none))).startsWith("cannot read " + none);
        assertThat(refusalOf(() -> CounterReader.open(folder))).isEqualTo(folder + " is no regular file");
        assertThat(refusalOf(() -> CounterReader.open(Path.of("/dev/zero")))).isEqualTo("/dev/zero is no regular file");
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldNotWaitForAPipeInPlaceOfALock() throws Exception {
        final Path path = file(valid);
        final Path pipe = path.resolveSibling('.' + path.getFileName().toString().replace(".counters", ".lock"));
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "a system with pipes");
        try (CounterReader reader = CounterReader.open(path)) {
            assertThat(reader.snapshot().alive()).isFalse();
        }
    }

    @Test
    void shouldSayThatItIsClosed() throws IOException {
        final CounterReader reader = CounterReader.open(file(valid));
        reader.close();
        reader.close();
        assertThat(refusalOf(reader::snapshot)).startsWith("cannot read " + reader.path());
    }

    @Test
    void shouldLeaveOutRecordsThatMakeNoSense() throws IOException {
        final int first = (int) CounterDescriptor.counterRecords();
        for (final int[] change : new int[][] {{CounterDescriptor.WORD_OFFSET, 0}, {CounterDescriptor.WORD_OFFSET, 1},
            {CounterDescriptor.WORD_OFFSET, 2}, {CounterDescriptor.WORD_OFFSET, -1}, {CounterDescriptor.ID_OFFSET, 77},
            {CounterDescriptor.KIND_OFFSET, 0x01010109}, {CounterDescriptor.KIND_OFFSET, 0x01010103},
            {CounterDescriptor.KIND_OFFSET, 0x0101FF01}, {CounterDescriptor.KIND_OFFSET, 0x01FF0101},
            {CounterDescriptor.OWNER_LENGTH_OFFSET, 257}, {CounterDescriptor.OWNER_LENGTH_OFFSET, 0xFFFF}}) {
            final byte[] bytes = valid.clone();
            ByteBuffer.wrap(bytes).order(CounterDescriptor.ORDER).putInt(first + change[0], change[1]);
            try (CounterReader reader = CounterReader.open(file(bytes))) {
                assertThat(reader.snapshot().counters()).as("%x at %d", change[1], change[0]).hasSize(COUNTERS - 1)
                        .extracting(Reading::owner).doesNotContain("kind 0").contains("kind 7");
            }
        }
    }

    @Test
    void shouldReadOrRefuseWhateverTheBytesAre() throws IOException {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        int readings = 0;
        int refusals = 0;
        for (int round = 0; round < 5_000; round++) {
            byte[] bytes = valid.clone();
            final int kind = random.nextInt(10);
            if (kind == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(2 * bytes.length));
            } else if (kind == 1) {
                random.nextBytes(bytes);
                ByteBuffer.wrap(bytes).put(valid, 0, random.nextInt(2) * 256);
            } else {
                // Where something stands, as often as not.
                for (int i = random.nextInt(20); i >= 0; i--) {
                    final int at = random.nextInt(random.nextBoolean() ? 600 : bytes.length - Long.BYTES);
                    final int where = random.nextBoolean() ? at : (int) CounterDescriptor.counterRecords() + at % 600;
                    ByteBuffer.wrap(bytes).putLong(where, random.nextBoolean() ? random.nextLong() : -random.nextInt(3));
                }
            }
            final Path path = file(bytes);
            try (CounterReader reader = CounterReader.open(path)) {
                final Readings seen = reader.snapshot();
                assertThat(seen.counters().size()).isLessThanOrEqualTo(COUNTERS);
                for (final HistogramReading reading : seen.histograms()) {
                    final LatencyHistogram histogram = reading.histogram();
                    assertThat(histogram.count()).isNotNegative();
                    assertThat(histogram.percentile(50)).isBetween(0L, histogram.max());
                    if (round % 50 == 0) {
                        assertThat(HistogramText.of(histogram)).contains("Total count");
                    }
                    assertThat(histogram.since(new LatencyHistogram()).count()).isEqualTo(histogram.count());
                }
                readings++;
            } catch (final KaelixException e) {
                assertThat(e.getMessage()).as("seed %d", seed).startsWith(path.toString());
                refusals++;
            } catch (final RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", round " + round, e);
            }
        }
        assertThat(readings).as("seed %d", seed).isGreaterThan(500);
        assertThat(refusals).as("seed %d", seed).isGreaterThan(500);
    }
}
