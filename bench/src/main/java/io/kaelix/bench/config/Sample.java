// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.config;

/** A file of 48 keys, as an operator may have it: all there are, and some topics. Hardly any is what it would be without. */
final class Sample {

    static final int KEYS = 48;

    private static final String BEFORE = """
            profile = "low-latency"

            [runtime]
            worker_threads = 1
            pinned = false
            numa_aware = true
            placement = "balanced"
            priority_levels = 3
            task_queue_depth = 2048
            fork_queue_depth = 32768
            delayed_tasks = 65536
            idle_strategy = "park"              # laptops
            blocking_limit_ms = 250
            close_timeout_ms = 2500
            """;

    private static final String AFTER = """

            [performance]
            buffer_size = "128KiB"
            batch_size = 64
            linger_ns = 2000
            max_message_length = "8MiB"
            enable_cpu_profiling = true
            enable_memory_profiling = true
            enable_io_profiling = true
            profiling_interval_ms = 500

            [memory]
            limit = "2GiB"
            page_size = "transparent"
            node_policy = "local"

            [streams]
            expiry_ms = 60000
            push_workers = 2
            slow_subscriber = "lossy"

            # What comes in, and what goes out.
            [[streams.topic]]
            name = "orders.eu"
            partitions = 4
            slow_subscriber = "block"

            [[streams.topic]]
            name = "orders.us"
            partitions = 8
            slow_subscriber = "block"

            [[streams.topic]]
            name = "quotes"
            partitions = 2
            slow_subscriber = "block"

            [[streams.topic]]
            name = "audit"
            partitions = 16

            [telemetry]
            enabled = true
            directory = "/run/kaelix/counters"
            counters_interval_ms = 500
            latency_sampling_bytes = "128KiB"
            backpressure_event_us = 2000
            slow_subscriber_event_ms = 2000
            jmx = true
            prometheus_port = 9400
            prometheus_host = "127.0.0.2"
            log_level = "warning"
            """;

    private Sample() {
    }

    /** With this latency as a target, which is a hot key. */
    static String text(final int targetLatencyMicros) {
        return BEFORE + "target_latency_us = " + targetLatencyMicros + '\n' + AFTER;
    }
}
