// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.time.Duration;

/**
 * {@code [telemetry]}: what is told, to whom, and how often. Comes from a {@link KaelixConfig}, which has checked it.
 *
 * @param enabled whether counters are written where other processes can read them
 * @param directory folder of counter files; empty for the usual one
 * @param countersInterval between two times that counters are written
 * @param latencySamplingBytes one message in about so many bytes of each lane is timed; 0 for none
 * @param backpressureEvent a publisher that could not go on for longer is an event
 * @param slowSubscriberEvent a subscriber that is further behind is an event; zero for none
 * @param jmx whether counters are shown by JMX
 * @param prometheusPort port of the Prometheus endpoint; 0 for none
 * @param prometheusHost name or address that it listens on
 * @param logLevel what is logged: this and what is graver
 */
public record TelemetryConfig(boolean enabled, String directory, Duration countersInterval, int latencySamplingBytes,
        Duration backpressureEvent, Duration slowSubscriberEvent, boolean jmx, int prometheusPort, String prometheusHost,
        System.Logger.Level logLevel) {

    static TelemetryConfig of(final Draft draft) {
        return new TelemetryConfig(
                draft.truth(ConfigKey.TELEMETRY_ENABLED),
                draft.text(ConfigKey.TELEMETRY_DIRECTORY),
                Duration.ofMillis(draft.number(ConfigKey.TELEMETRY_COUNTERS_INTERVAL_MS)),
                draft.whole(ConfigKey.TELEMETRY_LATENCY_SAMPLING_BYTES),
                Duration.ofNanos(draft.number(ConfigKey.TELEMETRY_BACKPRESSURE_EVENT_US) * 1_000),
                Duration.ofMillis(draft.number(ConfigKey.TELEMETRY_SLOW_SUBSCRIBER_EVENT_MS)),
                draft.truth(ConfigKey.TELEMETRY_JMX),
                draft.whole(ConfigKey.TELEMETRY_PROMETHEUS_PORT),
                draft.text(ConfigKey.TELEMETRY_PROMETHEUS_HOST),
                System.Logger.Level.valueOf(draft.constant(ConfigKey.TELEMETRY_LOG_LEVEL)));
    }
}
