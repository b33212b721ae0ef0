// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.message.FrameDescriptor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A batch that is dropped: the writer stands again where it began, in the turn before if it must. */
class DroppedBatchTest {

    private static final int CAPACITY = 1024;

    @Test
    void shouldPadTheTurnAgainWhenTheDroppedBatchWasInTheNext() {
        try (LaneFixture lane = new LaneFixture(CAPACITY)) {
            final LaneReader reader = lane.lane.join();
            lane.moveTo(CAPACITY - 16, reader);
            final int before = lane.written();
            lane.writer.beginBatch();
            // The first does not fit before the end; the others move on what is clear in the next turn.
            lane.writeAll(64, 16, 16);
            final long dropped = lane.writer.position();
            lane.writer.dropBatch();
            assertThat(lane.writer.position()).isEqualTo(lane.lane.tail()).isLessThan(dropped);

            // 32 bytes do not fit before the end either: as the first frame of the dropped batch, they belong into the next turn.
            assertThat(lane.writer.claim(32)).isEqualTo(lane.address(0));
            final List<Integer> lengths = new ArrayList<>();
            LaneFixture.fill(lane.writer.claimed(), before, 32);
            lane.writer.commit(32, FrameDescriptor.VERSION_BITS, LaneFixture.STREAM, (int) lane.writer.frames());
            lane.poll(reader, 10).forEach(frame -> lengths.add(frame.length()));
            assertThat(lengths).containsExactly(32);
        }
    }
}
