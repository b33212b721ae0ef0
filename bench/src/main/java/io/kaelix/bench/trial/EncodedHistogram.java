// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/** A histogram on its way from the child JVM to the rig: HdrHistogram's compressed form in Base64, which loses nothing. */
public final class EncodedHistogram {

    /** Longest time that is told apart: longer ones count as this. */
    private static final long HIGHEST_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int DIGITS = 3;

    private EncodedHistogram() {
    }

    /** An empty histogram of nanoseconds, three digits exact, that never grows. */
    public static Histogram empty() {
        return new Histogram(1, HIGHEST_NANOS, DIGITS);
    }

    /** Records a time within the range that the histogram has. */
    public static void record(final Histogram histogram, final long nanos) {
        histogram.recordValue(Math.max(0, Math.min(nanos, HIGHEST_NANOS)));
    }

    /** As text. */
    static String encode(final Histogram histogram) {
        final ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        final int length = histogram.encodeIntoCompressedByteBuffer(buffer);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
    }

    /**
     * From text.
     *
     * @throws IllegalArgumentException if it is not what {@code encode} wrote
     */
    public static Histogram decode(final String text) {
        try {
            return Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(Base64.getDecoder().decode(text)), HIGHEST_NANOS);
        } catch (final DataFormatException e) {
            throw new IllegalArgumentException("a histogram from a trial cannot be read: " + e.getMessage(), e);
        }
    }
}
