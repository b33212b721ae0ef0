// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.message.FrameDescriptor;
import io.kaelix.telemetry.LatencyHistogram;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A lane beside a list of its frames: each step is done to both, and what the lane answers must follow from the list.
 *
 * <pre>
 *   frames:   0 1 2 3 ... │ visible ... │ written       (a batch holds back those between)
 *   readers:  a gating one is at an index of that list; a lossy one is at start + delivered + lost
 * </pre>
 */
final class LaneModel implements AutoCloseable {

    private final LaneFixture fixture;
    private final int capacity;
    /** Lengths of all frames written. */
    private final List<Integer> lengths = new ArrayList<>();
    private final List<Reader> readers = new ArrayList<>();
    private int visible;
    private long tail;
    private boolean batching;
    private long heldPosition;
    private boolean anyLost;
    /** Whether messages were ever to be timed: where there was room, any may have the padding for it. */
    private boolean isTimed;
    private int timed;

    LaneModel(final int capacity) {
        this.fixture = new LaneFixture(capacity);
        this.capacity = capacity;
    }

    /** A reader and what it got so far. */
    private final class Reader {

        final PollableLane lane;
        final int first = visible;
        final LatencyHistogram delivery = new LatencyHistogram();
        int delivered;

        Reader(final PollableLane lane) {
            this.lane = lane;
        }

        long next() {
            return first + delivered + lane.lost();
        }

        void poll(final int limit) {
            final long waiting = visible - next();
            final List<LaneFixture.Frame> read = fixture.poll(lane, limit, number -> {
                assertThat((long) number).as("next frame of a reader from %d, with %d lost", first, lane.lost()).isEqualTo(next());
                delivered++;
            });
            for (final LaneFixture.Frame frame : read) {
                assertThat(frame.length()).as("length of frame %d", frame.number()).isEqualTo(lengths.get(frame.number()));
            }
            if (lane instanceof LaneReader) {
                assertThat(lane.lost()).isZero();
                assertThat(read).as("frames handed over").hasSize((int) Math.min(limit, waiting));
            }
            assertThat(lane.frames()).as("messages before its position").isEqualTo(next());
            if (read.size() < limit) {
                assertThat(next()).as("a poll that ends early has reached the end").isEqualTo(visible);
            }
        }
    }

    void write(final int claimed, final int length) {
        final int step = FrameDescriptor.step(claimed);
        final int rest = capacity - (int) (tail & capacity - 1);
        final int padding = rest < step ? rest : 0;
        final boolean fits = tail + padding + step + 8 <= slowest() + capacity;

        final long result = fixture.write(claimed, length);

        final long expected = fits ? tail + padding + FrameDescriptor.step(length) : LaneWriter.BACK_PRESSURED;
        if (isTimed && fits && padding == 0 && result == expected + LaneSample.LENGTH) {
            timed++;
        } else {
            assertThat(result).as("frame of %d at %d, slowest at %d", claimed, tail, slowest()).isEqualTo(expected);
        }
        if (!fits) {
            publish();
            return;
        }
        lengths.add(length);
        tail = result;
        if (!batching || tail - heldPosition >= capacity / 2) {
            publish();
        }
        assertTail();
    }

    void abort(final int claimed) {
        if (fixture.writer.claim(claimed) == LaneWriter.BACK_PRESSURED) {
            publish();
        }
        assertTail();
    }

    void beginBatch() {
        fixture.writer.beginBatch();
        if (!batching) {
            batching = true;
            heldPosition = tail;
        }
    }

    void endBatch() {
        assertThat(fixture.writer.endBatch()).isEqualTo(tail);
        publish();
        batching = false;
        assertTail();
    }

    /** Has one message in about so many bytes timed from some time on; 0 for none. */
    void sample(final int bytes) {
        fixture.lane.sampleLatency(bytes);
        isTimed |= bytes != 0;
    }

    /** How many messages were timed. */
    int timed() {
        return timed;
    }

    void join(final int kind) {
        if (readers.size() < 8) {
            final Reader reader =
                    new Reader(kind == LanePropertyTest.Step.Join.LOSSY ? fixture.lane.joinLossy() : fixture.lane.join());
            assertThat(reader.lane.start()).isEqualTo(fixture.lane.tail());
            reader.lane.record(reader.delivery);
            readers.add(reader);
        }
    }

    void leave(final int which) {
        if (!readers.isEmpty()) {
            final Reader gone = readers.remove(which % readers.size());
            anyLost |= gone.lane.lost() > 0;
            gone.lane.leave();
        }
    }

    void poll(final int which, final int limit) {
        if (!readers.isEmpty()) {
            readers.get(which % readers.size()).poll(limit);
        }
    }

    /** All must get the rest, and then be at the end. */
    void finish() {
        endBatch();
        fixture.lane.close();
        for (final Reader reader : readers) {
            assertThat(reader.lane.isDrained()).isEqualTo(reader.next() == visible && reader.lane.position() == tail);
            reader.poll(Integer.MAX_VALUE);
            assertThat(reader.next()).isEqualTo(visible).isEqualTo(lengths.size());
            assertThat(reader.lane.position()).isEqualTo(tail);
            assertThat(reader.lane.isDrained()).isTrue();
            assertThat(reader.delivery.count()).isLessThanOrEqualTo(timed);
            // A mark that is taken for a time, or a time for another, would be off by more than a test takes.
            assertThat(reader.delivery.max()).isLessThan(TimeUnit.HOURS.toNanos(1));
        }
    }

    /** Whether the ring came round: else there was little to test. */
    boolean wrapped() {
        return tail > capacity;
    }

    /** Whether any reader lost anything. */
    boolean lost() {
        return anyLost || readers.stream().anyMatch(reader -> reader.lane.lost() > 0);
    }

    private void publish() {
        visible = lengths.size();
        heldPosition = tail;
    }

    private void assertTail() {
        if (visible == lengths.size()) {
            assertThat(fixture.lane.tail()).isEqualTo(tail);
        } else {
            assertThat(fixture.lane.tail()).isEqualTo(heldPosition);
        }
        assertThat(fixture.writer.position()).isEqualTo(tail);
        assertThat(fixture.lane.frames()).as("messages before the tail").isEqualTo(visible);
    }

    private long slowest() {
        return readers.stream().filter(reader -> reader.lane instanceof LaneReader).mapToLong(reader -> reader.lane.position())
                .min().orElse(tail);
    }

    @Override
    public void close() {
        fixture.close();
    }
}
