// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A place in a {@link CounterFile} that a histogram is copied to, so that other processes can read it. For one that is kept on the heap
 * anyway; {@link LatencyRecorder} records in the file itself.
 *
 * <p><b>Threads</b>: one thread publishes and closes. Nothing blocks: a publication is {@value LatencyBuckets#COUNT} loads and stores, and
 * no reader can stop it. A reader that reads meanwhile sees some buckets as they are and some as they were at the last publication. Since
 * they only grow, what it sees lies between the two.
 *
 * {@snippet :
 * CounterFile file = CounterFile.create(CounterFile.defaultDirectory(), "orders");
 * LatencyHistogram took = new LatencyHistogram();
 * HistogramSlot slot = file.histogram(Metric.HANDLER_TIME, "desk 7");
 * took.record(1_200);
 * slot.publish(took);
 * }
 */
public final class HistogramSlot implements AutoCloseable {

    private final CounterFile file;
    private final int slot;
    private final long id;
    private final String key;
    private final String owner;
    private MemorySegment buckets;
    private boolean shown;

    HistogramSlot(final CounterFile file, final int slot, final long id, final String key, final String owner,
            final MemorySegment buckets) {
        this.file = file;
        this.slot = slot;
        this.id = id;
        this.key = key;
        this.owner = owner;
        this.buckets = buckets;
        this.shown = slot != SlotTable.NONE;
    }

    /** Buckets that nobody sees. */
    static MemorySegment hiddenBuckets() {
        return Arena.ofAuto().allocate(CounterDescriptor.HISTOGRAM_STRIDE, CounterDescriptor.VALUE_STRIDE);
    }

    /**
     * Shows what a histogram has counted so far.
     *
     * @param histogram the same one each time, which is never cleared: readers take the difference of two readings for what happened
     *         between them
     */
    public void publish(final LatencyHistogram histogram) {
        final MemorySegment here = buckets;
        CounterDescriptor.WORD.setOpaque(here, (long) CounterDescriptor.MAX_OFFSET, histogram.max());
        CounterDescriptor.WORD.setOpaque(here, (long) CounterDescriptor.SUM_OFFSET, histogram.sum());
        long at = CounterDescriptor.BUCKETS_OFFSET;
        for (int bucket = 0; bucket < LatencyBuckets.COUNT; bucket++) {
            // SYNC: pairs with snapshot.
            CounterDescriptor.WORD.setRelease(here, at, histogram.bucket(bucket));
            at += Long.BYTES;
        }
    }

    /** What stands there, for any thread: a copy on the heap. */
    public LatencyHistogram snapshot() {
        return LatencyHistogram.read(buckets.asByteBuffer().order(CounterDescriptor.ORDER));
    }

    MemorySegment buckets() {
        return buckets;
    }

    /** Its number, as {@link Counter#id}. */
    public long id() {
        return id;
    }

    /** What it measures, such as {@code handler.time}. */
    public String key() {
        return key;
    }

    /** Whose it is. */
    public String owner() {
        return owner;
    }

    /** Whether readers see it: the file had room for it, and neither of the two is closed. */
    public boolean isShown() {
        synchronized (file) {
            return shown && file.isOpen();
        }
    }

    /** Takes it out of the file; what is published from now on is shown to nobody. A second call does nothing. */
    @Override
    public void close() {
        synchronized (file) {
            if (shown) {
                final MemorySegment shownBuckets = buckets;
                buckets = hiddenBuckets();
                shown = false;
                try {
                    buckets.copyFrom(shownBuckets);
                    file.freeHistogram(slot);
                } catch (final InternalError cutOff) {
                    // As with a counter.
                }
            }
        }
    }

    /** What it measures, whose it is, and its percentiles. */
    @Override
    public String toString() {
        return key + " of " + owner + ": " + snapshot();
    }
}
