// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import io.kaelix.Latencies;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;

/**
 * How long things took, counted in buckets that grow with the value: percentiles of any number of durations in 10 KB, without keeping them.
 * Durations are nanoseconds.
 *
 * <pre>
 *   bucket      0 ... 63     64 ... 95      96 ... 127     ...   1184 ... 1215           1216
 *   values      0 ... 63     64 ... 127     128 ... 255    ...   2^41 ... 2^42 - 1       2^42 and more
 *   width       1            2              4              ...   2^36                    no bound
 *
 *   in memory: | 128 bytes unused | sum, max, unused: 128 bytes | bucket 0 | bucket 1 | ... | bucket 1216 |
 * </pre>
 *
 * <p><b>Error</b>: each power of two from 64 on has 32 buckets, and a value is told as the middle of its bucket. It is off by at most one
 * part in 64 (1.6%), either way; values below 64 ns are exact, and so are {@link #count}, {@link #max} and {@link #mean}. The range ends at
 * 2<sup>42</sup> ns, 73 minutes. What is longer counts as such in the last bucket ({@link #beyond}), as 73 minutes in the mean, and as the
 * maximum in percentiles; what is negative, which clocks of two CPUs can make of next to nothing, counts as 0.
 *
 * <p><b>Threads</b>: one writer calls {@link #record}, {@link #addTo} with this as the target included: a few loads and stores, 2 to 4 ns,
 * nothing allocated. All else is for any thread at any time, and sees what was recorded before, perhaps without the latest. Nothing blocks.
 * Who wants several figures of the same moment takes them from a {@link #snapshot}.
 *
 * <p><b>Seen by other processes</b>: {@link CounterFile#histogram} shows a copy, {@link CounterFile#recorder} records where it is seen.
 *
 * {@snippet :
 * LatencyHistogram took = new LatencyHistogram();
 * long before = System.nanoTime();
 * publisher.offer(segment);
 * took.record(System.nanoTime() - before);
 * System.out.println("p99 " + took.percentile(99) + " ns of " + took.count());
 * }
 */
public final class LatencyHistogram implements Latencies {

    private static final int BEYOND = LatencyBuckets.BEYOND;
    private static final int BUCKETS = LatencyBuckets.COUNT;

    /** What lies before an array in the heap is somebody else's, who would wait for the writer. */
    private static final int SUM = 16;
    private static final int MAX = SUM + 1;
    private static final int FIRST = 2 * SUM;

    /** Lines for each time that the distance to 100% halves, as HdrHistogram's own files have by default. */
    private static final int LINES_PER_HALVING = 5;
    private static final double NANOS_PER_MICRO = 1_000;
    private static final int HUNDRED = 100;

    /** No count that a counter file tells is as high: their sum cannot overflow. */
    private static final long MOST_READ = 1L << 48;

    private static final VarHandle VALUE = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] values = new long[FIRST + BUCKETS];

    /** Nothing recorded as yet. */
    public LatencyHistogram() {
    }

    /** Counts a duration, for the one thread that writes. */
    public void record(final long nanos) {
        final long value = Math.max(0, nanos);
        if (value > values[MAX]) {
            VALUE.setOpaque(values, MAX, value);
        }
        VALUE.setOpaque(values, SUM, values[SUM] + Math.min(value, LatencyBuckets.RANGE));
        final int at = FIRST + LatencyBuckets.of(value);
        // SYNC: pairs with bucket: who reads the count sees the maximum and the sum that belong to it.
        VALUE.setRelease(values, at, values[at] + 1);
    }

    /** Forgets all, for the one thread that writes; who reads meanwhile may find a part. */
    public void clear() {
        Arrays.fill(values, 0);
        VarHandle.releaseFence();
    }

    /**
     * What was read of one in a counter file, where its words may be of different moments, or not numbers at all: counts that cannot be are
     * none, and the maximum is at least what the buckets tell.
     */
    static LatencyHistogram read(final ByteBuffer source) {
        final LatencyHistogram read = new LatencyHistogram();
        int highest = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            final long count = source.getLong(CounterDescriptor.BUCKETS_OFFSET + bucket * Long.BYTES);
            if (count > 0 && count < MOST_READ) {
                read.values[FIRST + bucket] = count;
                highest = bucket;
            }
        }
        read.values[SUM] = Math.max(0, source.getLong(CounterDescriptor.SUM_OFFSET));
        read.values[MAX] = Math.max(LatencyBuckets.lowestOf(highest), source.getLong(CounterDescriptor.MAX_OFFSET));
        return read;
    }

    /** How many lie in a bucket. */
    long bucket(final int bucket) {
        // SYNC: pairs with record.
        return (long) VALUE.getAcquire(values, FIRST + bucket);
    }

    /** All durations together, those beyond the range as its end. */
    long sum() {
        return (long) VALUE.getOpaque(values, SUM);
    }

    /** How many durations were recorded. */
    @Override
    public long count() {
        long count = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            count += bucket(bucket);
        }
        return count;
    }

    /** How many of them were 2<sup>42</sup> ns (73 minutes) or longer. */
    public long beyond() {
        return bucket(BEYOND);
    }

    /** The longest, exactly; 0 if there is none. */
    @Override
    public long max() {
        return (long) VALUE.getOpaque(values, MAX);
    }

    /** The mean; 0 if there is none. */
    @Override
    public double mean() {
        final long count = count();
        return count == 0 ? 0 : (double) sum() / count;
    }

    /**
     * The shortest duration that at least so many percent of all did not exceed, as near as the buckets tell.
     *
     * @param percent from 0, which is the shortest of all, to 100, the longest
     * @return nanoseconds; 0 if nothing was recorded
     * @throws IllegalArgumentException if it is no percentage
     */
    @Override
    public long percentile(final double percent) {
        if (!(percent >= 0 && percent <= HUNDRED)) {
            throw new IllegalArgumentException("a percentile is from 0 to 100, not " + percent);
        }
        final long count = count();
        if (count == 0) {
            return 0;
        }
        // In decimals: 99.9% of 1000 are 999, and not one more because a double cannot say 99.9.
        final long rank = BigDecimal.valueOf(percent).multiply(BigDecimal.valueOf(count))
                .divide(BigDecimal.valueOf(HUNDRED), 0, RoundingMode.CEILING).longValueExact();
        return atRank(Math.max(1, rank));
    }

    private long atRank(final long rank) {
        if (rank > 0) {
            long seen = 0;
            for (int bucket = 0; bucket < BUCKETS; bucket++) {
                seen += bucket(bucket);
                if (seen >= rank) {
                    return LatencyBuckets.told(bucket, max());
                }
            }
        }
        return max();
    }

    /** How many were recorded until now, and stay as they are: a copy. */
    public LatencyHistogram snapshot() {
        final LatencyHistogram copy = new LatencyHistogram();
        addTo(copy);
        return copy;
    }

    /**
     * Adds all that was recorded here to another one, for the thread that writes to that.
     *
     * @param target another than this
     * @throws IllegalArgumentException if it is this one
     */
    public void addTo(final LatencyHistogram target) {
        if (target == this) {
            throw new IllegalArgumentException("a histogram cannot be added to itself: take a snapshot, and add that");
        }
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            final int at = FIRST + bucket;
            VALUE.setOpaque(target.values, at, target.values[at] + bucket(bucket));
        }
        // Behind the buckets: no value that was counted is above the maximum.
        VALUE.setOpaque(target.values, MAX, Math.max(target.values[MAX], max()));
        VALUE.setOpaque(target.values, SUM, target.values[SUM] + sum());
        VarHandle.releaseFence();
    }

    /**
     * What was recorded here since an earlier snapshot of this. Its maximum is as near as the buckets tell. A count that is lower than
     * before, because this was cleared meanwhile, counts as none.
     *
     * @param earlier a snapshot of this one, or what was read of it in a counter file before
     */
    public LatencyHistogram since(final LatencyHistogram earlier) {
        final LatencyHistogram difference = snapshot();
        int highest = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            final long count = Math.max(0, difference.bucket(bucket) - earlier.bucket(bucket));
            difference.values[FIRST + bucket] = count;
            highest = count > 0 ? bucket : highest;
        }
        difference.values[MAX] = LatencyBuckets.told(highest, max());
        difference.values[SUM] = Math.max(0, difference.values[SUM] - earlier.values[SUM]);
        return difference;
    }

    /**
     * Writes the distribution of percentiles in the text format of HdrHistogram, compatible with it: its plotters read the file, usually
     * named {@code .hgrm}. Values are microseconds with three decimals.
     *
     * @throws IOException if the target does
     */
    public void writeHgrm(final Appendable target) throws IOException {
        final LatencyHistogram seen = snapshot();
        final long count = seen.count();
        target.append(String.format(Locale.ROOT, "%12s %14s %10s %14s%n%n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)"));
        long upTo = 0;
        for (int halving = 0; upTo < count; halving++) {
            final double rest = Math.scalb(1.0, -halving);
            for (int line = 0; line < LINES_PER_HALVING && upTo < count; line++) {
                final double above = rest - rest / 2 * line / LINES_PER_HALVING;
                final long value = seen.atRank(Math.max(1, count - (long) Math.floor(above * count)));
                upTo = seen.countUpTo(value);
                target.append(String.format(Locale.ROOT, "%12.3f %2.12f %10d %14.2f%n", value / NANOS_PER_MICRO, 1 - above, upTo,
                        1 / above));
            }
        }
        if (count > 0) {
            target.append(String.format(Locale.ROOT, "%12.3f %2.12f %10d%n", seen.max() / NANOS_PER_MICRO, 1.0, count));
        }
        target.append(String.format(Locale.ROOT, "#[Mean    = %12.3f, StdDeviation   = %12.3f]%n"
                + "#[Max     = %12.3f, Total count    = %12d]%n#[Buckets = %12d, SubBuckets     = %12d]%n",
                seen.mean() / NANOS_PER_MICRO, seen.deviation() / NANOS_PER_MICRO,
                seen.max() / NANOS_PER_MICRO, count, LatencyBuckets.RANGE_BITS - LatencyBuckets.KEPT_BITS,
                LatencyBuckets.EXACT_BELOW));
    }

    /** How many lie in buckets up to that of a value. */
    private long countUpTo(final long value) {
        long count = 0;
        for (int bucket = 0; bucket <= LatencyBuckets.of(value); bucket++) {
            count += bucket(bucket);
        }
        return count;
    }

    private double deviation() {
        final long count = count();
        final double mean = mean();
        double squares = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            final double distance = LatencyBuckets.told(bucket, max()) - mean;
            squares += distance * distance * bucket(bucket);
        }
        return count == 0 ? 0 : Math.sqrt(squares / count);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "p50 %d ns, p99 %d ns, p99.9 %d ns, max %d ns of %d", percentile(50), percentile(99),
                percentile(99.9), max(), count());
    }
}
