// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.guide;

import io.kaelix.bench.jmh.ClaimBenchmark;
import io.kaelix.bench.jmh.MessageBuilderBenchmark;
import io.kaelix.bench.jmh.PollBenchmark;
import io.kaelix.bench.jmh.RetainBenchmark;
import io.kaelix.bench.jmh.SerialisationBenchmark;
import io.kaelix.bench.rig.Results.Failure;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.ListStatistics;

/**
 * What the parts of a message's way take that one thread goes alone, and the pool of retained messages that two share, by the JMH
 * benchmarks that have them: one fork of each in every round, medians over the rounds.
 *
 * @param command that runs the same benchmarks for the same time
 * @param costs of each part at each length; those of a failed run are missing
 * @param pool while one thread retained and another released; null if that failed
 * @param failures in one line each
 */
record Parts(String command, Map<String, Cost> costs, Pool pool, List<Failure> failures) {

    private static final List<Integer> LENGTHS = List.of(64, 1024);
    private static final String LENGTH = "length";
    private static final String ALLOCATED = "gc.alloc.rate.norm";
    private static final String HEADERS = "headers";
    private static final String HEADER_COUNT = "4";
    /** Length of the messages that the pool's figures are of. */
    private static final String POOLED_LENGTH = "64";
    private static final int ITERATIONS = 5;
    private static final long WARMUP_MILLIS = 400;

    /** A benchmark of one part. */
    enum Part {
        /** Claim, every word written, commit. */
        CREATION(ClaimBenchmark.class, "claimWriteCommit"),
        /** A builder: timestamp, four headers and an array of payload, offered. */
        BUILDING(MessageBuilderBenchmark.class, "array"),
        /** Typed fields written into a claim, commit. */
        SERIALISATION(SerialisationBenchmark.class, "inPlace"),
        /** Poll with a handler that reads eight bytes. */
        DELIVERY(PollBenchmark.class, "poll"),
        /** Poll with a handler that reads every word. */
        READING(PollBenchmark.class, "pollWords"),
        /** Retained by one thread, released by it or another. */
        RETAINING(RetainBenchmark.class, "twoThreads");

        private final String benchmark;

        Part(final Class<?> type, final String method) {
            benchmark = type.getName() + '.' + method;
        }

        private String pattern() {
            return benchmark.substring(benchmark.lastIndexOf('.', benchmark.lastIndexOf('.') - 1) + 1) + '$';
        }
    }

    /**
     * Of one operation.
     *
     * @param nanos mean of a fork, median over the rounds
     * @param bytes of heap, with the harness's share; median over the rounds
     */
    record Cost(double nanos, double bytes) {
    }

    /**
     * Of the pool under that load.
     *
     * @param hitRate messages retained in memory that was there already, out of all, from 0 to 1
     * @param allocationsPerSecond times that it took more memory
     * @param perSecond messages retained and released
     * @param passedOnPerSecond those of them that the other thread released; the queue between them being full, the same one does
     */
    record Pool(double hitRate, double allocationsPerSecond, double perSecond, double passedOnPerSecond) {

        private static Pool of(final RunResult result, final double seconds) {
            final double hits = count(result, "hits");
            final double retained = hits + count(result, "misses");
            return new Pool(hits / Math.max(1, retained), count(result, "allocations") / seconds, retained / seconds,
                    count(result, "released") / seconds);
        }

        /** Summed over the iterations. */
        private static double count(final RunResult result, final String name) {
            return result.getSecondaryResults().get(name).getScore();
        }

        private static Pool median(final List<Pool> rounds) {
            return new Pool(median(rounds, Pool::hitRate), median(rounds, Pool::allocationsPerSecond), median(rounds, Pool::perSecond),
                    median(rounds, Pool::passedOnPerSecond));
        }

        private static double median(final List<Pool> rounds, final ToDoubleFunction<Pool> figure) {
            final ListStatistics all = new ListStatistics();
            rounds.forEach(round -> all.addValue(figure.applyAsDouble(round)));
            return all.getPercentile(50);
        }
    }

    /** Of a part at a length of messages, or null. */
    Cost cost(final Part part, final int length) {
        return costs.get(key(part.benchmark, Integer.toString(length)));
    }

    /** The name of a part's cost among the costs. */
    static String key(final String benchmark, final String length) {
        return benchmark + ' ' + length;
    }

    /**
     * Measures.
     *
     * @param seconds in each fork, after a warm-up
     * @param progress gets a line per round
     */
    static Parts measure(final int rounds, final double seconds, final PrintStream progress) {
        final long iterationMillis = Math.max(1, Math.round(seconds * 1000 / ITERATIONS));
        final Map<String, ListStatistics> nanos = new HashMap<>();
        final Map<String, ListStatistics> bytes = new HashMap<>();
        final List<Pool> pools = new ArrayList<>();
        final List<Failure> failures = new ArrayList<>();
        final String command = command(rounds, iterationMillis);
        try {
            for (int round = 1; round <= rounds; round++) {
                final Collection<RunResult> found = run(iterationMillis);
                for (final RunResult result : found) {
                    final String key = key(result.getParams().getBenchmark(), result.getParams().getParam(LENGTH));
                    nanos.computeIfAbsent(key, ignored -> new ListStatistics()).addValue(result.getPrimaryResult().getScore());
                    bytes.computeIfAbsent(key, ignored -> new ListStatistics())
                            .addValue(result.getSecondaryResults().get(ALLOCATED).getScore());
                    if (key.equals(key(Part.RETAINING.benchmark, POOLED_LENGTH))) {
                        pools.add(Pool.of(result, ITERATIONS * iterationMillis / 1000.0));
                    }
                }
                progress.println("[" + round + "/" + rounds + "] parts: " + summary(found));
            }
        } catch (final RunnerException e) {
            final String reason = e.getMessage() + "; run '" + command + "' to see why";
            progress.println("parts: FAILED: " + reason);
            failures.add(new Failure("parts", reason));
        }
        final Map<String, Cost> costs = new HashMap<>();
        if (failures.isEmpty()) {
            nanos.forEach((key, all) -> costs.put(key, new Cost(all.getPercentile(50), bytes.get(key).getPercentile(50))));
        }
        return new Parts(command, Map.copyOf(costs), failures.isEmpty() ? Pool.median(pools) : null, List.copyOf(failures));
    }

    private static Collection<RunResult> run(final long iterationMillis) throws RunnerException {
        final ChainedOptionsBuilder options = new OptionsBuilder()
                .param(LENGTH, LENGTHS.stream().map(String::valueOf).toArray(String[]::new))
                .param(HEADERS, HEADER_COUNT)
                .forks(1)
                .warmupIterations(ITERATIONS).warmupTime(new TimeValue(WARMUP_MILLIS, TimeUnit.MILLISECONDS))
                .measurementIterations(ITERATIONS).measurementTime(new TimeValue(iterationMillis, TimeUnit.MILLISECONDS))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        Arrays.stream(Part.values()).forEach(part -> options.include(part.pattern()));
        return new Runner(options.build()).run();
    }

    private static String command(final int forks, final long iterationMillis) {
        return "./kaelix bench jmh '" + Arrays.stream(Part.values()).map(Part::pattern).collect(Collectors.joining("|")) + "' -p " + LENGTH
                + "=" + LENGTHS.stream().map(String::valueOf).collect(Collectors.joining(",")) + " -p " + HEADERS + "=" + HEADER_COUNT + " -f " + forks
                + " -wi " + ITERATIONS + " -w " + WARMUP_MILLIS + "ms -i " + ITERATIONS + " -r " + iterationMillis + "ms";
    }

    private static String summary(final Collection<RunResult> results) {
        return results.stream()
                .map(result -> String.format(Locale.ROOT, "%s %s B %.1f ns", result.getPrimaryResult().getLabel(),
                        result.getParams().getParam(LENGTH), result.getPrimaryResult().getScore()))
                .collect(Collectors.joining(", "));
    }
}
