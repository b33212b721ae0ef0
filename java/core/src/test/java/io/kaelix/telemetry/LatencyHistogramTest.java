// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Durations in buckets: as near to a sorted list of all of them as promised. */
class LatencyHistogramTest {

    private static final long RANGE = 1L << 42;
    private static final int ERROR_PART = 64;

    private static LatencyHistogram of(final long... durations) {
        final LatencyHistogram histogram = new LatencyHistogram();
        for (final long duration : durations) {
            histogram.record(duration);
        }
        return histogram;
    }

    @Provide
    Arbitrary<List<Long>> durations() {
        // As many of each size of number: evenly drawn longs are hours, nearly all.
        final Arbitrary<Long> sized = Arbitraries.integers().between(1, 42)
                .flatMap(bits -> Arbitraries.longs().between(0, (1L << bits) - 1));
        return sized.list().ofMinSize(1).ofMaxSize(300);
    }

    @Property(tries = 500)
    void shouldTellWhatASortedListTells(@ForAll("durations") final List<Long> durations,
            @ForAll @IntRange(max = 1000) final int thousandths) {
        final LatencyHistogram histogram = of(durations.stream().mapToLong(Long::longValue).toArray());
        final long[] sorted = durations.stream().mapToLong(Long::longValue).sorted().toArray();
        final int rank = Math.max(1, (thousandths * sorted.length + 999) / 1000);
        final long exact = sorted[rank - 1];
        assertThat(histogram.percentile(thousandths / 10.0)).isCloseTo(exact, within(exact / ERROR_PART));
        assertThat(histogram.count()).isEqualTo(sorted.length);
        assertThat(histogram.max()).isEqualTo(sorted[sorted.length - 1]).isGreaterThanOrEqualTo(histogram.percentile(100));
        assertThat(histogram.mean()).isEqualTo((double) Arrays.stream(sorted).sum() / sorted.length);
        assertThat(histogram.beyond()).isZero();
    }

    @Property(tries = 200)
    void shouldMergeToWhatOneWouldHold(@ForAll("durations") final List<Long> first, @ForAll("durations") final List<Long> second)
            throws IOException {
        final LatencyHistogram merged = of(first.stream().mapToLong(Long::longValue).toArray());
        final LatencyHistogram before = merged.snapshot();
        final LatencyHistogram added = of(second.stream().mapToLong(Long::longValue).toArray());
        added.addTo(merged);
        final List<Long> both = new ArrayList<>(first);
        both.addAll(second);
        assertThat(text(merged)).isEqualTo(text(of(both.stream().mapToLong(Long::longValue).toArray())));
        assertThat(before.count()).isEqualTo(first.size());

        final LatencyHistogram since = merged.since(before);
        assertThat(since.count()).isEqualTo(second.size());
        assertThat(since.mean()).isEqualTo(added.mean());
        assertThat(since.max()).isCloseTo(added.max(), within(added.max() / ERROR_PART));
        assertThat(since.percentile(50)).isCloseTo(added.percentile(50), within(added.percentile(50) / ERROR_PART));
    }

    @Test
    void shouldKeepTheErrorAtEveryEdgeOfABucket() {
        for (int bit = 0; bit < 42; bit++) {
            for (int step = 0; step < 64; step++) {
                for (long offset = -1; offset <= 1; offset++) {
                    final long value = Math.clamp((1L << bit) + ((1L << bit) * step >> 6) + offset, 0, RANGE - 1);
                    // One that is far longer, so that the maximum does not help.
                    assertThat(of(value, RANGE).percentile(50)).as("%d", value).isCloseTo(value, within(value / ERROR_PART));
                }
            }
        }
    }

    @Test
    void shouldTellNothingOfNothing() throws IOException {
        final LatencyHistogram empty = new LatencyHistogram();
        assertThat(empty.count()).isZero();
        assertThat(empty.max()).isZero();
        assertThat(empty.mean()).isZero();
        assertThat(empty.percentile(0)).isZero();
        assertThat(empty.percentile(100)).isZero();
        assertThat(empty.since(empty.snapshot()).max()).isZero();
        assertThat(text(empty)).contains("Total count    =            0").doesNotContain("NaN");
    }

    @Test
    void shouldCountWhatLiesOutsideOfItsRange() {
        final LatencyHistogram histogram = of(-1, Long.MIN_VALUE, 0, RANGE - 1, RANGE, Long.MAX_VALUE);
        assertThat(histogram.count()).isEqualTo(6);
        assertThat(histogram.beyond()).isEqualTo(2);
        assertThat(histogram.max()).isEqualTo(Long.MAX_VALUE);
        assertThat(histogram.percentile(50)).isZero();
        assertThat(histogram.percentile(100)).isEqualTo(Long.MAX_VALUE);
        assertThat(histogram.mean()).isEqualTo((3.0 * RANGE - 1) / 6, within(1.0));
        assertThat(RANGE).isGreaterThan(TimeUnit.HOURS.toNanos(1));
    }

    @Test
    void shouldCountPercentagesInDecimals() {
        final LatencyHistogram histogram = new LatencyHistogram();
        for (int i = 0; i < 999; i++) {
            histogram.record(5);
        }
        histogram.record(60);
        assertThat(histogram.percentile(99.9)).isEqualTo(5);
        assertThat(histogram.percentile(99.91)).isEqualTo(60);
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        final LatencyHistogram histogram = of(1);
        for (final double percent : new double[] {-0.1, 100.1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> histogram.percentile(percent)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not " + percent);
        }
        assertThatThrownBy(() -> histogram.addTo(histogram)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("snapshot");
        assertThat(histogram.count()).isOne();
    }

    @Test
    void shouldShowReadersNothingThatWasNotRecorded() throws InterruptedException {
        final LatencyHistogram histogram = new LatencyHistogram();
        final int rounds = 300_000;
        final Thread writer = Thread.ofPlatform().start(() -> {
            for (int round = 1; round <= rounds; round++) {
                histogram.record(round);
            }
        });
        long count = 0;
        do {
            final LatencyHistogram seen = histogram.snapshot();
            assertThat(seen.count()).isBetween(count, (long) rounds);
            count = seen.count();
            // The values rise by one: what is counted is not above the maximum, and the median lies near the middle.
            assertThat(seen.max()).isGreaterThanOrEqualTo(count);
            assertThat(seen.percentile(100)).isLessThanOrEqualTo(seen.max());
        } while (writer.isAlive());
        writer.join();
        assertThat(histogram.count()).isEqualTo(rounds);
        assertThat(histogram.max()).isEqualTo(rounds);
    }

    @Test
    void shouldWriteTheFormatOfHdrHistogram() throws IOException {
        final LatencyHistogram histogram = new LatencyHistogram();
        for (int i = 1; i <= 10_000; i++) {
            histogram.record(i * 100L);
        }
        final String[] lines = text(histogram).lines().toArray(String[]::new);
        assertThat(lines[0]).matches("\\s*Value\\s+Percentile TotalCount 1/\\(1-Percentile\\)");
        assertThat(lines[1]).isEmpty();
        final Pattern line = Pattern.compile("\\s*(\\d+\\.\\d{3}) ([01]\\.\\d{12}) +(\\d+)(?: +(\\d+\\.\\d{2}))?");
        double value = 0;
        double percentile = -1;
        long total = 0;
        int at = 2;
        for (; !lines[at].startsWith("#"); at++) {
            final Matcher matcher = line.matcher(lines[at]);
            assertThat(matcher.matches()).as(lines[at]).isTrue();
            assertThat(Double.parseDouble(matcher.group(1))).isGreaterThanOrEqualTo(value);
            value = Double.parseDouble(matcher.group(1));
            assertThat(Double.parseDouble(matcher.group(2))).isGreaterThan(percentile);
            percentile = Double.parseDouble(matcher.group(2));
            assertThat(Long.parseLong(matcher.group(3))).isGreaterThanOrEqualTo(total);
            total = Long.parseLong(matcher.group(3));
            // So many durations of 0.1, 0.2 ... us are not above the value, and the percentile is no more than their share.
            assertThat((double) total).isCloseTo(value * 10, within(value * 10 / 30 + 1)).isGreaterThanOrEqualTo(percentile * 10_000);
            assertThat(matcher.group(4) == null).isEqualTo(percentile == 1);
        }
        assertThat(value).isEqualTo(1_000);
        assertThat(percentile).isOne();
        assertThat(total).isEqualTo(10_000);
        assertThat(at).isGreaterThan(40);
        assertThat(lines[at]).matches("#\\[Mean    = +500\\.050, StdDeviation   = +28\\d\\.\\d{3}]");
        assertThat(lines[at + 1]).matches("#\\[Max     = +1000\\.000, Total count    = +10000]");
        assertThat(lines[at + 2]).matches("#\\[Buckets = +\\d+, SubBuckets     = +\\d+]");
        assertThat(lines).hasSize(at + 3);
    }

    @Test
    void shouldSayItInOneLine() {
        assertThat(of(1, 2, 3)).hasToString("p50 2 ns, p99 3 ns, p99.9 3 ns, max 3 ns of 3");
    }

    private static String text(final LatencyHistogram histogram) throws IOException {
        final StringBuilder text = new StringBuilder();
        histogram.writeHgrm(text);
        return text.toString();
    }
}
