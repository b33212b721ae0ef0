// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.report;

import io.kaelix.bench.rig.Results;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Results of the shape that a run has. All figures are invented: the command says so, in the page too. */
final class Samples {

    static final List<String> SYSTEMS = List.of("kaelix", "aeron-ipc", "agrona-one-to-one", "agrona-many-to-one", "disruptor",
            "jctools-spsc", "jctools-mpsc", "chronicle-queue", "array-blocking-queue");

    private static final double[] MILLIONS = {61, 38, 55, 30, 44, 58, 27, 4.4, 8.1};
    private static final int ROUNDS = 5;
    private static final JsonMapper JSON = JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

    private final Random random = new Random(7);

    /** Every system one by one, some in batches and with several ends, at these payloads, on two CPUs. */
    Results<Results.Throughput> throughput(final int... payloads) {
        final List<Map<String, Object>> rows = new ArrayList<>();
        for (int payload : payloads) {
            final double slower = 1 / (1 + payload / 400.0);
            for (int i = 0; i < SYSTEMS.size(); i++) {
                rows.add(row(SYSTEMS.get(i), "one-by-one", payload, 1, 1, MILLIONS[i] * slower, 70 * slower));
            }
            for (int batch : new int[] {10, 64, 100, 1000}) {
                rows.add(row("kaelix", "batch-" + batch, payload, 1, 1, (140 - 400.0 / batch) * slower, batch >= 64 ? 150 * slower : 0));
                rows.add(row("disruptor", "batch-" + batch, payload, 1, 1, (95 - 350.0 / batch) * slower, batch >= 64 ? 150 * slower : 0));
            }
            for (int publishers : new int[] {2, 4}) {
                for (final String system : List.of("kaelix", "agrona-many-to-one", "disruptor", "jctools-mpsc", "array-blocking-queue")) {
                    final double one = MILLIONS[SYSTEMS.indexOf(system)];
                    rows.add(row(system, "publishers-" + publishers, payload, publishers, 1, one * slower / (0.8 + 0.2 * publishers), 0));
                }
            }
            rows.add(row("kaelix", "subscribers-2", payload, 1, 2, 39 * slower, 0));
            for (final String system : List.of("kaelix", "aeron-ipc", "disruptor")) {
                rows.add(row(system, "subscribers-3", payload, 1, 3, MILLIONS[SYSTEMS.indexOf(system)] * slower / 2.2, 0));
            }
            final Map<String, Object> lossy = row("kaelix", "lossy", payload, 1, 1, 66 * slower, 0);
            lossy.put("lostFraction", 0.0123);
            rows.add(lossy);
            rows.add(row("floor", "one-by-one", payload, 1, 1, 70 * slower, 0));
            rows.add(row("floor", "batch-64", payload, 1, 1, 150 * slower, 0));
        }
        return results(rows, Results.Throughput.class);
    }

    /** Ping-pong and a paced load for every system and the floor; writes their distributions into the directory. */
    Results<Results.Latency> latency(final Path dir) throws IOException {
        final List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i <= SYSTEMS.size(); i++) {
            final String system = i < SYSTEMS.size() ? SYSTEMS.get(i) : "floor";
            final double base = i < SYSTEMS.size() ? 68 + 5000 / MILLIONS[i] / 3 : 72;
            for (final String mode : List.of("ping-pong", "paced")) {
                rows.add(latencyRow(dir, system, mode, base));
            }
        }
        return results(rows, Results.Latency.class);
    }

    private Map<String, Object> latencyRow(final Path dir, final String system, final String mode, final double base) throws IOException {
        final Histogram all = new Histogram(3);
        final Histogram quiet = new Histogram(3);
        final boolean paced = mode.equals("paced");
        for (int i = 0; i < 40_000; i++) {
            final double nanos = base * Math.exp(0.12 * random.nextGaussian()) + (random.nextInt(300) == 0 ? random.nextInt(2_000) : 0);
            final boolean gap = paced && random.nextInt(120) == 0;
            all.recordValue((long) (gap ? nanos + 10_000 + 600_000 * Math.pow(random.nextDouble(), 5) : nanos));
            if (!gap) {
                quiet.recordValue((long) nanos);
            }
        }
        final String file = system + "-" + mode + ".hgrm";
        Files.createDirectories(dir);
        try (PrintStream out = new PrintStream(dir.resolve(file).toFile(), StandardCharsets.UTF_8)) {
            all.outputPercentileDistribution(out, 1000.0);
        }
        final Map<String, Object> row = new LinkedHashMap<>();
        row.put("system", system);
        row.put("mode", mode);
        row.put("variant", "one-by-one");
        row.put("payload", 64);
        row.put("ratePerSecond", paced ? 1_000_000 : 0);
        row.put("all", percentiles(all));
        row.put("quiet", paced ? percentiles(quiet) : null);
        row.put("quietFraction", paced ? (double) quiet.getTotalCount() / all.getTotalCount() : 0);
        row.put("ofFloor", base / 72);
        row.put("histogram", file);
        row.put("version", "1.0");
        row.put("settings", settings(system));
        return row;
    }

    private static Map<String, Object> percentiles(final Histogram histogram) {
        return Map.of("p50", histogram.getValueAtPercentile(50), "p90", histogram.getValueAtPercentile(90),
                "p99", histogram.getValueAtPercentile(99), "p999", histogram.getValueAtPercentile(99.9),
                "p9999", histogram.getValueAtPercentile(99.99), "max", histogram.getMaxValue());
    }

    private Map<String, Object> row(final String system, final String mode, final int payload, final int publishers, final int subscribers,
            final double millions, final double floor) {
        final List<Double> rounds = IntStream.range(0, ROUNDS).mapToObj(i -> millions * 1e6 * (1 + 0.05 * random.nextGaussian())).toList();
        final List<Double> sorted = rounds.stream().sorted().toList();
        final Map<String, Object> row = new LinkedHashMap<>();
        row.put("system", system);
        row.put("mode", mode);
        row.put("payload", payload);
        row.put("publishers", publishers);
        row.put("subscribers", subscribers);
        row.put("medianPerSecond", sorted.get(ROUNDS / 2));
        row.put("minPerSecond", sorted.getFirst());
        row.put("maxPerSecond", sorted.getLast());
        row.put("perSecond", rounds);
        row.put("ofFloor", floor == 0 ? 0 : millions / floor);
        row.put("lostFraction", 0);
        row.put("version", "1.0");
        row.put("settings", settings(system));
        return row;
    }

    private static String settings(final String system) {
        return system.equals("floor") ? "capacity 1 MiB, C17 -O3" : "ring 65536, busy-spin, options of " + system;
    }

    private static <R extends Results.Row> Results<R> results(final List<Map<String, Object>> rows, final Class<R> kind) {
        final Map<String, Object> environment = Map.of("cpu", "Invented CPU @ 3.00GHz", "cpus", 2, "kernel", "6.18.0", "jvm",
                "Temurin 25.0.1+8", "isa", "avx2", "pageBytes", 2 << 20, "node", 0, "kaelix", "0.1.0");
        final Map<String, Object> floors = new LinkedHashMap<>();
        floors.put("handoff", Map.of("mode", "handoff", "oneWayNanos", 61.25, "p50Nanos", 60));
        floors.put("memcpy", Map.of("bytesPerSecond", 9.81e9));
        floors.put("gaps", Map.of("threads", List.of(Map.of("cpu", 0, "count", 812, "fraction", 0.0561, "largestNanos", 4_120_000)),
                "stealFraction", 0.0021));
        final Map<String, Object> results = Map.of("command",
                "invented figures: a sample of the report of " + kind.getSimpleName() + ", measured nowhere",
                "startedAt", "2026-01-01T00:00:00Z", "environment", environment, "floors", floors, "rows", rows, "failures",
                List.of(Map.of("label", "disruptor batch-10000 64", "reason", "no such mode, an invented failure")));
        return JSON.convertValue(results, JSON.getTypeFactory().constructParametricType(Results.class, kind));
    }
}
