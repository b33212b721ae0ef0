// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.rig.Results.Environment;
import io.kaelix.bench.trial.BatchReading;
import io.kaelix.bench.trial.BatchReading.Way;
import io.kaelix.bench.trial.BatchTrial;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code kaelix bench batch}. */
@Command(name = "batch", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = "Measures what it costs to receive messages by batches of several sizes, with and without a predicate, beside a handler; and"
                + " predicates that the reader asks beside the same test in the handler. Interleaved in rounds.",
        footer = {"", "Exit status: 0 all was measured, 1 something failed, 2 wrong usage."})
public final class BatchCommand implements Callable<Integer> {

    private static final int MAX_ROUNDS = 1000;
    private static final int[] SIZES = {1, 10, 100, 1_000, 10_000, 100_000};
    private static final int[] LIMITS = {1, 16, 256, 4_096};
    private static final int[] WANTED_PERCENT = {1, 10, 50, 100};
    private static final Way[] BESIDE = {Way.TEST_IN_HANDLER, Way.PUSHED_DOWN};
    private static final int FEW_PERCENT = 1;
    private static final int PAYLOAD = 64;
    /** About a quarter of a lane: what a reader's core keeps in its second cache. */
    private static final int IN_CACHE = 3_000;
    private static final int WARM_UP = 3;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Of which medians are taken. Default: 5.")
    private int rounds;

    @Option(names = "--millis", paramLabel = "N", defaultValue = "200", description = "Of each measurement across threads. Default: 200.")
    private int millis;

    @Option(names = "--turns", paramLabel = "N", defaultValue = "300",
            description = "Of each measurement in the cache, " + IN_CACHE + " messages each. Default: 300.")
    private int turns;

    @Option(names = "--json", description = "Print the figures as JSON on standard output, and nothing else.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        requireRange("--rounds", rounds, MAX_ROUNDS);
        requireRange("--millis", millis, 60_000);
        requireRange("--turns", turns, 1_000_000);
        final List<Map<String, Object>> batches = new ArrayList<>();
        for (final int size : SIZES) {
            System.err.println("batches of " + size);
            batches.add(batches(size));
        }
        final List<Map<String, Object>> predicates = new ArrayList<>();
        for (final boolean varies : new boolean[] {false, true}) {
            for (final int limit : LIMITS) {
                System.err.println("predicates, polls of " + limit + (varies ? ", lengths vary" : ""));
                for (final int percent : WANTED_PERCENT) {
                    predicates.add(predicates(limit, percent, varies));
                }
            }
        }
        final Environment environment = Machine.look(2, Version.ofKaelix());
        if (json) {
            final Map<String, Object> found = new LinkedHashMap<>();
            found.put("environment", environment);
            found.put("payload", PAYLOAD);
            found.put("rounds", rounds);
            found.put("batches", batches);
            found.put("predicates", predicates);
            System.out.print(ResultsJson.of(found));
        } else {
            System.out.print(environment.cpu() + "; " + environment.jvm() + "; kernels " + environment.isa() + "\n\n" + text(batches, predicates));
        }
        System.out.flush();
        return 0;
    }

    private void requireRange(final String option, final int value, final int most) {
        if (value < 1 || value > most) {
            throw new ParameterException(spec.commandLine(), option + " is a number from 1 to " + most + ", not " + value);
        }
    }

    private Map<String, Object> batches(final int size) throws InterruptedException {
        final Way[] ways = {Way.POLL, Way.BATCH, Way.TEST_IN_HANDLER, Way.BATCH_WHERE, Way.PUSHED_DOWN};
        final List<List<Double>> inCache = inCache(ways, size, FEW_PERCENT, false);
        final List<List<Double>> acrossThreads = new ArrayList<>();
        for (int i = 0; i < ways.length; i++) {
            acrossThreads.add(new ArrayList<>());
        }
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < ways.length; i++) {
                try (BatchReading reading = new BatchReading(ways[i], size, FEW_PERCENT, PAYLOAD, false)) {
                    acrossThreads.get(i).add(BatchTrial.acrossThreads(reading, millis * 1_000_000L));
                }
            }
        }
        final Map<String, Object> row = new LinkedHashMap<>();
        row.put("size", size);
        for (int i = 0; i < ways.length; i++) {
            row.put(name(ways[i]) + "InCacheNanos", Medians.of(inCache.get(i)));
            row.put(name(ways[i]) + "AcrossThreadsNanos", Medians.of(acrossThreads.get(i)));
        }
        return row;
    }

    private Map<String, Object> predicates(final int limit, final int percent, final boolean varies) {
        final List<List<Double>> found = inCache(BESIDE, limit, percent, varies);
        final Map<String, Object> row = new LinkedHashMap<>();
        row.put("lengths", varies ? "varying" : "equal");
        row.put("limit", limit);
        row.put("wantedPercent", percent);
        for (int i = 0; i < BESIDE.length; i++) {
            row.put(name(BESIDE[i]) + "Nanos", Medians.of(found.get(i)));
        }
        row.put("timesFaster", Medians.ofRatios(found.get(0), found.get(1)));
        return row;
    }

    /** Nanoseconds of each way in each round, in turn; all have to find the same. */
    private List<List<Double>> inCache(final Way[] ways, final int limit, final int percent, final boolean varies) {
        final List<BatchReading> readings = new ArrayList<>();
        final List<List<Double>> nanos = new ArrayList<>();
        for (final Way way : ways) {
            readings.add(new BatchReading(way, limit, percent, PAYLOAD, varies));
            nanos.add(new ArrayList<>());
        }
        for (int round = -WARM_UP; round < rounds; round++) {
            for (int i = 0; i < ways.length; i++) {
                final double each = BatchTrial.inCache(readings.get(i), IN_CACHE, turns);
                if (round >= 0) {
                    nanos.get(i).add(each);
                }
            }
        }
        requireSame(ways, readings, Way.POLL, Way.BATCH);
        requireSame(ways, readings, Way.TEST_IN_HANDLER, Way.BATCH_WHERE);
        requireSame(ways, readings, Way.TEST_IN_HANDLER, Way.PUSHED_DOWN);
        readings.forEach(BatchReading::close);
        return nanos;
    }

    private static void requireSame(final Way[] ways, final List<BatchReading> readings, final Way one, final Way other) {
        final int first = List.of(ways).indexOf(one);
        final int second = List.of(ways).indexOf(other);
        if (first >= 0 && second >= 0 && readings.get(first).sum() != readings.get(second).sum()) {
            throw new IllegalStateException(one + " adds up to " + readings.get(first).sum() + ", " + other + " to "
                    + readings.get(second).sum());
        }
    }

    private static String name(final Way way) {
        return switch (way) {
            case POLL -> "poll";
            case BATCH -> "batch";
            case TEST_IN_HANDLER -> "testInHandler";
            case BATCH_WHERE -> "batchWhere";
            case PUSHED_DOWN -> "pushedDown";
        };
    }

    private String text(final List<Map<String, Object>> batches, final List<Map<String, Object>> predicates) {
        final StringBuilder text = new StringBuilder();
        for (final String where : new String[] {"InCache", "AcrossThreads"}) {
            final TextTable table = new TextTable(1, where.equals("InCache") ? "in the cache, M/s" : "across threads, M/s", "handler: all", "batch: all",
                    "handler: 1%", "batch: 1%", "pushed down: 1%");
            for (final Map<String, Object> row : batches) {
                table.add("batches of " + row.get("size"), perSecond(row, Way.POLL, where), perSecond(row, Way.BATCH, where),
                        perSecond(row, Way.TEST_IN_HANDLER, where), perSecond(row, Way.BATCH_WHERE, where), perSecond(row, Way.PUSHED_DOWN, where));
            }
            text.append(table).append('\n');
        }
        final TextTable table = new TextTable(1, "predicate, in the cache", "polls of", "wanted", "test in handler ns", "pushed down ns", "times faster");
        for (final Map<String, Object> row : predicates) {
            table.add(row.get("lengths") + " lengths", row.get("limit").toString(), row.get("wantedPercent") + "%",
                    figure(row.get("testInHandlerNanos")), figure(row.get("pushedDownNanos")), figure(row.get("timesFaster")));
        }
        return text.append(table) + "medians of " + rounds + " rounds, per message published; payloads of " + PAYLOAD
                + " bytes, where they vary of 8 to " + 2 * PAYLOAD + "\n";
    }

    private static String perSecond(final Map<String, Object> row, final Way way, final String where) {
        return String.format(Locale.ROOT, "%.1f", 1_000 / (double) row.get(name(way) + where + "Nanos"));
    }

    private static String figure(final Object value) {
        return String.format(Locale.ROOT, "%.2f", (double) value);
    }
}
