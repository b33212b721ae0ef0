// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.Start;
import io.kaelix.memory.NativeMemory;
import io.kaelix.message.FrameDescriptor;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is left to read in a lane, as its control block and its ring were when all had died. */
class LaneResumptionTest {

    private static final int CAPACITY = 4096;
    private static final int FRAME = 64;

    private final LaneFixture fixture = new LaneFixture(CAPACITY);
    private final Lane lane = fixture.lane;

    @AfterEach
    void free() {
        fixture.close();
    }

    private static List<Integer> numbers(final int from, final int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    private List<Integer> resumed() {
        final LaneReader reader = lane.join(Start.oldest(), Patience.UNLIMITED);
        final List<Integer> numbers = fixture.drain(reader);
        assertThat(reader.framesBefore() + numbers.size()).as("frames before the start").isEqualTo(fixture.written());
        final LossyLaneReader lossy = lane.joinLossy(Start.oldest());
        assertThat(fixture.drain(lossy)).isEqualTo(numbers);
        assertThat(lossy.lost()).isZero();
        lane.freeSlot(reader.slot());
        return numbers;
    }

    private void write(final int count) {
        for (int i = 0; i < count; i++) {
            assertThat(fixture.write(FRAME)).isPositive();
        }
    }

    private long resume() {
        final long found = LaneResumption.find(lane, false);
        LaneResumption.finish(lane);
        assertThat(lane.usedSlots()).isZero();
        return found;
    }

    @Test
    void shouldBeginWhereTheSlowestReaderStood() {
        final LaneReader slow = lane.join();
        final LaneReader fast = lane.join();
        write(20);
        fixture.poll(slow, 7);
        fixture.poll(fast, 15);
        assertThat(resume()).isEqualTo(13);
        assertThat(resumed()).isEqualTo(numbers(7, 20));
    }

    @Test
    void shouldBeginAtTheSlowestReaderWhereNoMarkIsLeftBeforeIt() {
        final LaneReader slow = lane.join();
        for (int turn = 0; turn < 5; turn++) {
            // Full: the marks before the reader's position are no place to begin.
            fixture.fillWith(FRAME);
            fixture.poll(slow, 11);
        }
        fixture.fillWith(FRAME);
        final int written = fixture.written();
        assertThat(resume()).isEqualTo(written - 55);
        assertThat(resumed()).isEqualTo(numbers(55, written));
    }

    @Test
    void shouldBeginWhereItStoodAtRandomBoundaries() {
        final Random random = new Random(11);
        for (int round = 0; round < 300; round++) {
            try (LaneFixture one = new LaneFixture(CAPACITY)) {
                final LaneReader reader = one.lane.join();
                int read = 0;
                for (int step = random.nextInt(60); step >= 0; step--) {
                    for (int i = random.nextInt(20); i >= 0 && one.write(16 + random.nextInt(400)) > 0; i--) {
                        assertThat(one.lane.tail()).isPositive();
                    }
                    read += one.poll(reader, 1 + random.nextInt(10)).size();
                }
                assertThat(LaneResumption.find(one.lane, false)).isEqualTo(one.written() - read);
                LaneResumption.finish(one.lane);
                final LaneReader again = one.lane.join(Start.oldest(), Patience.UNLIMITED);
                assertThat(again.framesBefore()).isEqualTo(read);
                assertThat(one.drain(again)).isEqualTo(numbers(read, one.written()));
            }
        }
    }

    @Test
    void shouldBeginAtTheOldestMarkWhereNobodyWasWaitedFor() {
        write(500);
        final long found = resume();
        assertThat(found).isBetween((long) CAPACITY / FRAME * 3 / 4, (long) CAPACITY / FRAME);
        assertThat(resumed()).isEqualTo(numbers(500 - (int) found, 500));
    }

    @Test
    void shouldNotWaitForAReaderThatWasEvicted() {
        final LaneReader evicted = lane.join();
        final LaneReader reader = lane.join();
        write(10);
        fixture.drain(reader);
        lane.evict(evicted);
        assertThat(resume()).isZero();
    }

    @Test
    void shouldCutOffAFrameThatWasNotCommittedAndKeepOneThatWas() {
        lane.join();
        write(3);
        // As if its writer had died before the tail said so.
        NativeMemory.putLong(lane.control() + LaneDescriptor.TAIL_OFFSET, lane.tail() - FRAME);
        final long claimed = fixture.writer.claim(FRAME);
        NativeMemory.putLong(claimed + FrameDescriptor.HEADER_LENGTH, -1);
        assertThat(resume()).isEqualTo(3);
        assertThat(resumed()).isEqualTo(numbers(0, 3));
    }

    @Test
    void shouldHandOverNothingOfABatchThatWasHeldBack() {
        lane.join();
        write(2);
        fixture.writer.beginBatch();
        write(5);
        assertThat(LaneResumption.find(lane, false)).isEqualTo(2);
    }

    @Test
    void shouldGoBackToWhereAMessageInPartsBegins() {
        final LaneReader reader = lane.join();
        write(5);
        assertThat(fixture.writeParts(1500)).isPositive();
        write(1);
        fixture.poll(reader, 5);
        final long first = reader.position();
        // Inside of the message, whose first parts it had taken.
        reader.publish(first + FrameDescriptor.step(NativeMemory.getInt(fixture.address(first))));
        assertThat(resume()).isEqualTo(2);
        assertThat(resumed()).isEqualTo(numbers(5, 7));
    }

    @Test
    void shouldNotGoBackForAMessageThatItsSenderGaveUp() {
        final LaneReader reader = lane.join();
        fixture.beginParts(1500);
        assertThat(fixture.parts.writeNext()).as("some of it").isPositive();
        fixture.parts.end();
        write(10);
        for (int read = 0; read < 5;) {
            read += fixture.poll(reader, 5 - read).size();
        }
        final long stood = reader.position();
        assertThat(resume()).isEqualTo(5);
        assertThat(lane.join(Start.oldest(), Patience.UNLIMITED).start()).isEqualTo(stood);
    }

    @Test
    void shouldFindTheSameAgainHoweverFarItCame() {
        final LaneReader slow = lane.join();
        final LaneReader fast = lane.join();
        write(20);
        fixture.poll(slow, 7);
        fixture.poll(fast, 15);
        assertThat(LaneResumption.find(lane, false)).isEqualTo(13);
        // Dies before it frees anything, then in the middle of it.
        assertThat(LaneResumption.find(lane, false)).isEqualTo(13);
        lane.freeSlot(slow.slot());
        assertThat(resume()).isEqualTo(13);
        // All that came after has died without a reader.
        assertThat(resume()).isEqualTo(13);
        final LaneReader next = lane.join(Start.oldest(), Patience.UNLIMITED);
        assertThat(fixture.poll(next, 4)).hasSize(4);
        assertThat(resume()).isEqualTo(9);
        assertThat(resumed()).isEqualTo(numbers(11, 20));
    }

    @Test
    void shouldKeepNothingOfALaneThatEndedWithoutAReader() {
        write(10);
        assertThat(LaneResumption.find(lane, true)).isZero();
        final LaneReader reader = lane.join(Start.oldest(), Patience.UNLIMITED);
        fixture.poll(reader, 3);
        assertThat(LaneResumption.find(lane, true)).isEqualTo(7);
    }

    @Test
    void shouldRefuseALaneThatIsCorrupt() {
        lane.join();
        write(10);
        NativeMemory.putInt(fixture.address(5 * FRAME), 0x7FFF_FFF0);
        assertThatThrownBy(() -> LaneResumption.find(lane, false)).isInstanceOf(KaelixException.class).hasMessageContaining("corrupt");
        NativeMemory.putInt(fixture.address(5 * FRAME), FRAME - 16);
        assertThatThrownBy(() -> LaneResumption.find(lane, false)).isInstanceOf(KaelixException.class).hasMessageContaining("corrupt");
    }
}
