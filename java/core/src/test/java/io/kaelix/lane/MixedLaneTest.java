// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.memory.NativeMemory;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Readers that want some streams of a lane that carries many. */
class MixedLaneTest {

    private static final int CAPACITY = 1 << 20;
    private static final int FRAME = 24;

    private final LaneFixture fixture = new LaneFixture(CAPACITY);
    private final StreamSet wanted = new StreamSet();
    private final List<Integer> received = new ArrayList<>();

    @AfterEach
    void free() {
        fixture.close();
    }

    private PollableLane join(final boolean lossy) {
        return lossy ? fixture.lane.joinLossy() : fixture.lane.join();
    }

    /** A frame whose sequence is its place in its stream. */
    private void write(final int stream, final int sequence) {
        final long frame = fixture.writer.claim(FRAME);
        assertThat(frame).isPositive();
        LaneFixture.fill(frame, sequence, FRAME);
        fixture.writer.commit(FRAME, FrameDescriptor.VERSION_BITS, stream, sequence);
    }

    private int poll(final PollableLane reader, final int limit) {
        final FrameMessage message = new FrameMessage(reader instanceof final LossyLaneReader lossy
                ? lossy.copySegment()
                : fixture.lane.ringSegment(), 1, null);
        message.open(Thread.currentThread());
        final int count = reader.pollMatching(message, each -> {
            assertThat(wanted.contains(each.streamId())).isTrue();
            received.add((int) each.sequence());
        }, limit, wanted);
        message.clear();
        return count;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldHandOverWhatIsWantedAlone(final boolean lossy) {
        final PollableLane reader = join(lossy);
        wanted.add(2);
        wanted.add(5);
        for (int i = 0; i < 100; i++) {
            write(i % 10, i);
        }
        assertThat(poll(reader, 1000)).isEqualTo(20);
        assertThat(received).startsWith(2, 5, 12, 15).endsWith(92, 95).hasSize(20);
        assertThat(reader.position()).as("others are read too").isEqualTo(fixture.lane.tail());
        assertThat(reader.lost()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCountWhatIsHandedOverAlone(final boolean lossy) {
        final PollableLane reader = join(lossy);
        wanted.add(3);
        for (int i = 0; i < 100; i++) {
            write(i % 10, i);
        }
        assertThat(poll(reader, 4)).isEqualTo(4);
        assertThat(poll(reader, 1)).isEqualTo(1);
        assertThat(received).containsExactly(3, 13, 23, 33, 43);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldReturnFromALaneFullOfOthers(final boolean lossy) {
        final PollableLane reader = join(lossy);
        wanted.add(1);
        final int others = PollableLane.MOST_PASSED_OVER * 3 / 2;
        for (int i = 0; i < others; i++) {
            write(0, i);
        }
        write(1, 7);
        assertThat(poll(reader, 10)).isZero();
        assertThat(reader.position()).isEqualTo((long) PollableLane.MOST_PASSED_OVER * FRAME);
        assertThat(poll(reader, 10)).isEqualTo(1);
        assertThat(received).containsExactly(7);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldSeeStreamsThatAreAddedBeforeTheirFirstFrame(final boolean lossy) {
        final PollableLane reader = join(lossy);
        for (int stream = 0; stream < 20_000; stream += 1_000) {
            wanted.add(stream);
            write(stream, stream);
            write(stream + 1, stream);
            assertThat(poll(reader, 10)).isEqualTo(1);
        }
        assertThat(received).hasSize(20);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotHoldUpTheWriterByWhatItPassesOver(final boolean lossy) {
        final PollableLane reader = join(lossy);
        wanted.add(1);
        for (int i = 0; i < 4 * CAPACITY / FRAME; i++) {
            write(0, i);
            if ((i & 1023) == 0) {
                poll(reader, 10);
            }
        }
        assertThat(received).isEmpty();
        assertThat(reader.lost()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldReportACorruptLengthBehindWhatItPassesOver(final boolean lossy) {
        final PollableLane reader = join(lossy);
        wanted.add(1);
        write(0, 0);
        write(0, 1);
        NativeMemory.putInt(fixture.lane.ring() + FRAME, 5);
        assertThatThrownBy(() -> poll(reader, 10)).isInstanceOf(KaelixException.class).hasMessageContaining("corrupt length 5");
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 50})
    void shouldLoseAllStreamsOfTheLaneAlikeWhenOverrun(final int streams) {
        final LossyLaneReader reader = fixture.lane.joinLossy();
        wanted.add(0);
        final int frames = 3 * CAPACITY / FRAME;
        for (int i = 0; i < frames; i++) {
            write(i % streams, i / streams);
        }
        while (poll(reader, 1000) > 0 || reader.position() < fixture.lane.tail()) {
            assertThat(reader.position()).isPositive();
        }
        // What is left of the lane is read to the end: lost are the frames before it, of whatever stream.
        final int firstRead = received.getFirst() * streams;
        assertThat(reader.lost()).isBetween((long) firstRead - streams + 1, (long) firstRead);
        assertThat(received.getLast()).isEqualTo((frames - 1) / streams);
        for (int i = 1; i < received.size(); i++) {
            assertThat(received.get(i)).isEqualTo(received.get(i - 1) + 1);
        }
    }
}
