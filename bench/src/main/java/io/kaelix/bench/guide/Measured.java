// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.guide;

import io.kaelix.bench.guide.Parts.Part;
import io.kaelix.bench.guide.Parts.Pool;
import io.kaelix.bench.remote.Exchange;
import io.kaelix.bench.rig.RemoteResult;
import io.kaelix.bench.rig.Results;
import io.kaelix.bench.rig.Results.Environment;
import io.kaelix.bench.rig.Results.Failure;
import io.kaelix.bench.rig.Results.Latency;
import io.kaelix.bench.rig.Results.Throughput;
import io.kaelix.bench.rig.SchedulerResult;
import io.kaelix.bench.scheduler.Figure;
import io.kaelix.bench.scheduler.Mode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * What was measured in this run, by the questions that targets ask. Systems are compared within one of its results only: those of one
 * command, whose rounds are interleaved.
 *
 * @param throughput of every system in every mode it has, at one payload
 * @param latency to and fro and at a rate, at one payload
 * @param scheduler of tasks, beside the JDK's
 * @param network to another process by TCP on loopback, beside peers
 * @param parts what one thread does
 */
record Measured(Results<Throughput> throughput, Results<Latency> latency, SchedulerResult scheduler, RemoteResult network,
        Parts parts) {

    /** The system that the targets are for. */
    static final String KAELIX = "kaelix";
    /** What C does has this name in the results. */
    static final String FLOOR = "floor";

    private static final String FLOOR_MESSAGES = "floor-messages";
    private static final String HAND_OFF = "floor-handoff";
    private static final String PING_PONG = "ping-pong";
    private static final String PACED = "paced";
    private static final long RATE = 1_000_000;
    private static final String UNBATCHED = "one-by-one";
    private static final String BATCH = "batch-";
    private static final String PREFETCH = "-prefetch";

    /** Where all of it was measured: as either command had it that came to results. */
    Environment environment() {
        return throughput.environment() != null ? throughput.environment() : latency.environment();
    }

    /** All that came to no figures. */
    List<Failure> failures() {
        final List<Failure> failures = new ArrayList<>(throughput.failures());
        failures.addAll(latency.failures());
        failures.addAll(scheduler.failures());
        failures.addAll(network.failures());
        failures.addAll(parts.failures());
        return failures;
    }

    /** Messages a second in a mode. */
    Figures throughput(final String mode) {
        final Throughput own = find(throughput.rows(), row -> isOf(KAELIX, row) && row.mode().equals(mode));
        if (own == null) {
            return Figures.NONE;
        }
        final Throughput best = fastest(row -> isPeer(row) && row.mode().equals(mode));
        final Throughput floor = fastest(row -> isOf(FLOOR, row) && isFloorOf(mode, row.mode()));
        final Figures figures = new Figures(own.medianPerSecond(), floor == null ? null : floor.medianPerSecond(),
                best == null ? null : best.medianPerSecond(), best == null ? null : best.system(),
                "rounds " + Unit.MESSAGES_PER_SECOND.print(own.minPerSecond()) + " to "
                + Unit.MESSAGES_PER_SECOND.print(own.maxPerSecond()));
        final boolean sameMode = floor == null || floor.mode().equals(mode);
        return noteOfThreads(sameMode ? figures : figures.noting("floor is " + floor.mode() + ", 1 producer"), own);
    }

    private Throughput fastest(final Predicate<Throughput> wanted) {
        return throughput.rows().stream().filter(wanted).max(Comparator.comparingDouble(Throughput::medianPerSecond)).orElse(null);
    }

    /** C releases as many messages at once as the mode does, with and without prefetching: the faster of both is the floor. */
    private static boolean isFloorOf(final String mode, final String floorMode) {
        final String released = mode.startsWith(BATCH) ? mode : UNBATCHED;
        return floorMode.equals(released) || floorMode.equals(released + PREFETCH);
    }

    private Figures noteOfThreads(final Figures figures, final Throughput row) {
        final int threads = row.publishers() + 1;
        final int cpus = environment().cpus();
        return threads <= cpus ? figures : figures.noting(threads + " threads share " + cpus + (cpus == 1 ? " CPU" : " CPUs"));
    }

    /** The 99th percentile under a paced load, of messages that overlap no gap of the machine. */
    Figures pacedP99OfQuiet() {
        final Figures figures = latency(Measured::isPaced, row -> row.quiet() == null ? null : row.quiet().p99());
        final Latency own = find(latency.rows(), row -> isOf(KAELIX, row) && isPaced(row));
        return own == null ? figures : figures.noting(String.format(Locale.ROOT,
                "judged: the %.1f%% of messages that overlap no gap of the machine, nor its shadow", own.quietFraction() * 100));
    }

    /** The same of all messages. */
    Figures pacedP99OfAll() {
        return latency(Measured::isPaced, row -> row.all().p99()).noting("not judged: the gaps of the machine are in it");
    }

    /** What a message takes from one core to the other: half of the median round trip. */
    Figures pingPongP50() {
        return latency(row -> row.mode().equals(PING_PONG), row -> row.all().p50()).noting("p50 between two cores, half of a round trip");
    }

    private static boolean isPaced(final Latency row) {
        return row.mode().equals(PACED) && row.ratePerSecond() == RATE;
    }

    /** A figure of these rows, in nanoseconds; null if a row has none. */
    private Figures latency(final Predicate<Latency> wanted, final Function<Latency, Long> nanos) {
        final Map<String, Double> found = new HashMap<>();
        latency.rows().stream().filter(wanted).forEach(row -> {
            final Long value = nanos.apply(row);
            if (value != null) {
                found.put(row.system(), value.doubleValue());
            }
        });
        return least(found, "");
    }

    /**
     * Heap that all threads of the path allocate per message: the most of these modes of throughput and of the paced load.
     */
    Figures allocation(final List<String> modes) {
        final Map<String, Double> most = new HashMap<>();
        throughput.rows().stream().filter(row -> modes.contains(row.mode()))
                .forEach(row -> most.merge(row.system(), row.allocatedPerMessage(), Math::max));
        latency.rows().stream().filter(Measured::isPaced)
                .forEach(row -> most.merge(row.system(), row.allocatedPerMessage(), Math::max));
        // A program in C has no heap of this kind.
        most.remove(FLOOR);
        return least(most, "the most of " + String.join(", ", modes) + " and " + PACED + ", all threads");
    }

    /**
     * A figure of the scheduler that is the better the less it is, with one worker.
     *
     * @param own whose it is: {@link #KAELIX}, or what its name begins with
     */
    Figures scheduling(final Mode mode, final String own, final Figure figure, final String note) {
        final Map<String, Double> found = new HashMap<>();
        for (final SchedulerResult.Row row : scheduler.rows()) {
            final SchedulerResult.Spread spread = row.figures().get(figure.name());
            if (spread != null && row.mode().equals(mode.label()) && row.workers() == 1 && !row.system().equals(HAND_OFF)) {
                if (row.system().equals(own)) {
                    found.put(KAELIX, spread.median());
                } else if (!row.system().startsWith(KAELIX)) {
                    found.put(row.system(), spread.median());
                }
            }
        }
        return least(found, note);
    }

    /**
     * A figure of messages to another process by TCP; of bytes a second that C does, as many messages.
     *
     * @param mode of {@code bench network}
     * @param isLess whether it is the better the less it is
     */
    Figures network(final Exchange mode, final Figure figure, final boolean isLess, final String note) {
        final Map<String, Double> found = new HashMap<>();
        for (final RemoteResult.Row row : network.rows()) {
            final SchedulerResult.Spread spread = row.figures().get(figure.name());
            if (spread != null && row.mode().equals(mode.label()) && (isLess || !row.system().equals(FLOOR))) {
                found.put(row.system().equals(FLOOR_MESSAGES) ? FLOOR : row.system(), spread.median());
            }
        }
        return isLess ? least(found, note) : most(found, note);
    }

    /** What a part takes one thread, and what it allocates. */
    Figures part(final Part part, final int length, final String note) {
        final Parts.Cost cost = parts.cost(part, length);
        return cost == null ? Figures.NONE : Figures.of(cost.nanos(), note)
                .noting(String.format(Locale.ROOT, "%.4f B/op allocated, the harness's share in it", cost.bytes()));
    }

    /** Of the pool that retained messages lie in, while one thread retains, and both release. */
    Figures pool(final ToDoubleFunction<Pool> figure) {
        final Pool pool = parts.pool();
        return pool == null ? Figures.NONE : Figures.of(figure.applyAsDouble(pool), Unit.MESSAGES_PER_SECOND.print(pool.perSecond())
                + " M/s retained, " + Unit.MESSAGES_PER_SECOND.print(pool.passedOnPerSecond()) + " of them released by another thread");
    }

    /** The library's beside the floor's and the least of the peers'. */
    private static Figures least(final Map<String, Double> bySystem, final String note) {
        return best(bySystem, Comparator.naturalOrder(), note);
    }

    /** The same where more is better. */
    private static Figures most(final Map<String, Double> bySystem, final String note) {
        return best(bySystem, Comparator.reverseOrder(), note);
    }

    private static Figures best(final Map<String, Double> bySystem, final Comparator<Double> order, final String note) {
        final Double own = bySystem.get(KAELIX);
        if (own == null) {
            return Figures.NONE;
        }
        final Map.Entry<String, Double> best = bySystem.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(KAELIX) && !entry.getKey().equals(FLOOR))
                .min(Map.Entry.<String, Double>comparingByValue(order).thenComparing(Map.Entry.comparingByKey())).orElse(null);
        return new Figures(own, bySystem.get(FLOOR), best == null ? null : best.getValue(), best == null ? null : best.getKey(), note);
    }

    private static boolean isOf(final String system, final Results.Row row) {
        return row.system().equals(system);
    }

    private static boolean isPeer(final Results.Row row) {
        return !isOf(KAELIX, row) && !isOf(FLOOR, row);
    }

    private static <R> R find(final List<R> rows, final Predicate<R> wanted) {
        return rows.stream().filter(wanted).findFirst().orElse(null);
    }
}
