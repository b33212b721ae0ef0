// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.kaelix.Topic;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

/** Looking up, asking for a topic again, and counting allocate nothing: bytes are counted, not time. */
class StreamAllocationTest {

    private static final int CALLS = 200_000;
    private static final double LEAST_THAT_MATTERS = 0.05;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long sum;

    /** Bytes per call, once the code is compiled: before that, what escapes is not known. */
    private double allocatedPerCall(final IntToLongFunction call) {
        double least = Double.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                sum += call.applyAsLong(i);
            }
            least = Math.min(least, (double) (threads.getCurrentThreadAllocatedBytes() - before) / CALLS);
        }
        return least;
    }

    @Test
    void shouldNotAllocateToLookUpOrToCount() {
        try (TableFixture fixture = new TableFixture(); StreamCounters counters = new StreamCounters(fixture.arena)) {
            final Topic[] topics = new Topic[64];
            final MemorySegment[] bytes = new MemorySegment[64];
            for (int i = 0; i < 64; i++) {
                topics[i] = Topic.of("a-name-that-grows-" + "x".repeat(i));
                bytes[i] = MemorySegment.ofArray(topics[i].name().getBytes(StandardCharsets.US_ASCII));
                fixture.table.declare(topics[i]);
            }
            final Topic missing = Topic.of("missing");
            assertThat(allocatedPerCall(i -> fixture.table.find(topics[i & 63]))).as("by topic").isLessThan(LEAST_THAT_MATTERS);
            assertThat(allocatedPerCall(i -> fixture.table.find(bytes[i & 63], 0, (int) bytes[i & 63].byteSize(), 0))).as("by bytes")
                    .isLessThan(LEAST_THAT_MATTERS);
            assertThat(allocatedPerCall(i -> fixture.table.find(missing))).as("in vain").isLessThan(LEAST_THAT_MATTERS);
            assertThat(allocatedPerCall(i -> fixture.table.declare(topics[i & 63]))).as("declared again").isLessThan(LEAST_THAT_MATTERS);
            assertThat(allocatedPerCall(i -> fixture.table.topic(i & 63).name().length())).as("topic").isLessThan(LEAST_THAT_MATTERS);
            assertThat(allocatedPerCall(i -> counters.next(i & 8191))).as("next").isLessThan(LEAST_THAT_MATTERS);
            assertThat(sum).isNotZero();
        }
    }
}
