// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Batches are held back whole, and published whole or when they must be. */
class LaneBatchTest {

    private static final int CAPACITY = 1024;

    private final LaneFixture fixture = new LaneFixture(CAPACITY);
    private final LaneReader reader = fixture.lane.join();

    @AfterEach
    void free() {
        fixture.close();
    }

    @Test
    void shouldShowNothingOfABatchBeforeItsEnd() {
        fixture.writer.beginBatch();
        fixture.writeAll(16, 40, 17);

        assertThat(fixture.writer.isBatching()).isTrue();
        assertThat(fixture.poll(reader, 10)).isEmpty();
        assertThat(fixture.lane.tail()).isZero();

        assertThat(fixture.writer.endBatch()).isEqualTo(16 + 40 + 24);
        assertThat(fixture.writer.isBatching()).isFalse();
        assertThat(fixture.lane.tail()).isEqualTo(80);
        assertThat(fixture.drain(reader)).containsExactly(0, 1, 2);
    }

    @Test
    void shouldShowWhatComesAfterABatchAtOnce() {
        fixture.writer.beginBatch();
        fixture.writeAll(16);
        fixture.writer.endBatch();
        fixture.writeAll(16);
        assertThat(fixture.drain(reader)).containsExactly(0, 1);
    }

    @Test
    void shouldPublishNothingForAnEmptyBatch() {
        fixture.writeAll(16);
        fixture.writer.beginBatch();
        assertThat(fixture.writer.endBatch()).isEqualTo(16);
        assertThat(fixture.drain(reader)).containsExactly(0);
        fixture.writeAll(16);
        assertThat(fixture.drain(reader)).containsExactly(1);
    }

    @Test
    void shouldHoldBackABatchThatBeginsWithPadding() {
        fixture.moveTo(1000, reader);
        final int first = fixture.written();
        fixture.writer.beginBatch();

        fixture.writeAll(40, 16);

        assertThat(fixture.word(1000)).as("the padding is the batch's first word").isZero();
        assertThat(fixture.poll(reader, 10)).isEmpty();
        assertThat(fixture.writer.endBatch()).isEqualTo(1024 + 40 + 16);
        assertThat(fixture.word(1000)).isEqualTo(-24);
        assertThat(fixture.drain(reader)).containsExactly(first, first + 1);
    }

    @Test
    void shouldHoldBackABatchWithPaddingInTheMiddle() {
        fixture.moveTo(952, reader);
        final int first = fixture.written();
        fixture.writer.beginBatch();

        fixture.writeAll(40, 40, 17);

        assertThat(fixture.poll(reader, 10)).isEmpty();
        fixture.writer.endBatch();
        assertThat(fixture.word(992)).isEqualTo(-32);
        assertThat(fixture.drain(reader)).containsExactly(first, first + 1, first + 2);
    }

    @Test
    void shouldHoldBackABatchFromEveryIndex() {
        for (int index = 16; index < CAPACITY; index += 8) {
            try (LaneFixture lane = new LaneFixture(CAPACITY)) {
                final LaneReader there = lane.lane.join();
                lane.moveTo(index, there);
                final int first = lane.written();
                lane.writer.beginBatch();
                lane.writeAll(33, 100, 16, 57);
                assertThat(lane.poll(there, 10)).as("batch at index %d", index).isEmpty();
                lane.writer.endBatch();
                assertThat(lane.drain(there)).containsExactly(first, first + 1, first + 2, first + 3);
            }
        }
    }

    @Test
    void shouldPublishABatchThatReachesHalfTheRing() {
        fixture.writer.beginBatch();
        for (int i = 0; i < 7; i++) {
            fixture.writeAll(64);
            assertThat(fixture.poll(reader, 10)).as("after %d bytes", (i + 1) * 64).isEmpty();
        }

        fixture.writeAll(64);

        assertThat(fixture.writer.isBatching()).isTrue();
        assertThat(fixture.drain(reader)).isEqualTo(IntStream.range(0, 8).boxed().toList());
        fixture.writeAll(64);
        assertThat(fixture.poll(reader, 10)).as("a new part was begun").isEmpty();
        fixture.writer.endBatch();
        assertThat(fixture.drain(reader)).containsExactly(8);
    }

    @Test
    void shouldPublishABatchThatRunsOutOfSpaceSoThatReadersCanMakeRoom() {
        for (int i = 0; i < 9; i++) {
            fixture.writeAll(64);
        }
        fixture.writer.beginBatch();
        int held = 0;
        while (fixture.write(64) >= 0) {
            held++;
        }

        assertThat(held).isEqualTo(6);
        assertThat(fixture.drain(reader)).isEqualTo(IntStream.range(0, 15).boxed().toList());
        fixture.writeAll(64);
        assertThat(fixture.poll(reader, 10)).as("the batch goes on").isEmpty();
        fixture.writer.endBatch();
        assertThat(fixture.drain(reader)).containsExactly(15);
    }

    @Test
    void shouldNotOverwriteItsOwnBatchWhenNobodyGates() {
        reader.leave();
        final LossyLaneReader lossy = fixture.lane.joinLossy();
        fixture.writer.beginBatch();
        for (int i = 0; i < 1000; i++) {
            fixture.writeAll(16 + i % 200);
            fixture.drain(lossy);
        }
        fixture.writer.endBatch();
        fixture.drain(lossy);
        assertThat(lossy.lost()).as("a batch is never longer than what a reader at its beginning can read").isZero();
        assertThat(lossy.position()).isEqualTo(fixture.lane.tail());
    }

    @Test
    void shouldForgetAClaimWithinABatch() {
        fixture.writer.beginBatch();
        fixture.writeAll(16);
        fixture.writer.claim(100);
        fixture.writeAll(24);
        fixture.writer.claim(200);
        assertThat(fixture.writer.endBatch()).isEqualTo(40);
        assertThat(fixture.drain(reader)).containsExactly(0, 1);
        fixture.writeAll(16);
        assertThat(fixture.drain(reader)).containsExactly(2);
    }

    @Test
    void shouldShortenAClaimWithinABatch() {
        fixture.writer.beginBatch();
        fixture.write(200, 16);
        fixture.write(200, 25);
        fixture.write(200, 60);
        fixture.writer.endBatch();
        assertThat(fixture.poll(reader, 10)).containsExactly(new LaneFixture.Frame(0, 16), new LaneFixture.Frame(1, 25),
                new LaneFixture.Frame(2, 60));
    }

    @Test
    void shouldSeeTheBatchWholeWhoJoinsWhileItIsHeldBack() {
        fixture.writeAll(16);
        fixture.writer.beginBatch();
        fixture.writeAll(16, 16);

        final LaneReader late = fixture.lane.join();
        final LossyLaneReader lossy = fixture.lane.joinLossy();
        assertThat(late.start()).isEqualTo(16);
        assertThat(lossy.start()).isEqualTo(16);

        fixture.writer.endBatch();
        assertThat(fixture.drain(late)).containsExactly(1, 2);
        assertThat(fixture.drain(lossy)).containsExactly(1, 2);
        assertThat(fixture.drain(reader)).containsExactly(0, 1, 2);
    }
}
