// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.guide;

import io.kaelix.bench.rig.RemoteResult;
import io.kaelix.bench.rig.Results;
import io.kaelix.bench.rig.Results.Environment;
import io.kaelix.bench.rig.Results.Failure;
import io.kaelix.bench.rig.Results.Latency;
import io.kaelix.bench.rig.Results.Percentiles;
import io.kaelix.bench.rig.Results.Row;
import io.kaelix.bench.rig.Results.Throughput;
import io.kaelix.bench.rig.SchedulerResult;
import io.kaelix.bench.scheduler.Figure;
import java.util.List;
import java.util.Map;

/** Made-up results on a machine of two CPUs. */
final class Samples {

    static final Environment ENVIRONMENT = new Environment("a CPU", 2, "Linux 6", "a JVM", "avx2", 4096, 0, "0.1.0");
    static final String STARTED_AT = "2026-01-02T03:04:05Z";

    private Samples() {
    }

    static Throughput throughput(final String system, final String mode, final int publishers, final double perSecond,
            final double ofFloor, final double allocated) {
        return new Throughput(system, mode, 64, publishers, 1, perSecond, perSecond - 1e6, perSecond + 1e6, List.of(perSecond), ofFloor, 0,
                "1", "defaults", allocated);
    }

    static Latency pingPong(final String system, final long p50) {
        return new Latency(system, "ping-pong", "one-by-one", 64, 0, percentiles(p50, 2 * p50), null, 0, 1, null, "1", "defaults", 0);
    }

    /** Under a load; quiet 0 for no quiet messages. */
    static Latency paced(final String system, final long rate, final long p99, final long quietP99) {
        return new Latency(system, "paced", "one-by-one", 64, rate, percentiles(1, p99), quietP99 == 0 ? null : percentiles(1, quietP99),
                quietP99 == 0 ? 0 : 0.931, 1, null, "1", "defaults", 0.002);
    }

    private static Percentiles percentiles(final long p50, final long p99) {
        return new Percentiles(p50, p99, p99, p99, p99, p99);
    }

    static <R extends Row> Results<R> results(final String command, final List<R> rows, final List<Failure> failures) {
        return new Results<>(command, STARTED_AT, ENVIRONMENT, Map.of(), rows, failures);
    }

    static Measured measured(final List<Throughput> throughput, final List<Latency> latency, final Parts parts) {
        return new Measured(results("./kaelix bench throughput", throughput, List.of()),
                results("./kaelix bench latency", latency, List.of()), scheduler(List.of(), List.of()), network(List.of(), List.of()), parts);
    }

    static SchedulerResult scheduler(final List<SchedulerResult.Row> rows, final List<Failure> failures) {
        return new SchedulerResult("scheduler", STARTED_AT, ENVIRONMENT, List.of(0, 1), 1, Map.of(), List.of(), rows, failures);
    }

    static RemoteResult network(final List<RemoteResult.Row> rows, final List<Failure> failures) {
        return new RemoteResult("network", STARTED_AT, ENVIRONMENT, List.of(0, 1), 1, List.of(), rows, failures);
    }

    static RemoteResult.Row remote(final String system, final String mode, final Figure figure, final double median) {
        return new RemoteResult.Row(mode, system, "1", 64,
                Map.of(figure.name(), new SchedulerResult.Spread(median, median, median, List.of(median))), "defaults");
    }

    static SchedulerResult.Row tasks(final String system, final String mode, final int workers, final Figure figure, final double median) {
        return new SchedulerResult.Row(mode, system, workers,
                Map.of(figure.name(), new SchedulerResult.Spread(median, median, median, List.of(median))), "defaults");
    }

    static Parts noParts() {
        return new Parts("./kaelix bench jmh", Map.of(), null, List.of());
    }
}
