// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import java.lang.foreign.MemorySegment;

/**
 * A {@link LatencyHistogram} in the memory of a {@link CounterFile}: other processes see what is recorded at once, without a copy and
 * without anybody's help. The buckets and their precision are the same.
 *
 * <p><b>Threads</b>: one thread calls {@link #record}: a few loads and stores, nothing allocated, nothing blocks. Any thread takes a
 * {@link #snapshot}; what was recorded between two of them is the later one {@linkplain LatencyHistogram#since since} the earlier.
 *
 * <p><b>After the end</b>: as with {@link Counter}: it goes on recording, and is shown to nobody.
 *
 * {@snippet :
 * CounterFile file = CounterFile.create(CounterFile.defaultDirectory(), "orders");
 * LatencyRecorder took = file.recorder("orders.pricing", "desk 7");
 * long before = System.nanoTime();
 * publisher.offer(segment);
 * took.record(System.nanoTime() - before);
 * System.out.println(took.snapshot());
 * }
 */
public final class LatencyRecorder implements AutoCloseable {

    private final HistogramSlot place;
    private MemorySegment buckets;

    LatencyRecorder(final HistogramSlot place) {
        this.place = place;
        this.buckets = place.buckets();
    }

    /** Counts a duration, for the one thread that writes: nanoseconds; what is negative counts as 0. */
    public void record(final long nanos) {
        final MemorySegment here = buckets;
        final long value = Math.max(0, nanos);
        if (value > here.get(CounterDescriptor.LONG, CounterDescriptor.MAX_OFFSET)) {
            CounterDescriptor.WORD.setOpaque(here, (long) CounterDescriptor.MAX_OFFSET, value);
        }
        CounterDescriptor.WORD.setOpaque(here, (long) CounterDescriptor.SUM_OFFSET,
                here.get(CounterDescriptor.LONG, CounterDescriptor.SUM_OFFSET) + Math.min(value, LatencyBuckets.RANGE));
        final long at = CounterDescriptor.BUCKETS_OFFSET + (long) LatencyBuckets.of(value) * Long.BYTES;
        // SYNC: pairs with HistogramSlot.snapshot: who reads the count sees the maximum and the sum that belong to it.
        CounterDescriptor.WORD.setRelease(here, at, here.get(CounterDescriptor.LONG, at) + 1);
    }

    /** What was recorded until now, for any thread: a copy on the heap. */
    public LatencyHistogram snapshot() {
        return place.snapshot();
    }

    /** Its number, as {@link Counter#id}. */
    public long id() {
        return place.id();
    }

    /** What it measures. */
    public String key() {
        return place.key();
    }

    /** Whose it is. */
    public String owner() {
        return place.owner();
    }

    /** Whether readers see it. */
    public boolean isShown() {
        return place.isShown();
    }

    /** Takes it out of the file, for the thread that writes. A second call does nothing. */
    @Override
    public void close() {
        place.close();
        buckets = place.buckets();
    }

    /** What it measures, whose it is, and its percentiles. */
    @Override
    public String toString() {
        return place.toString();
    }
}
