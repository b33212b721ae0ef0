// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;

/**
 * What a server's messages cost in heap, from the end of the warm-up on.
 *
 * <p><b>Threads</b>: {@link #figures} any, the rest the server's.
 */
final class Heap {

    private static final ThreadMXBean BEAN = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int TURNS_PER_LOOK = 16;

    private final long warmupNanos;
    private int untilLook = TURNS_PER_LOOK;
    /** Of the first message. */
    private long from;
    private long takenBefore;
    private long messagesBefore = -1;
    private volatile double perMessage = Double.NaN;

    /** @param warmup seconds, from the first message on */
    Heap(final double warmup) {
        warmupNanos = (long) (warmup * 1e9);
    }

    /** Bytes that this thread has allocated so far. */
    static long taken() {
        return BEAN.getCurrentThreadAllocatedBytes();
    }

    /**
     * A turn is over.
     *
     * @param messages that were handled so far
     */
    void look(final long messages) {
        if (--untilLook > 0 || messages == 0) {
            return;
        }
        untilLook = TURNS_PER_LOOK;
        final long now = System.nanoTime();
        if (from == 0) {
            from = now;
        } else if (messagesBefore < 0) {
            if (now - from >= warmupNanos) {
                takenBefore = taken();
                messagesBefore = messages;
            }
        } else if (messages > messagesBefore) {
            perMessage = (double) (taken() - takenBefore) / (messages - messagesBefore);
        }
    }

    /** Bytes for each; nothing as long as there were none behind the warm-up. */
    Map<String, Double> figures() {
        final double bytes = perMessage;
        return Double.isNaN(bytes) ? Map.of() : Map.of(Figures.SERVER_HEAP.name(), bytes);
    }
}
