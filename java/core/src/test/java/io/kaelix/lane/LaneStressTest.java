// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.lane.Traffic.Companion;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The lane as it is used: a writer on one thread, a reader on another.
 *
 * <pre>
 *   companion: writer ──► ring ──► this thread: reader
 * </pre>
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LaneStressTest {

    @ParameterizedTest
    @CsvSource({"65536, 1", "65536, 64", "2048, 1", "2048, 5"})
    void shouldHandEveryFrameToAGatingReader(final int capacity, final int batch) {
        final int messages = capacity < 65_536 ? Traffic.MESSAGES / 5 : Traffic.MESSAGES;
        try (LaneFixture fixture = new LaneFixture(capacity)) {
            final LaneReader reader = fixture.lane.join();
            try (Companion writer = new Companion(stop -> publish(fixture, messages, batch, stop))) {
                final var message = fixture.messageOf(reader);
                message.open(Thread.currentThread());
                final long[] next = new long[1];
                for (int idle = 0; next[0] < messages;) {
                    idle = reader.poll(message, shown -> {
                        final long number = Traffic.check(shown);
                        if (number != next[0]) {
                            throw new AssertionError("expected frame " + next[0] + ", got " + number);
                        }
                        next[0]++;
                    }, 256) == 0 ? idle + 1 : 0;
                    Traffic.idle(idle);
                    writer.check();
                }
            }
            assertThat(reader.position()).isEqualTo(fixture.lane.tail());
            assertThat(reader.lost()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"65536, 1", "65536, 64", "4096, 1", "4096, 5"})
    void shouldAccountForEveryFrameToALossyReaderOfAWriterThatRunsFreely(final int capacity, final int batch) {
        try (LaneFixture fixture = new LaneFixture(capacity)) {
            final LossyLaneReader reader = fixture.lane.joinLossy();
            final var message = fixture.messageOf(reader);
            message.open(Thread.currentThread());
            final long[] received = new long[1];
            try (Companion writer = new Companion(stop -> {
                publish(fixture, Traffic.MESSAGES, batch, stop);
                fixture.lane.close();
            })) {
                for (int idle = 0; !reader.isDrained();) {
                    idle = reader.poll(message, shown -> {
                        final long number = Traffic.check(shown);
                        if (number != received[0] + reader.lost()) {
                            throw new AssertionError("frame " + number + " came as number " + received[0] + ", with "
                                    + reader.lost() + " lost");
                        }
                        received[0]++;
                    }, 256) == 0 ? idle + 1 : 0;
                    Traffic.idle(idle);
                    writer.check();
                }
            }
            assertThat(received[0] + reader.lost()).isEqualTo(Traffic.MESSAGES);
            assertThat(received[0]).isPositive();
        }
    }

    @Test
    void shouldMissNothingBetweenJoiningAndLeavingWhileTheWriterRuns() {
        try (LaneFixture fixture = new LaneFixture(8192)) {
            final Object registry = new Object();
            final SplittableRandom random = new SplittableRandom(5);
            try (Companion writer = new Companion(stop -> publish(fixture, Long.MAX_VALUE, 1, stop))) {
                for (int round = 0; round < (Boolean.getBoolean("kaelix.long") ? 400_000 : 40_000); round++) {
                    final PollableLane reader;
                    synchronized (registry) {
                        reader = switch (random.nextInt(4)) {
                            case 0 -> fixture.lane.joinLossy();
                            case 1 -> fixture.lane.joinOldest();
                            default -> fixture.lane.join();
                        };
                    }
                    final var message = fixture.messageOf(reader);
                    message.open(Thread.currentThread());
                    final long[] next = {-1};
                    final int wanted = random.nextInt(100);
                    for (int idle = 0, read = 0; read < wanted;) {
                        final int count = reader.poll(message, shown -> {
                            final long number = Traffic.check(shown);
                            if (next[0] >= 0 && number != next[0] && reader instanceof LaneReader) {
                                throw new AssertionError("expected frame " + next[0] + ", got " + number);
                            }
                            next[0] = number + 1;
                        }, 16);
                        read += count;
                        idle = count == 0 ? idle + 1 : 0;
                        Traffic.idle(idle);
                        writer.check();
                    }
                    synchronized (registry) {
                        reader.leave();
                    }
                }
            }
            assertThat(fixture.lane.usedSlots()).isZero();
        }
    }

    @Test
    void shouldLoadMarksWholeWhileTheyAreWritten() {
        try (LaneFixture fixture = new LaneFixture(1024)) {
            final long control = fixture.lane.control();
            final long marks = Traffic.MESSAGES;
            try (Companion writer = new Companion(stop -> {
                for (long number = 1; number < marks && !stop.getOpaque(); number++) {
                    LaneMarks.record(control, number * 8, number, -number);
                }
            })) {
                final LaneMarks.Mark mark = new LaneMarks.Mark();
                long loaded = 0;
                while (!writer.isDone()) {
                    final long count = LaneMarks.count(control);
                    for (long number = Math.max(1, LaneMarks.oldest(count)); number < count; number++) {
                        final boolean whole = mark.load(control, number);
                        if (whole && mark.frames != number || mark.position != mark.frames * 8
                                || mark.frames != 0 && mark.timeMillis != -mark.frames) {
                            throw new AssertionError("mark " + number + " is torn: " + mark.position + ", " + mark.frames + ", "
                                    + mark.timeMillis);
                        }
                        loaded += whole ? 1 : 0;
                    }
                }
                assertThat(loaded).isPositive();
            }
        }
    }

    private static void publish(final LaneFixture fixture, final long messages, final int batch, final AtomicBoolean stop) {
        for (long number = 0; number < messages && !stop.getOpaque();) {
            if (batch > 1) {
                fixture.writer.beginBatch();
            }
            final long end = Math.min(number + batch, messages);
            for (int idle = 0; number < end && !stop.getOpaque();) {
                if (Traffic.write(fixture.writer, number)) {
                    number++;
                    idle = 0;
                } else {
                    Traffic.idle(++idle);
                }
            }
            if (batch > 1) {
                fixture.writer.endBatch();
            }
        }
    }
}
