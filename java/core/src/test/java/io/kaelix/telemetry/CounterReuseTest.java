// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counters that come and go in few places while somebody reads: nobody is taken for the one before. */
class CounterReuseTest {

    private static final int WRITERS = 3;
    private static final int SNAPSHOTS = 3_000;
    private static final int LONG_OWNER = 200;
    private static final long NUMBER_FACTOR = 1_000_003;

    @TempDir
    private Path folder;

    /** What a counter of this owner stands at, unless it stands at zero. */
    private static long valueOf(final String owner) {
        return Long.parseLong(owner.substring(0, owner.indexOf(' '))) * NUMBER_FACTOR;
    }

    /** Of different lengths, all of it made of the number. */
    private static String owner(final long number) {
        final String text = number + " ";
        return text.repeat((int) (number % (LONG_OWNER / text.length())) + 1);
    }

    private static void comeAndGo(final CounterFile file, final AtomicLong numbers, final AtomicBoolean stop) {
        while (!stop.get()) {
            final long number = numbers.incrementAndGet();
            final String owner = owner(number);
            try (Counter counter = file.counter(Metric.ERRORS, owner); LatencyRecorder recorder = file.recorder("own", owner);
                    HistogramSlot slot = file.histogram("copied", owner)) {
                counter.set(valueOf(owner));
                recorder.record(number);
                slot.publish(recorder.snapshot());
                counter.add(0);
            }
        }
    }

    @Test
    void shouldTakeNoCounterForTheOneThatHadItsPlaceBefore() throws Exception {
        try (CounterFile file = CounterFile.create(folder.resolve("counters"), "test", 2, 3, new CounterLog());
                CounterReader reader = CounterReader.open(file.path())) {
            final AtomicBoolean stop = new AtomicBoolean();
            final AtomicLong numbers = new AtomicLong();
            final List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                writers.add(Thread.ofPlatform().start(() -> comeAndGo(file, numbers, stop)));
            }
            int seen = 0;
            int measured = 0;
            try {
                for (int round = 0; round < SNAPSHOTS || seen < SNAPSHOTS || measured < SNAPSHOTS / 10; round++) {
                    final Readings readings = reader.snapshot();
                    for (final Reading reading : readings.counters()) {
                        assertThat(reading.owner()).isEqualTo(owner(Long.parseLong(reading.owner().split(" ")[0])));
                        assertThat(reading.value()).isIn(0L, valueOf(reading.owner()));
                        seen += reading.value() == 0 ? 0 : 1;
                    }
                    for (final HistogramReading reading : readings.histograms()) {
                        // As near as the buckets tell, where the maximum was read just before it was written.
                        assertThat(LatencyBuckets.of(reading.histogram().max()))
                                .isIn(0, LatencyBuckets.of(valueOf(reading.owner()) / NUMBER_FACTOR));
                        assertThat(reading.histogram().count()).isLessThanOrEqualTo(1);
                        measured += (int) reading.histogram().count();
                    }
                }
            } finally {
                stop.set(true);
                for (final Thread writer : writers) {
                    writer.join();
                }
            }
            assertThat(numbers.get()).isGreaterThan(100);
            assertThat(reader.snapshot().counters()).isEmpty();
            assertThat(reader.snapshot().histograms()).isEmpty();
        }
    }
}
