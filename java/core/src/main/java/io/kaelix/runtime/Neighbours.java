// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.platform.topology.NumaTopology;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Whom a worker takes tasks from, and wakes, first. */
final class Neighbours {

    private Neighbours() {
    }

    /** The other workers: those that share its last-level cache, then those of its node, then the nearest nodes'. */
    static Worker[] of(final Worker worker, final Worker[] workers, final NumaTopology machine) {
        final int count = workers.length;
        final List<Integer> group = machine.cpus().stream().filter(cpu -> cpu.id() == worker.place().cpu()).findFirst()
                .map(machine::lastLevelGroup).orElse(List.of());
        final int node = worker.place().node();
        return Arrays.stream(workers).filter(other -> other != worker).sorted(Comparator
                .comparing((Worker other) -> !group.contains(other.place().cpu()))
                .thenComparingLong(other -> other.place().node() == node ? 0 : farness(machine, node, other.place().node()))
                // Not all begin with the same one.
                .thenComparingInt(other -> Math.floorMod(other.index() - worker.index(), count))).toArray(Worker[]::new);
    }

    private static long farness(final NumaTopology machine, final int from, final int to) {
        final int distance = machine.distance(from, to);
        return distance == NumaTopology.UNKNOWN ? Integer.MAX_VALUE : distance;
    }
}
