// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.rig.Results.Environment;
import io.kaelix.bench.rig.Results.Failure;
import io.kaelix.bench.rig.SchedulerResult.Goal;
import io.kaelix.bench.rig.SchedulerResult.Spread;
import java.util.List;
import java.util.Map;

/**
 * What the commands find that measure between two processes, as JSON has it.
 *
 * @param command that gives it again
 * @param startedAt UTC
 * @param cpus of the process that connects, and of the server
 * @param rounds that each median is over
 * @param goals what is meant to be reached; those whose rows failed or were not asked for are missing
 * @param rows each system in each mode
 * @param failures what came to nothing
 */
public record RemoteResult(String command, String startedAt, Environment environment, List<Integer> cpus, int rounds, List<Goal> goals,
        List<Row> rows, List<Failure> failures) {

    /**
     * A system in a mode.
     *
     * @param mode what was asked of it
     * @param system {@code kaelix}, a peer, {@code floor} for what C does, {@code floor-messages} for what it does with messages whose every
     *     word is written and read
     * @param version of the system
     * @param payload bytes of a message
     * @param figures by their names, which have quantity and unit
     * @param settings of the system, in one line
     */
    public record Row(String mode, String system, String version, int payload, Map<String, Spread> figures, String settings) {
    }
}
