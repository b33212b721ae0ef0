// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Start;
import io.kaelix.message.FrameMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;

/** Long and short messages at random, given up now and then: what readers get, whole and in order, and how they count. */
class PartsPropertyTest {

    @Property(tries = 300, shrinking = ShrinkingMode.OFF)
    @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
    void shouldHandOverWholeMessagesInOrderAndCountThem(@ForAll("capacities") final int capacity, @ForAll final long seed) {
        try (LaneFixture fixture = new LaneFixture(capacity)) {
            final Run run = new Run(fixture, new SplittableRandom(seed));
            run.join(true);
            for (int step = 0; step < 400; step++) {
                run.step();
            }
            run.finish();
            Statistics.label("given up").collect(run.givenUp > 0);
            Statistics.label("lost").collect(run.readers.stream().anyMatch(reader -> reader.lane.lost() > 0));
            Statistics.label("given up").coverage(coverage -> coverage.check(true).percentage(percent -> percent > 50));
            Statistics.label("lost").coverage(coverage -> coverage.check(true).percentage(percent -> percent > 10));
        }
    }

    @Provide
    Arbitrary<Integer> capacities() {
        return Arbitraries.of(4096, 8192, 16384, 65536);
    }

    private static final class Run {

        private final LaneFixture fixture;
        private final SplittableRandom random;
        private final List<Reader> readers = new ArrayList<>();
        private final List<Integer> lengths = new ArrayList<>();
        private boolean writing;
        private int length;
        private int givenUp;

        Run(final LaneFixture fixture, final SplittableRandom random) {
            this.fixture = fixture;
            this.random = random;
        }

        /** A reader, and the number of the message that it got last. */
        private final class Reader {

            private final PollableLane lane;
            private final FrameMessage message;
            /** Of a message that is under way only the rest is seen. */
            private final int first;
            private int last = -1;
            private int count;

            Reader(final PollableLane lane) {
                this.lane = lane;
                this.message = fixture.messageOf(lane);
                message.open(Thread.currentThread());
                first = (int) lane.framesBefore();
            }

            int poll(final int limit) {
                final int got = lane.poll(message, shown -> {
                    final LaneFixture.Frame frame = LaneFixture.check(shown);
                    assertThat(frame.length() - 16).isEqualTo(lengths.get(frame.number()));
                    assertThat(frame.number()).isGreaterThan(last);
                    if (lane instanceof LaneReader) {
                        assertThat(frame.number()).as("after %d, from %d", last, first).isLessThanOrEqualTo(last < 0 ? first + 1 : last + 1);
                    }
                    last = frame.number();
                    count++;
                }, limit);
                message.clear();
                return got;
            }

            void finish() {
                long before;
                do {
                    before = lane.position();
                    poll(1000);
                } while (lane.position() != before);
                assertThat(before).isEqualTo(fixture.lane.tail());
                assertThat(last).as("the last one").isEqualTo(count == 0 && last < 0 ? -1 : lengths.size() - 1);
                if (lane instanceof LaneReader) {
                    assertThat(lengths.size() - first - count).as("not received").isBetween(0, lane.start() == 0 ? 0 : 1);
                } else {
                    assertThat(first + count + lane.lost()).as("received and lost").isEqualTo(lengths.size());
                }
                assertThat(message.hasParts()).isFalse();
            }
        }

        void join(final boolean gating) {
            final Start start = random.nextInt(3) == 0 ? Start.oldest() : Start.latest();
            readers.add(new Reader(gating ? fixture.lane.join(start, Patience.UNLIMITED) : fixture.lane.joinLossy(start)));
        }

        void step() {
            switch (random.nextInt(12)) {
                case 0 -> {
                    if (readers.size() < 6) {
                        join(random.nextInt(3) == 0);
                    }
                }
                case 1, 2, 3 -> readers.get(random.nextInt(readers.size())).poll(random.nextInt(1, 20));
                case 4 -> readers.forEach(reader -> reader.poll(random.nextInt(1, 100)));
                case 5 -> {
                    if (writing && random.nextInt(4) == 0) {
                        fixture.parts.end();
                        writing = false;
                        givenUp++;
                    }
                }
                case 6 -> {
                    if (random.nextBoolean()) {
                        fixture.writer.beginBatch();
                    } else {
                        fixture.writer.endBatch();
                    }
                }
                default -> write();
            }
        }

        private void write() {
            final int capacity = fixture.capacity;
            if (writing) {
                if (fixture.parts.writeNext() > 0 && fixture.parts.isComplete()) {
                    sent();
                    fixture.parts.end();
                    writing = false;
                }
                return;
            }
            switch (random.nextInt(4)) {
                case 0 -> {
                    length = random.nextInt(capacity / 4, capacity * 3);
                    fixture.beginParts(length);
                    writing = true;
                }
                case 1 -> {
                    length = random.nextInt(capacity / 4, fixture.parts.maxLength() + 1);
                    lengths.add(length);
                    if (fixture.writeParts(length) < 0) {
                        lengths.removeLast();
                    }
                }
                default -> {
                    length = random.nextInt(0, capacity / 8);
                    lengths.add(length);
                    if (fixture.write(length + 16) < 0) {
                        lengths.removeLast();
                    }
                }
            }
        }

        private void sent() {
            fixture.count();
            lengths.add(length);
        }

        void finish() {
            fixture.parts.end();
            fixture.writer.endBatch();
            // The last one is always there, so that who got anything got this.
            while (true) {
                lengths.add(8);
                if (fixture.write(24) > 0) {
                    break;
                }
                lengths.removeLast();
                fixture.writer.endBatch();
                readers.forEach(reader -> reader.poll(100));
            }
            fixture.writer.endBatch();
            readers.forEach(Reader::finish);
            assertThat(fixture.writer.frames()).isEqualTo(lengths.size());
        }
    }
}
