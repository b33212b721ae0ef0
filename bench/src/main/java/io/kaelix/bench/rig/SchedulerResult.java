// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.rig.Results.Environment;
import io.kaelix.bench.rig.Results.Failure;
import java.util.List;
import java.util.Map;

/**
 * What a run of {@code kaelix bench scheduler} found, as its JSON has it.
 *
 * @param command that gives these figures again
 * @param startedAt ISO 8601, UTC
 * @param environment where it ran
 * @param cpus for the workers, from the last on, and for the thread that schedules
 * @param rounds of each row
 * @param floors what the machine itself can do, taken once before the rounds
 * @param goals what it should reach; those whose modes were not measured are left out
 * @param rows one per system, mode and number of workers
 * @param failures what came to no figures; empty if all went well
 */
public record SchedulerResult(String command, String startedAt, Environment environment, List<Integer> cpus, int rounds,
        Map<String, Object> floors, List<Goal> goals, List<Row> rows, List<Failure> failures) {

    /**
     * A system in a mode.
     *
     * @param mode how it was used
     * @param system {@code kaelix}, a pool of the JDK, {@code floor} for what C does, {@code floor-handoff} for a line handed over
     * @param workers threads that run tasks
     * @param figures by their names, which have quantity and unit
     * @param settings of the system, in one line
     */
    public record Row(String mode, String system, int workers, Map<String, Spread> figures, String settings) {
    }

    /**
     * A figure.
     *
     * @param median over the rounds
     * @param rounds each round's, in order
     */
    public record Spread(double median, double lowest, double highest, List<Double> rounds) {

        /** Of one round at the least. */
        static Spread of(final List<Double> rounds) {
            return new Spread(Medians.of(rounds), rounds.stream().mapToDouble(Double::doubleValue).min().orElseThrow(),
                    rounds.stream().mapToDouble(Double::doubleValue).max().orElseThrow(), List.copyOf(rounds));
        }
    }

    /**
     * Something to reach.
     *
     * @param key that it is found by
     * @param name for people
     * @param measured median over the rounds; of ratios within a round where two systems are compared
     * @param isBelow whether it is met by less than the limit, or by more
     * @param limit null for what is shown and not judged
     * @param unit of both
     * @param peer what it is compared with, or null
     * @param met null where there is no limit
     */
    public record Goal(String key, String name, double measured, boolean isBelow, Double limit, String unit, String peer, Boolean met) {
    }
}
