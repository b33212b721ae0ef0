// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kaelix.telemetry.LatencyHistogram;
import io.kaelix.telemetry.Metric;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page that Prometheus is given, line by line. */
class PrometheusTextTest {

    private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(\\{(?:[a-z]+=\"(?:[^\"\\\\]|\\\\.)*\",?)*\\})? (\\S+)");
    private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) [a-z_]+ .*");

    private final MadeUp process = new MadeUp();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final KaelixMetrics metrics = new KaelixMetrics(process);

    /** Each sample by its name and labels; each line must be one, or a comment. */
    private Map<String, Double> samples() {
        final Map<String, Double> samples = new TreeMap<>();
        for (final String line : registry.scrape().split("\n")) {
            if (line.startsWith("#")) {
                assertThat(line).matches(COMMENT);
                continue;
            }
            final Matcher sample = SAMPLE.matcher(line);
            assertThat(sample.matches()).as(line).isTrue();
            final String labels = sample.group(2) == null ? "" : sample.group(2);
            assertThat(samples.put(sample.group(1) + labels, Double.valueOf(sample.group(3)))).as("twice: " + line).isNull();
        }
        return samples;
    }

    @Test
    void shouldPrintWhatIsCounted() {
        process.set(Metric.PROCESS_CPU, "process", 1_500_000).set(Metric.LANE_MESSAGES, "orders.eu#7", 12)
                .set(Metric.LANE_MESSAGES, "orders.us#8", 13).set(Metric.SUBSCRIBER_LAG_TIME, "orders.**#2", 2_000_000_000L)
                .set(Metric.WORKER_CPU_TIME, "worker 0", 500_000_000).set(Metric.SCHEDULER_HEALTH, "shop", 1)
                .set(Metric.CONFIG_RELOADS, "config", 4).set(Metric.PROCESS_STARTED, "process", 1_700_000_000_000L)
                // There would be a series for each text.
                .set(Metric.ERRORS_LAST, "bridge in rome: no Archive answers", 1_700_000_000_000L);
        metrics.bindTo(registry);
        assertThat(samples()).containsExactlyInAnyOrderEntriesOf(Map.of("kaelix_up", 1.0, "kaelix_process_cpu_ratio", 1.5,
                "kaelix_lane_messages_total{publisher=\"7\",topic=\"orders.eu\"}", 12.0,
                "kaelix_lane_messages_total{publisher=\"8\",topic=\"orders.us\"}", 13.0,
                "kaelix_subscriber_lag_time_seconds{number=\"2\",subscriber=\"orders.**\"}", 2.0,
                "kaelix_worker_cpu_time_seconds_total{worker=\"0\"}", 0.5, "kaelix_scheduler_health{scheduler=\"shop\"}", 1.0,
                "kaelix_config_reloads_total", 4.0, "kaelix_process_started_seconds", 1.7e9));
        assertThat(registry.scrape()).contains("# TYPE kaelix_lane_messages_total counter", "# TYPE kaelix_process_cpu_ratio gauge",
                "# HELP kaelix_lane_messages_total " + Metric.LANE_MESSAGES.help());
    }

    @Test
    void shouldPrintLatencies() {
        final LatencyHistogram delays = new LatencyHistogram();
        for (int i = 1; i <= 1000; i++) {
            delays.record(i * 1_000_000L);
        }
        process.timed(Metric.SCHEDULER_START_DELAY, "high", delays);
        metrics.bindTo(registry);
        final Map<String, Double> samples = samples();
        assertThat(samples).containsOnlyKeys("kaelix_up", "kaelix_scheduler_start_delay_seconds_count{priority=\"high\"}",
                "kaelix_scheduler_start_delay_seconds_sum{priority=\"high\"}",
                "kaelix_scheduler_start_delay_max_seconds{priority=\"high\"}",
                "kaelix_scheduler_start_delay_percentile_seconds{phi=\"0.5\",priority=\"high\"}",
                "kaelix_scheduler_start_delay_percentile_seconds{phi=\"0.9\",priority=\"high\"}",
                "kaelix_scheduler_start_delay_percentile_seconds{phi=\"0.99\",priority=\"high\"}",
                "kaelix_scheduler_start_delay_percentile_seconds{phi=\"0.999\",priority=\"high\"}");
        assertThat(samples.get("kaelix_scheduler_start_delay_seconds_count{priority=\"high\"}")).isEqualTo(1000);
        assertThat(samples.get("kaelix_scheduler_start_delay_seconds_sum{priority=\"high\"}")).isCloseTo(500.5, within(0.001));
        assertThat(samples.get("kaelix_scheduler_start_delay_percentile_seconds{phi=\"0.99\",priority=\"high\"}"))
                .isCloseTo(0.99, within(0.02));
    }

    @Test
    void shouldPrintForeignNamesSafely() {
        process.set(Metric.SUBSCRIBER_LOST, "a\"b\\c\nd#1", 1).set("my-own.Metric é", Metric.Kind.GAUGE, "", "x", 2);
        metrics.bindTo(registry);
        assertThat(registry.scrape().lines().filter(line -> line.startsWith("kaelix_subscriber_lost")))
                .containsExactly("kaelix_subscriber_lost_messages_total{number=\"1\",subscriber=\"a\\\"b\\\\c\\nd\"} 1.0");
        assertThat(registry.scrape().lines().filter(line -> line.startsWith("kaelix_my"))).hasSize(1)
                .first().asString().matches("kaelix_my_own_Metric__+\\{owner=\"x\"\\} 2.0");
    }

    @Test
    void shouldPrintNoneTwiceWhateverUsersNameTheirOwn() {
        final LatencyHistogram timed = new LatencyHistogram();
        timed.record(1_000);
        process.timed("t", "o", timed).set(Metric.SUBSCRIBER_LAG_BYTES, "a#1", 5);
        for (final String key : List.of("t", "t.max", "t_max.seconds", "t.percentile", "t.count", "a.b", "a_b", "a-b", "a.b.total", "a.info",
                "a", "subscriber.lag.bytes", "subscriber.lag", "z.orders")) {
            process.set(key, Metric.Kind.GAUGE, "", "o", 1).set(key, Metric.Kind.COUNTER, "", "p", 2)
                    .set(key, Metric.Kind.GAUGE, "orders", "q", 3);
        }
        metrics.bindTo(registry);
        assertThat(samples()).containsKey("kaelix_subscriber_lag_bytes{number=\"1\",subscriber=\"a\"}").hasSizeGreaterThan(10);
    }

    @Test
    void shouldPrintWhatHadNoNameOnceTheOtherIsGone() {
        process.set("a.b", Metric.Kind.GAUGE, "", "o", 1).set("a-b", Metric.Kind.COUNTER, "", "p", 2);
        metrics.bindTo(registry);
        assertThat(samples()).containsOnlyKeys("kaelix_up", "kaelix_a_b{owner=\"o\"}");
        process.remove("o");
        metrics.refresh();
        assertThat(samples()).containsOnlyKeys("kaelix_up", "kaelix_a_b_total{owner=\"p\"}");
    }

    @Test
    void shouldFollowOwners() {
        process.set(Metric.SUBSCRIBER_LOST, "a#1", 1);
        metrics.bindTo(registry);
        process.remove("a#1").set(Metric.SUBSCRIBER_LOST, "b#2", 2);
        metrics.refresh();
        assertThat(samples()).containsOnlyKeys("kaelix_up", "kaelix_subscriber_lost_messages_total{number=\"2\",subscriber=\"b\"}");
    }

    /** A scrape goes on while owners come and go: it fails never, and sees none twice. */
    @Test
    void shouldScrapeWhileOwnersComeAndGo() throws InterruptedException {
        metrics.bindTo(registry);
        final Thread churn = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 2000; i++) {
                process.set(Metric.SUBSCRIBER_LOST, "s#" + i % 20, i);
                metrics.refresh();
                if (i % 3 == 0) {
                    process.remove("s#" + i % 20);
                }
            }
        });
        while (churn.isAlive()) {
            assertThat(samples()).containsKey("kaelix_up");
        }
        churn.join();
        assertThat(samples()).hasSizeGreaterThan(5);
    }
}
