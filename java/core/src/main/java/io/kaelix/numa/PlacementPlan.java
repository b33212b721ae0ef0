// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.numa;

import java.util.List;

/**
 * Where each worker runs and each lane lies, and why. Immutable; says what should be, not what is.
 *
 * @param goal it was made for
 * @param workers one entry for each, by number from 0
 * @param lanes one entry for each, by number from 0
 * @param notes what to know of the plan as a whole: what the machine or the limits of the process did not allow; may be empty
 */
public record PlacementPlan(PlacementGoal goal, List<WorkerPlace> workers, List<LanePlace> lanes, List<String> notes) {

    public PlacementPlan {
        workers = List.copyOf(workers);
        lanes = List.copyOf(lanes);
        notes = List.copyOf(notes);
    }

    /**
     * Where a worker runs.
     *
     * @param worker its number
     * @param cpu to pin it to
     * @param node of that CPU
     * @param reason in one line
     */
    public record WorkerPlace(int worker, int cpu, int node, String reason) {
    }

    /**
     * Where a lane's memory lies.
     *
     * @param lane its number
     * @param node to map it on
     * @param reason in one line
     */
    public record LanePlace(int lane, int node, String reason) {
    }
}
