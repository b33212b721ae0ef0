// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kaelix.lane.LaneFixture.Frame;
import io.kaelix.memory.NativeMemory;
import io.kaelix.message.FrameDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One writer and one gating reader, one thread: what is written is what is read, wherever it lies. */
class LaneWriteReadTest {

    private static final int CAPACITY = 1024;

    private final LaneFixture fixture = new LaneFixture(CAPACITY);
    private final LaneReader reader = fixture.lane.join();

    @AfterEach
    void free() {
        fixture.close();
    }

    @Test
    void shouldReadEveryLengthUpToTheLongestAndLeaveAlignmentBytesZero() {
        for (int length = FrameDescriptor.HEADER_LENGTH; length <= CAPACITY / 4; length++) {
            final int number = fixture.written();
            final long end = fixture.write(length);

            assertThat(end).isPositive();
            assertZero(end - FrameDescriptor.step(length) + length, end);
            assertThat(fixture.word(end)).as("word behind the frame").isZero();
            assertThat(fixture.poll(reader, 10)).containsExactly(new Frame(number, length));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 17, 24, 31, 100, 255, 256})
    void shouldWrapAtEveryIndex(final int length) {
        final int step = FrameDescriptor.step(length);
        for (int index = 0; index < CAPACITY; index += 8) {
            if (index == 8) {
                continue;
            }
            try (LaneFixture lane = new LaneFixture(CAPACITY)) {
                final LaneReader there = lane.lane.join();
                lane.moveTo(CAPACITY / 2, there);
                lane.moveTo(index, there);
                final long before = lane.lane.tail();
                final int number = lane.written();
                final int padding = index + step > CAPACITY ? CAPACITY - index : 0;

                assertThat(lane.write(length)).isEqualTo(before + padding + step);

                assertThat(lane.word(before)).isEqualTo(padding == 0 ? length : -padding);
                assertThat(lane.word(before + padding)).isEqualTo(length);
                assertThat(lane.word(lane.lane.tail())).isZero();
                assertThat(lane.poll(there, 10)).containsExactly(new Frame(number, length));
                assertThat(there.position()).isEqualTo(before + padding + step);
            }
        }
    }

    @Test
    void shouldRefuseFramesLongerThanAQuarterAndStillTakeOthers() {
        assertThat(fixture.writer.maxFrameLength()).isEqualTo(CAPACITY / 4);
        assertThat(fixture.writer.claim(CAPACITY / 4 + 1)).isEqualTo(LaneWriter.TOO_LONG);
        assertThat(fixture.writer.claim(Integer.MAX_VALUE)).isEqualTo(LaneWriter.TOO_LONG);

        fixture.writeAll(CAPACITY / 4);

        assertThat(fixture.poll(reader, 10)).containsExactly(new Frame(0, CAPACITY / 4));
    }

    @Test
    void shouldPublishNothingOfAForgottenClaim() {
        for (int round = 0; round < 200; round++) {
            final long forgotten = fixture.writer.claim(200);
            for (int i = 4; i < 200; i++) {
                NativeMemory.putByte(forgotten + i, (byte) 0xEE);
            }
            assertThat(fixture.poll(reader, 10)).isEmpty();

            final int number = fixture.written();
            final int length = 16 + round % 60;
            fixture.writeAll(length);

            assertThat(fixture.poll(reader, 10)).containsExactly(new Frame(number, length));
        }
    }

    @Test
    void shouldShowOnlyWhatWasCommittedOfALongerClaim() {
        for (int round = 0; round < 500; round++) {
            final int number = fixture.written();
            final int length = 16 + round % 57;
            final long end = fixture.write(72 + round % 100, length);

            assertZero(end - FrameDescriptor.step(length) + length, end);
            assertThat(fixture.word(end)).isZero();
            assertThat(fixture.poll(reader, 10)).containsExactly(new Frame(number, length));
        }
    }

    @Test
    void shouldGiveTheAddressOfTheFrameThatWasClaimed() {
        for (int round = 0; round < 300; round++) {
            final long frame = fixture.writer.claim(56);
            assertThat(fixture.writer.claimed()).isEqualTo(frame);
            fixture.writeAll(56);
            fixture.drain(reader);
        }
    }

    @Test
    void shouldStopAtTheLimitAndGoOnThere() {
        fixture.writeAll(16, 17, 18, 19, 20);

        assertThat(fixture.poll(reader, 2)).containsExactly(new Frame(0, 16), new Frame(1, 17));
        assertThat(fixture.poll(reader, 1)).containsExactly(new Frame(2, 18));
        assertThat(fixture.poll(reader, 5)).containsExactly(new Frame(3, 19), new Frame(4, 20));
        assertThat(fixture.poll(reader, 5)).isEmpty();
    }

    @Test
    void shouldCountAFrameAsReadWhoseHandlerThrows() {
        fixture.writeAll(16, 24, 32);
        final var failure = new IllegalArgumentException("thrown by the handler");
        final var message = fixture.messageOf(reader);
        message.open(Thread.currentThread());

        final var thrown = assertThrows(IllegalArgumentException.class,
                () -> reader.poll(message, shown -> {
                    throw failure;
                }, 10));

        assertThat(thrown).isSameAs(failure);
        assertThat(reader.position()).isEqualTo(16);
        assertThat(fixture.poll(reader, 10)).containsExactly(new Frame(1, 24), new Frame(2, 32));
    }

    @Test
    void shouldBeDrainedOnlyWhenClosedAndAllIsRead() {
        fixture.writeAll(16);
        assertThat(reader.isDrained()).isFalse();
        fixture.lane.close();
        assertThat(fixture.lane.isClosed()).isTrue();
        assertThat(reader.isDrained()).isFalse();
        fixture.drain(reader);
        assertThat(reader.isDrained()).isTrue();
    }

    @Test
    void shouldNotBeDrainedWhileTheLaneIsOpen() {
        assertThat(reader.isDrained()).isFalse();
        assertThat(fixture.lane.isClosed()).isFalse();
    }

    @Test
    void shouldStopBeforeTheNextFrameWhenAskedToLeave() {
        fixture.writeAll(16, 16, 16);

        assertThat(fixture.poll(reader, 10, number -> reader.requestLeave())).containsExactly(new Frame(0, 16));
        assertThat(fixture.poll(reader, 10)).isEmpty();
    }

    private void assertZero(final long from, final long to) {
        for (long position = from; position < to; position++) {
            assertThat(NativeMemory.getByte(fixture.address(position))).as("alignment byte at %d", position).isZero();
        }
    }
}
