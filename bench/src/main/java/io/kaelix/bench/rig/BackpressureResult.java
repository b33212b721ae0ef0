// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.rig.Results.Environment;
import io.kaelix.bench.trial.BackpressureOutcome;
import io.kaelix.bench.trial.BackpressureOutcome.Nanos;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * What a run of {@code kaelix bench backpressure} found, as its JSON has it: medians over the rounds.
 *
 * @param command that gives these figures again
 * @param startedAt ISO 8601, UTC
 * @param environment where it ran
 * @param cpus the publisher's and the subscriber's
 * @param times each event in a round
 * @param rounds each in a JVM of its own
 * @param goalNanos what the median of an event may be above that of its floor
 * @param events each beside its floor
 */
record BackpressureResult(String command, String startedAt, Environment environment, List<Integer> cpus, int times, int rounds,
        long goalNanos, List<Event> events) {

    private static final long GOAL_NANOS = 1000;

    /**
     * Times in nanoseconds, the reading of the clock in all of them.
     *
     * @param name of the event
     * @param floorName of the least that it can take, taken in turn with it
     * @param aboveFloorP50 difference of the medians within a round, of which the median: what drifts from round to round is not in it
     * @param aboveFloorP99 the same of the 99th percentiles
     * @param met whether the medians differ by less than the goal
     */
    record Event(String name, long p50, long p99, String floorName, long floorP50, long floorP99, long aboveFloorP50, long aboveFloorP99,
            boolean met) {
    }

    /** Medians of at least one round. */
    static BackpressureResult of(final String command, final String startedAt, final Environment environment, final List<Integer> cpus,
            final int times, final List<BackpressureOutcome> found) {
        return new BackpressureResult(command, startedAt, environment, cpus, times, found.size(), GOAL_NANOS, List.of(
                event("lane full, until BACK_PRESSURED", found, BackpressureOutcome::refused, "two readings of the clock",
                        BackpressureOutcome::clock),
                event("the same, the subscriber has just moved", found, BackpressureOutcome::refusedMoved, "a load of the other core's line",
                        BackpressureOutcome::fetched),
                event("space freed, until an offer succeeds", found, BackpressureOutcome::freed, "a line handed over",
                        BackpressureOutcome::handOff)));
    }

    private static Event event(final String name, final List<BackpressureOutcome> found, final Function<BackpressureOutcome, Nanos> event,
            final String floorName, final Function<BackpressureOutcome, Nanos> floor) {
        final long above = median(found, outcome -> event.apply(outcome).p50() - floor.apply(outcome).p50());
        return new Event(name, median(found, event.andThen(Nanos::p50)), median(found, event.andThen(Nanos::p99)), floorName,
                median(found, floor.andThen(Nanos::p50)), median(found, floor.andThen(Nanos::p99)), above,
                median(found, outcome -> event.apply(outcome).p99() - floor.apply(outcome).p99()), above < GOAL_NANOS);
    }

    private static long median(final List<BackpressureOutcome> found, final Function<BackpressureOutcome, Long> figure) {
        return Math.round(Medians.of(found.stream().map(outcome -> figure.apply(outcome).doubleValue()).toList()));
    }

    /** For people. */
    String toText() {
        final TextTable table = new TextTable(1, "ns", "p50", "p99", "floor p50", "floor p99", "p50 above", "p99 above", "goal", "met");
        for (final Event event : events) {
            table.add(event.name(), figure(event.p50()), figure(event.p99()), figure(event.floorP50()), figure(event.floorP99()),
                    figure(event.aboveFloorP50()), figure(event.aboveFloorP99()), "< " + figure(goalNanos), event.met() ? "yes" : "NO");
        }
        final StringBuilder text = new StringBuilder(command + "  at " + startedAt + "\n" + environment.cpu() + "; " + environment.kernel()
                + "; " + environment.jvm() + "; publisher on CPU " + cpus.get(0) + ", subscriber on CPU " + cpus.get(1) + "\n\n" + table
                + "medians of " + rounds + " rounds of " + times + " each; above: differences within a round; the p50 is judged, what the "
                + "machine takes away is in the p99\nfloors: ");
        for (final Event event : events) {
            text.append(event == events.get(0) ? "" : "; ").append(event.floorName());
        }
        return text.append(" (in the order of the table)\n").toString();
    }

    private static String figure(final long nanos) {
        return String.format(Locale.ROOT, "%,d", nanos);
    }
}
