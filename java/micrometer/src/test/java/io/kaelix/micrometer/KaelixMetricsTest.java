// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kaelix.telemetry.LatencyHistogram;
import io.kaelix.telemetry.Metric;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Meters of a registry, against readings made by hand. */
class KaelixMetricsTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final String SUBSCRIBER = "orders.**#2";

    private final MadeUp process = new MadeUp();
    private final List<Runnable> postponed = new ArrayList<>();
    private long now;
    private final KaelixMetrics metrics = new KaelixMetrics(process, Tags.of("shop", "a"), () -> now, postponed::add);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private double gauge(final String name, final String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private void later(final long nanos) {
        now += nanos;
    }

    @Test
    void shouldNameByConventionWithBaseUnitsAndTags() {
        process.set(Metric.SUBSCRIBER_LAG_BYTES, SUBSCRIBER, 4096).set(Metric.SUBSCRIBER_LAG_TIME, SUBSCRIBER, 1_500_000)
                .set(Metric.LANE_BYTES, "orders.eu#7", 12).set(Metric.WORKER_CPU_TIME, "worker 3", 2_500_000_000L)
                .set(Metric.NODE_USED, "node 1", 5).set(Metric.PROCESS_CPU, "process", 1_250_000).set(Metric.ERRORS, "handler", 3)
                .set(Metric.SCHEDULER_QUEUE_DEPTH, "high", 9);
        metrics.bindTo(registry);
        assertThat(gauge("kaelix.subscriber.lag.bytes", "subscriber", "orders.**", "number", "2", "shop", "a")).isEqualTo(4096);
        assertThat(gauge("kaelix.subscriber.lag.time", "subscriber", "orders.**")).isEqualTo(0.0015);
        final FunctionCounter bytes = registry.get("kaelix.lane.bytes").tags("topic", "orders.eu", "publisher", "7").functionCounter();
        assertThat(bytes.count()).isEqualTo(12);
        assertThat(bytes.getId().getBaseUnit()).isEqualTo("bytes");
        assertThat(bytes.getId().getDescription()).isEqualTo(Metric.LANE_BYTES.help());
        final FunctionCounter cpu = registry.get("kaelix.worker.cpu.time").tags("worker", "3").functionCounter();
        assertThat(cpu.count()).isEqualTo(2.5);
        assertThat(cpu.getId().getBaseUnit()).isEqualTo("seconds");
        assertThat(gauge("kaelix.node.used", "node", "1")).isEqualTo(5);
        assertThat(gauge("kaelix.process.cpu")).isEqualTo(1.25);
        assertThat(registry.get("kaelix.errors").tags("kind", "handler").functionCounter().count()).isEqualTo(3);
        assertThat(gauge("kaelix.scheduler.queue.depth", "priority", "high")).isEqualTo(9);
        assertThat(gauge("kaelix.up")).isEqualTo(1);
    }

    @Test
    void shouldTellCountersOfUsersOwn() {
        process.set("orders.rejected", Metric.Kind.COUNTER, "orders", "desk 7", 11);
        metrics.bindTo(registry);
        assertThat(registry.get("kaelix.orders.rejected").tags("owner", "desk 7").functionCounter().count()).isEqualTo(11);
    }

    @Test
    void shouldTakeOneReadingForAScrape() {
        for (int i = 0; i < 50; i++) {
            process.set(Metric.SUBSCRIBER_LAG_BYTES, "a#" + i, i);
        }
        metrics.bindTo(registry);
        final int before = process.reads();
        later(2 * SECOND);
        registry.getMeters().forEach(meter -> meter.measure().forEach(measurement -> measurement.getValue()));
        assertThat(process.reads()).isEqualTo(before + 1);
        later(SECOND / 2);
        registry.getMeters().forEach(meter -> meter.measure().forEach(measurement -> measurement.getValue()));
        assertThat(process.reads()).isEqualTo(before + 1);
    }

    @Test
    void shouldTellNewValuesOnceTheReadingIsOld() {
        process.set(Metric.NODE_USED, "node 0", 1);
        metrics.bindTo(registry);
        process.set(Metric.NODE_USED, "node 0", 2);
        assertThat(gauge("kaelix.node.used")).isEqualTo(1);
        later(SECOND);
        assertThat(gauge("kaelix.node.used")).isEqualTo(2);
    }

    @Test
    void shouldFollowOwnersThatComeAndGo() {
        process.set(Metric.SUBSCRIBER_LAG_BYTES, "a#1", 1);
        metrics.bindTo(registry);
        process.remove("a#1").set(Metric.SUBSCRIBER_LAG_BYTES, "b#2", 2);
        later(SECOND);
        assertThat(gauge("kaelix.up")).isEqualTo(1);
        assertThat(registry.find("kaelix.subscriber.lag.bytes").tags("subscriber", "b").gauge())
                .as("not registered in the middle of a scrape").isNull();
        assertThat(postponed).hasSize(1);
        postponed.forEach(Runnable::run);
        assertThat(gauge("kaelix.subscriber.lag.bytes", "subscriber", "b")).isEqualTo(2);
        assertThat(registry.find("kaelix.subscriber.lag.bytes").tags("subscriber", "a").gauge()).isNull();
    }

    @Test
    void shouldFollowOwnersAtOnceWhenRefreshed() {
        metrics.bindTo(registry);
        process.set(Metric.SUBSCRIBER_LAG_BYTES, "b#2", 2);
        metrics.refresh();
        assertThat(gauge("kaelix.subscriber.lag.bytes", "subscriber", "b")).isEqualTo(2);
    }

    @Test
    void shouldReadAgainWhatCameBackUnderItsOldName() {
        process.set(Metric.LANE_MESSAGES, "a#1", 100);
        metrics.bindTo(registry);
        process.remove("a#1").set(Metric.LANE_MESSAGES, "a#1", 5);
        metrics.refresh();
        assertThat(registry.get("kaelix.lane.messages").functionCounters()).hasSize(1);
        assertThat(registry.get("kaelix.lane.messages").functionCounter().count()).isEqualTo(5);
    }

    @Test
    void shouldKeepTheMeterOfAnOwnerWhoseNamesakeGoes() {
        process.set(Metric.LANE_MESSAGES, "a#1", 1).again(Metric.LANE_MESSAGES, "a#1", 2);
        metrics.bindTo(registry);
        assertThat(registry.get("kaelix.lane.messages").functionCounter().count()).isEqualTo(1);
        process.removeFirst();
        metrics.refresh();
        assertThat(registry.get("kaelix.lane.messages").functionCounter().count()).isEqualTo(2);
        process.removeFirst();
        metrics.refresh();
        assertThat(registry.find("kaelix.lane.messages").functionCounters()).isEmpty();
    }

    @Test
    void shouldNotMistakeTheHistogramOfTheNextProcessForThatOfTheLast() {
        final LatencyHistogram old = new LatencyHistogram();
        for (int i = 0; i < 1000; i++) {
            old.record(1_000);
        }
        process.timed(Metric.HANDLER_TIME, SUBSCRIBER, old);
        metrics.bindTo(registry);
        for (int i = 0; i < 2; i++) {
            later(11 * SECOND);
            metrics.refresh();
        }
        process.replace();
        final LatencyHistogram fresh = new LatencyHistogram();
        fresh.record(1_000);
        fresh.record(1_000);
        fresh.record(50_000);
        process.timed(Metric.HANDLER_TIME, SUBSCRIBER, fresh);
        metrics.refresh();
        assertThat(registry.get("kaelix.handler.time").functionTimer().count()).isEqualTo(3);
        assertThat(gauge("kaelix.handler.time.percentile", "phi", "0.5")).isCloseTo(1e-6, within(1e-7));
    }

    @Test
    void shouldTellOwnersOfUsersOwnCountersApartWhateverTheirNames() {
        for (final String key : List.of("pool.size", "worker.jobs", "subscriber.x", "process.y", "up")) {
            process.set(key, Metric.Kind.GAUGE, "", "desk 7", 1).set(key, Metric.Kind.GAUGE, "", "desk#7", 2).set(key, Metric.Kind.GAUGE,
                    "", "other 7", 3);
        }
        metrics.bindTo(registry);
        for (final String name : List.of("kaelix.pool.size", "kaelix.worker.jobs", "kaelix.subscriber.x", "kaelix.process.y",
                "kaelix.own.up")) {
            assertThat(gauge(name, "owner", "desk 7")).as(name).isEqualTo(1);
            assertThat(gauge(name, "owner", "desk#7")).as(name).isEqualTo(2);
            assertThat(gauge(name, "owner", "other 7")).as(name).isEqualTo(3);
        }
        assertThat(gauge("kaelix.up")).isEqualTo(1);
    }

    @Test
    void shouldGoOnWhereARegistryRefusesAMeter() {
        FunctionCounter.builder("kaelix.lane.readers", this, test -> 1).tags("topic", "a", "publisher", "1", "shop", "a")
                .register(registry);
        process.set(Metric.LANE_READERS, "a#1", 1).set(Metric.LANE_CAPACITY, "a#1", 2);
        metrics.bindTo(registry);
        assertThat(gauge("kaelix.lane.capacity", "topic", "a")).isEqualTo(2);
    }

    /** A registry, and what is bound to it, forget whom they have not seen for long. */
    @Test
    void shouldForgetOwnersThatWent() {
        metrics.bindTo(registry);
        for (int i = 0; i < 10_000; i++) {
            process.set(Metric.SUBSCRIBER_LOST, "s#" + i, i).timed("own", "t" + i, new LatencyHistogram());
            metrics.refresh();
            process.remove("s#" + i).remove("t" + i);
        }
        metrics.refresh();
        assertThat(registry.getMeters()).hasSize(1);
    }

    @Test
    void shouldTellPercentilesOfLateAndTheSumOfAll() {
        final LatencyHistogram delivery = new LatencyHistogram();
        for (int i = 0; i < 1000; i++) {
            delivery.record(1_000);
        }
        process.timed(Metric.SUBSCRIBER_DELIVERY, SUBSCRIBER, delivery);
        metrics.bindTo(registry);
        later(11 * SECOND);
        metrics.refresh();
        for (int i = 0; i < 10; i++) {
            delivery.record(50_000);
        }
        process.timed(Metric.SUBSCRIBER_DELIVERY, SUBSCRIBER, delivery);
        later(SECOND);
        metrics.refresh();
        assertThat(gauge("kaelix.subscriber.delivery.percentile", "phi", "0.5")).isCloseTo(50e-6, within(1e-6));
        assertThat(gauge("kaelix.subscriber.delivery.max")).isCloseTo(50e-6, within(1e-6));
        final FunctionTimer timer = registry.get("kaelix.subscriber.delivery").functionTimer();
        assertThat(timer.count()).isEqualTo(1010);
        assertThat(timer.totalTime(TimeUnit.MICROSECONDS)).isCloseTo(1500, within(0.01));
    }

    @Test
    void shouldTellNoPercentilesWhereNothingWasTimed() {
        process.timed(Metric.HANDLER_TIME, SUBSCRIBER, new LatencyHistogram());
        metrics.bindTo(registry);
        assertThat(gauge("kaelix.handler.time.percentile", "phi", "0.99")).isNaN();
        assertThat(gauge("kaelix.handler.time.max")).isNaN();
        assertThat(registry.get("kaelix.handler.time").functionTimer().count()).isZero();
    }

    @Test
    void shouldBeAloneAndDownWhenTheProcessHasEnded() {
        process.set(Metric.NODE_USED, "node 0", 1);
        metrics.bindTo(registry);
        process.end();
        metrics.refresh();
        assertThat(registry.getMeters()).extracting(meter -> meter.getId().getName()).containsExactly("kaelix.up");
        assertThat(gauge("kaelix.up")).isZero();
    }

    @Test
    void shouldBeDownWhenReadingFails() {
        final KaelixMetrics failing = new KaelixMetrics(() -> {
            throw new IllegalStateException("closed");
        });
        failing.bindTo(registry);
        assertThat(gauge("kaelix.up")).isZero();
    }

    @Test
    void shouldBindToSeveralRegistries() {
        final SimpleMeterRegistry other = new SimpleMeterRegistry();
        process.set(Metric.NODE_USED, "node 0", 1);
        metrics.bindTo(registry);
        metrics.bindTo(other);
        assertThat(other.get("kaelix.node.used").gauge().value()).isEqualTo(1);
        assertThat(gauge("kaelix.node.used")).isEqualTo(1);
    }

    @Test
    void shouldRemoveItsMetersWhenClosed() {
        process.set(Metric.NODE_USED, "node 0", 1);
        metrics.bindTo(registry);
        final int reads = process.reads();
        metrics.close();
        metrics.close();
        later(2 * SECOND);
        assertThat(gauge("kaelix.up")).isZero();
        assertThat(registry.getMeters()).extracting(Meter::getId).hasSize(1);
        assertThat(process.reads()).isEqualTo(reads);
    }
}
