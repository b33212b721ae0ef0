// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.telemetry.HistogramReading;
import io.kaelix.telemetry.LatencyHistogram;
import io.kaelix.telemetry.Metric;
import io.kaelix.telemetry.Reading;
import io.kaelix.telemetry.Readings;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rates and latencies of an interval. */
class IntervalTest {

    private static final String LANE = "a#1";

    private static MadeUp messages(final long value) {
        return new MadeUp().with(Metric.LANE_MESSAGES, LANE, value);
    }

    private static double rate(final Readings before, final Readings after) {
        return new Interval(before, after).rate("lane.messages", LANE);
    }

    @Test
    void shouldTellGrowthPerSecond() {
        assertThat(rate(messages(100).at(10), messages(500).at(14))).isEqualTo(100);
        assertThat(rate(messages(100).at(10), messages(100).at(14))).isZero();
    }

    @Test
    void shouldTellNoRateOfNoTime() {
        assertThat(rate(messages(100).at(10), messages(100).at(10))).isNaN();
    }

    @Test
    void shouldCountFromZeroWhatWasNotThereBefore() {
        assertThat(rate(new MadeUp().at(0), messages(500).at(5))).isEqualTo(100);
    }

    @Test
    void shouldCountFromZeroWhatTookThePlaceOfAnother() {
        final Readings other = new MadeUp().with(Metric.NODE_USED, "node 0", 1).with(Metric.LANE_MESSAGES, LANE, 600).at(5);
        assertThat(rate(messages(500).at(0), other)).as("another id").isEqualTo(120);
        assertThat(rate(messages(500).at(0), messages(20).at(5))).as("behind what it was").isEqualTo(4);
    }

    @Test
    void shouldTellNothingOfWhatIsNotCounted() {
        final Interval interval = new Interval(messages(1).at(0), messages(2).at(1));
        assertThat(interval.rate("lane.bytes", LANE)).isNaN();
        assertThat(interval.value("lane.bytes", LANE)).isNull();
        assertThat(interval.total("subscriber.lost")).isNull();
        assertThat(interval.totalRate("subscriber.lost")).isNaN();
    }

    /** Figures are copied to the file now and then: the time between the copies is what they grew in. */
    @Test
    void shouldMeasureTimeByTheProcessIfItTellsIt() {
        final Readings before = messages(100).with(Metric.PROCESS_SAMPLED, "", 7_000_000_000L).at(10);
        final Readings after = messages(500).with(Metric.PROCESS_SAMPLED, "", 9_000_000_000L).at(14);
        assertThat(rate(before, after)).isEqualTo(200);
        final Readings stuck = messages(100).with(Metric.PROCESS_SAMPLED, "", 7_000_000_000L).at(14);
        assertThat(rate(before, stuck)).as("a process that has stopped counting").isZero();
    }

    @Test
    void shouldSeeThatAProcessShowsNothingNew() {
        final Readings first = messages(100).with(Metric.PROCESS_SAMPLED, "", 7_000_000_000L).at(10);
        assertThat(new Interval(first, messages(100).with(Metric.PROCESS_SAMPLED, "", 7_000_000_000L).at(12)).isSilent()).isTrue();
        assertThat(new Interval(first, messages(100).with(Metric.PROCESS_SAMPLED, "", 7_000_000_000L).at(11)).isSilent()).isFalse();
        assertThat(new Interval(first, messages(100).with(Metric.PROCESS_SAMPLED, "", 8_000_000_000L).at(12)).isSilent()).isFalse();
        assertThat(new Interval(messages(1).at(10), messages(1).at(12)).isSilent()).as("it does not tell").isFalse();
    }

    @Test
    void shouldAddUpOverOwners() {
        final Interval interval = new Interval(messages(0).with(Metric.LANE_MESSAGES, "b#2", 10).at(0),
                messages(30).with(Metric.LANE_MESSAGES, "b#2", 50).at(10));
        assertThat(interval.totalRate("lane.messages")).isEqualTo(7);
        assertThat(interval.total("lane.messages")).isEqualTo(80);
        assertThat(interval.owners("lane")).containsExactly(LANE, "b#2");
    }

    @Test
    void shouldTellLatenciesOfTheIntervalAlone() {
        final LatencyHistogram timed = new LatencyHistogram();
        timed.record(1_000_000);
        final Readings before = delivery(1, timed.snapshot(), 0);
        timed.record(50);
        timed.record(50);
        final LatencyHistogram within = new Interval(before, delivery(1, timed, 1)).latencies().getFirst().histogram();
        assertThat(within.count()).isEqualTo(2);
        assertThat(within.max()).isEqualTo(50);
        assertThat(new Interval(before, delivery(2, timed, 1)).latencies().getFirst().histogram().count()).as("another id").isEqualTo(3);
    }

    private static Readings delivery(final long id, final LatencyHistogram histogram, final long seconds) {
        return new Readings(1, "x", Instant.EPOCH, true, Instant.EPOCH, seconds * 1_000_000_000, List.of(),
                List.of(new HistogramReading(id, Metric.SUBSCRIBER_DELIVERY.key(), LANE, histogram)));
    }

    @Test
    void shouldTellLatenciesOfALongerTimeThanRates() {
        final LatencyHistogram timed = new LatencyHistogram();
        final Readings longBefore = delivery(1, timed.snapshot(), 0);
        timed.record(50);
        final Readings before = delivery(1, timed.snapshot(), 1);
        final Picture picture = Picture.of(new Interval(before, delivery(1, timed, 2), longBefore));
        assertThat(picture.seconds()).isEqualTo(1);
        assertThat(picture.latencies().getFirst().count()).isEqualTo(1);
        assertThat(picture.latencies().getFirst().countPerSecond()).isEqualTo(0.5);
    }

    @Test
    void shouldListCountersOfUsersOwnApart() {
        final Readings readings = new Readings(1, "x", Instant.EPOCH, true, Instant.EPOCH, 0,
                List.of(new Reading(1, "orders.rejected", Metric.Kind.COUNTER, "orders", "desk 7", 3)), List.of());
        assertThat(Picture.of(new Interval(readings, readings)).own())
                .containsExactly(new Picture.Own("orders.rejected", "desk 7", "orders", 3, Double.NaN));
    }
}
