// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LaneEndsTest {

    private final MemorySegment control = Arena.ofAuto().allocate(DirectoryDescriptor.CONTROL_BYTES, 8);
    private final LaneEnds ends = new LaneEnds(control);

    private static LongStream from(final long first, final int count) {
        return LongStream.range(first, first + count);
    }

    private void put(final long offset, final long value) {
        control.set(ValueLayout.JAVA_LONG, offset, value);
    }

    @Test
    void shouldRememberTheLastOnes() {
        from(1, DirectoryDescriptor.ENDS + 44).forEach(lane -> ends.note(lane, 8 * lane));
        assertThat(from(45, DirectoryDescriptor.ENDS)).allMatch(lane -> ends.of(lane) == 8 * lane);
        assertThat(from(-1, 46)).allMatch(lane -> ends.of(lane) == LaneEnds.UNKNOWN);
        assertThat(ends.of(DirectoryDescriptor.ENDS + 45)).isEqualTo(LaneEnds.UNKNOWN);
    }

    @Test
    void shouldTakeNoPlaceForOneThatItRemembers() {
        from(1, DirectoryDescriptor.ENDS).forEach(lane -> ends.note(lane, 8 * lane));
        from(1, DirectoryDescriptor.ENDS).forEach(lane -> ends.note(lane, 8));
        assertThat(from(1, DirectoryDescriptor.ENDS)).allMatch(lane -> ends.of(lane) == 8 * lane);
    }

    @Test
    void shouldMistakeNothingThatSomebodyDiedInTheMiddleOf() {
        from(1, DirectoryDescriptor.ENDS).forEach(lane -> ends.note(lane, 8 * lane));
        // One has taken the first place, one has given up what was in the second, and one has put its position into the third.
        put(DirectoryDescriptor.NOTED_ENDS_OFFSET, DirectoryDescriptor.ENDS + 3);
        put(DirectoryDescriptor.ENDS_OFFSET + DirectoryDescriptor.END_LENGTH, 0);
        put(DirectoryDescriptor.ENDS_OFFSET + 2 * DirectoryDescriptor.END_LENGTH, 0);
        put(DirectoryDescriptor.ENDS_OFFSET + 2 * DirectoryDescriptor.END_LENGTH + DirectoryDescriptor.END_POSITION_OFFSET, 77);
        assertThat(LongStream.range(0, 6).map(ends::of).toArray()).containsExactly(-1, 8, -1, -1, 32, 40);
        ends.note(1000, 8000);
        assertThat(LongStream.of(1, 2, 3, 4, 5, 1000).map(ends::of).toArray()).containsExactly(8, -1, -1, -1, 40, 8000);
    }
}
