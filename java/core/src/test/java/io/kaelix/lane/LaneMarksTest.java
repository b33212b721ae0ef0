// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.memory.NativeMemory;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Marks are boundaries with an exact number of frames before them, or cannot be loaded. */
class LaneMarksTest {

    private static final int CAPACITY = 1024;

    private final LaneFixture fixture = new LaneFixture(CAPACITY);
    private final long control = fixture.lane.control();
    private final LaneMarks.Mark mark = new LaneMarks.Mark();

    @AfterEach
    void free() {
        fixture.close();
    }

    @Test
    void shouldMarkTheBeginningOfANewLane() {
        assertThat(LaneMarks.count(control)).isEqualTo(1);
        assertThat(mark.load(control, 0)).isTrue();
        assertThat(mark.position).isZero();
        assertThat(mark.frames).isZero();
        assertThat(mark.timeMillis).isPositive();
    }

    @Test
    void shouldLoadTheLast32AndNoOthers() {
        for (int number = 1; number <= 100; number++) {
            LaneMarks.record(control, number * 1000L, number * 10L, number);
            assertThat(LaneMarks.count(control)).isEqualTo(number + 1);
            final long oldest = LaneMarks.oldest(number + 1);
            assertThat(oldest).isEqualTo(Math.max(0, number - 31));
            for (long older = 0; older < oldest; older++) {
                assertThat(mark.load(control, older)).isFalse();
            }
            for (long there = Math.max(1, oldest); there <= number; there++) {
                assertThat(mark.load(control, there)).isTrue();
                assertThat(mark.position).isEqualTo(there * 1000);
                assertThat(mark.frames).isEqualTo(there * 10);
                assertThat(mark.timeMillis).isEqualTo(there);
            }
            assertThat(mark.load(control, number + 1)).as("one that is not recorded yet").isFalse();
        }
    }

    @Test
    void shouldNotLoadAMarkThatIsBeingWritten() {
        LaneMarks.record(control, 80, 2, 1);
        final long sequence = control + LaneDescriptor.MARKS_OFFSET + LaneDescriptor.MARK_LENGTH;
        assertThat(NativeMemory.getLong(sequence)).isEqualTo(4);

        NativeMemory.putLong(sequence, 2 * 33 + 1);

        assertThat(mark.load(control, 1)).isFalse();
        assertThat(mark.load(control, 33)).isFalse();
    }

    @Test
    void shouldCountTheFramesBeforeEachMarkExactly() {
        final Random random = new Random(4);
        final Map<Long, Integer> framesBefore = new HashMap<>();
        framesBefore.put(0L, 0);
        long seen = 0;
        for (int i = 0; i < 5_000; i++) {
            if (random.nextInt(20) == 0) {
                fixture.writer.beginBatch();
            }
            if (random.nextInt(5) == 0) {
                fixture.writer.claim(16 + random.nextInt(241));
            }
            final int claimed = 16 + random.nextInt(241);
            final long end = fixture.write(claimed, 16 + random.nextInt(claimed - 15));
            framesBefore.put(end, fixture.written());
            if (random.nextInt(20) == 0) {
                fixture.writer.endBatch();
            }
            for (; seen < LaneMarks.count(control); seen++) {
                assertThat(mark.load(control, seen)).isTrue();
                assertThat(framesBefore).as("mark %d at %d", seen, mark.position).containsEntry(mark.position, (int) mark.frames);
            }
        }
        assertThat(seen).isGreaterThan(5_000 * 50 / (CAPACITY / 4));
    }

    @Test
    void shouldMarkTwoTurnsOfTheRingAtLeast() {
        for (int i = 0; i < 2_000; i++) {
            fixture.writeAll(16 + i * 3 % 100);
        }
        assertThat(mark.load(control, LaneMarks.oldest(LaneMarks.count(control)))).isTrue();
        assertThat(fixture.lane.tail() - mark.position).isGreaterThanOrEqualTo(2 * CAPACITY - CAPACITY / 8);
    }

    @Test
    void shouldNotUseUpMarksWhileTheWriterIsHeldUp() {
        fixture.lane.join();
        fixture.fillWith(24);
        final long before = LaneMarks.count(control);

        for (int length = 16; length <= CAPACITY / 4; length++) {
            assertThat(fixture.writer.claim(length)).isEqualTo(LaneWriter.BACK_PRESSURED);
        }

        assertThat(LaneMarks.count(control) - before).isLessThanOrEqualTo(1);
    }
}
