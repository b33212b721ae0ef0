// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Field;
import io.kaelix.KaelixException;
import io.kaelix.Predicate;
import io.kaelix.Start;
import io.kaelix.memory.NativeMemory;
import io.kaelix.message.BatchColumns;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameFilter;
import io.kaelix.message.FrameMatches;
import io.kaelix.message.FrameMessage;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames that are taken into a batch or walked over: what a walk leaves is taken the ordinary way, or told. */
class LaneTakeTest {

    private static final int CAPACITY = 4096;
    private static final int IN_PARTS = CAPACITY / 4 + 500;
    private static final Predicate ALL = Field.int32(0).notEqualTo(Integer.MIN_VALUE);

    private final LaneFixture fixture = new LaneFixture(CAPACITY);
    private final LaneReader reader = fixture.lane.join(Start.latest(), Patience.UNLIMITED);
    private final LossyLaneReader lossy = fixture.lane.joinLossy(Start.latest());
    private final BatchColumns batch = new BatchColumns(1_000);

    @AfterEach
    void close() {
        fixture.close();
    }

    private int take() {
        batch.clear();
        return reader.take(batch, fixture.messageOf(reader), 1_000, null, null);
    }

    private int takeLossy() {
        batch.clear();
        return lossy.take(batch, fixture.messageOf(lossy), 1_000, null, null);
    }

    private int[] sequences() {
        return batch.sequences().asSlice(0, 4L * batch.size()).toArray(ValueLayout.JAVA_INT);
    }

    /** A frame that says that it is a part or a reference, and makes no sense as one. */
    private void writeNonsense(final int flag) {
        final int length = 32;
        final long frame = fixture.writer.claim(length);
        NativeMemory.putLong(frame + 16, -1);
        NativeMemory.putLong(frame + 24, -1);
        fixture.writer.commit(length, FrameDescriptor.VERSION_BITS | flag, LaneFixture.STREAM, (int) fixture.writer.frames());
    }

    private List<Long> pollWhere(final PollableLane from, final FrameMatches matches, final int limit) {
        return pollWhere(from, fixture.messageOf(from), matches, limit);
    }

    private static List<Long> pollWhere(final PollableLane from, final FrameMessage message, final FrameMatches matches, final int limit) {
        final List<Long> sequences = new ArrayList<>();
        message.open(Thread.currentThread());
        assertThat(from.pollWhere(message, shown -> sequences.add(shown.sequence()), limit, null, matches)).isEqualTo(sequences.size());
        return sequences;
    }

    private int take(final PollableLane from, final FrameMessage message) {
        message.open(Thread.currentThread());
        batch.clear();
        final int taken = from.take(batch, message, 1_000, null, null);
        message.clear();
        return taken;
    }

    @Test
    void shouldEndABatchBeforeAMessageInPartsAndTakeThatAlone() {
        fixture.writeAll(24, 24);
        final byte[] payload = fixture.nextPayload(IN_PARTS);
        assertThat(fixture.writeParts(IN_PARTS)).isPositive();
        fixture.writeAll(24);
        for (final PollableLane from : List.of(reader, lossy)) {
            final FrameMessage message = fixture.messageOf(from);
            assertThat(take(from, message)).isEqualTo(2);
            from.release();
            assertThat(take(from, message)).as("and what comes behind").isEqualTo(1);
            assertThat(sequences()).containsExactly(2);
            assertThat(batch.isCopy()).isTrue();
            assertThat(batch.lengths().get(ValueLayout.JAVA_INT, 0)).isEqualTo(payload.length);
            assertThat(from.position()).as("it does not hold the lane").isEqualTo(fixture.lane.tail() - 24);
            assertThat(take(from, message)).isEqualTo(1);
            assertThat(sequences()).containsExactly(3);
            assertThat(take(from, message)).isZero();
            from.release();
            assertThat(from.position()).isEqualTo(fixture.lane.tail());
        }
    }

    @Test
    void shouldAskAMessageInPartsWhenItIsWhole() {
        for (int i = 0; i < 30; i++) {
            fixture.writeAll(24);
        }
        final long first = ByteBuffer.wrap(fixture.nextPayload(IN_PARTS)).order(ByteOrder.LITTLE_ENDIAN).getLong(IN_PARTS - 8);
        assertThat(fixture.writeParts(IN_PARTS)).isPositive();
        for (int i = 0; i < 30; i++) {
            fixture.writeAll(24);
        }
        for (final PollableLane from : List.of(reader, lossy)) {
            final FrameMatches wanted = new FrameMatches(new FrameFilter(Field.int64(IN_PARTS - 8).equalTo(first)));
            final FrameMatches others = new FrameMatches(new FrameFilter(Field.int64(IN_PARTS - 8).notEqualTo(first)));
            final List<Long> found = new ArrayList<>();
            final FrameMessage message = fixture.messageOf(from);
            for (int i = 0; i < 10; i++) {
                found.addAll(pollWhere(from, message, wanted, 100));
                assertThat(pollWhere(from, message, others, 100)).isEmpty();
            }
            assertThat(found).containsExactly(30L);
            assertThat(wanted.filter().passedOver() + others.filter().passedOver()).isEqualTo(60);
            assertThat(from.position()).isEqualTo(fixture.lane.tail());
        }
    }

    @Test
    void shouldTakeThePartThatCompletesAMessageOnceMoreIfItWasNotPassed() {
        assertThat(fixture.writeParts(IN_PARTS)).isPositive();
        fixture.writeAll(24);
        final FrameMessage message = fixture.messageOf(reader);
        message.open(Thread.currentThread());
        final PartReader parts = new PartReader(reader);
        while (parts.take(message, null, false) != FrameMessage.WHOLE) {
            parts.pass();
        }
        final List<LaneFixture.Frame> frames = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            reader.poll(message, shown -> frames.add(LaneFixture.check(shown)), 10);
        }
        assertThat(frames).containsExactly(new LaneFixture.Frame(0, IN_PARTS + FrameDescriptor.HEADER_LENGTH), new LaneFixture.Frame(1, 24));
        assertThat(message.hasParts()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x04, 0x08, 0x10})
    void shouldReportPartsAndReferencesThatMakeNoSense(final int flag) {
        fixture.writeAll(24, 24);
        writeNonsense(flag);
        for (final PollableLane from : List.of(reader, lossy)) {
            assertThat(take(from, fixture.messageOf(from))).isEqualTo(2);
            from.release();
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> take(from, fixture.messageOf(from))).isInstanceOf(KaelixException.class).hasMessageContaining("corrupt");
                assertThat(batch.size()).isZero();
                assertThatThrownBy(() -> pollWhere(from, new FrameMatches(new FrameFilter(ALL)), 10)).isInstanceOf(KaelixException.class)
                        .hasMessageContaining("corrupt");
            }
            assertThat(from.position()).isEqualTo(48);
        }
    }

    @Test
    void shouldTakeHalfARingAndNoMore() {
        final int written = fixture.fillWith(40);
        final int taken = take();
        assertThat(taken * 40).isBetween(CAPACITY / 2 - 40, CAPACITY / 2);
        assertThat(fixture.write(40)).isEqualTo(LaneWriter.BACK_PRESSURED);
        reader.publishCurrent();
        assertThat(reader.position()).as("as long as they are held").isZero();
        reader.release();
        assertThat(reader.position()).isEqualTo(taken * 40L);
        assertThat(fixture.write(40)).isPositive();
        int rest = 0;
        for (int got = take(); got > 0; got = take()) {
            rest += got;
            reader.release();
        }
        assertThat(taken + rest).isEqualTo(written + 1);
    }

    @Test
    void shouldGoOnBehindPadding() {
        fixture.moveTo(CAPACITY - 16, reader);
        fixture.drain(lossy);
        fixture.writeAll(16, 24);
        fixture.moveTo(CAPACITY - 24, reader);
        fixture.drain(lossy);
        final int first = fixture.written();
        fixture.writeAll(400, 24);
        assertThat(take()).isEqualTo(2);
        assertThat(sequences()).containsExactly(first, first + 1);
        reader.release();
        assertThat(takeLossy()).isEqualTo(2);
        assertThat(sequences()).containsExactly(first, first + 1);
        assertThat(batch.isCopy()).isTrue();
    }

    @Test
    void shouldPassOverPaddingBetweenMatches() {
        fixture.moveTo(CAPACITY - 24, reader);
        final FrameMatches all = new FrameMatches(new FrameFilter(ALL));
        final int first = fixture.written();
        fixture.writeAll(400, 24);
        assertThat(pollWhere(reader, all, 100)).containsExactly((long) first, (long) first + 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, CAPACITY / 4 + 1, -4, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void shouldReportACorruptLengthAndTakeWhatIsBefore(final int length) {
        fixture.writeAll(24, 24);
        NativeMemory.putInt(fixture.address(48), length);
        final FrameMatches all = new FrameMatches(new FrameFilter(ALL));
        assertThat(take()).isEqualTo(2);
        reader.release();
        assertThatThrownBy(this::take).isInstanceOf(KaelixException.class).hasMessageContaining("corrupt length " + length);
        assertThat(batch.size()).isZero();
        assertThatThrownBy(() -> pollWhere(reader, all, 10)).isInstanceOf(KaelixException.class).hasMessageContaining("corrupt");
        assertThat(takeLossy()).isEqualTo(2);
        assertThatThrownBy(this::takeLossy).isInstanceOf(KaelixException.class);
        assertThat(reader.position()).isEqualTo(48);
    }

    @Test
    void shouldReportHeadersThatEndBehindTheirFrame() {
        fixture.writeAll(24, 24);
        NativeMemory.putInt(fixture.address(24) + FrameDescriptor.FLAGS_OFFSET, FrameDescriptor.VERSION_BITS | 100 << 16);
        assertThat(take()).isEqualTo(1);
        reader.release();
        assertThatThrownBy(this::take).isInstanceOf(KaelixException.class).hasMessageContaining("headers");
        assertThatThrownBy(() -> pollWhere(reader, new FrameMatches(new FrameFilter(ALL)), 10)).isInstanceOf(KaelixException.class)
                .hasMessageContaining("headers");
        assertThat(takeLossy()).isEqualTo(1);
        assertThatThrownBy(this::takeLossy).isInstanceOf(KaelixException.class).hasMessageContaining("headers");
    }

    @Test
    void shouldTakeNothingOnceItIsToLeave() {
        fixture.writeAll(24, 24);
        reader.requestLeave();
        lossy.requestLeave();
        assertThat(take()).isZero();
        assertThat(takeLossy()).isZero();
        assertThat(pollWhere(reader, new FrameMatches(new FrameFilter(ALL)), 10)).isEmpty();
        assertThat(pollWhere(lossy, new FrameMatches(new FrameFilter(ALL)), 10)).isEmpty();
    }
}
