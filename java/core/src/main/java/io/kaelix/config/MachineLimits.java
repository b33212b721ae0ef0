// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import io.kaelix.CpuSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a configuration is checked against and profiles are fitted to.
 *
 * @param cpus that the process may use, at least 1
 * @param nodes numbers of the NUMA nodes; empty if they are not known, and then none is refused
 */
public record MachineLimits(int cpus, Set<Integer> nodes) {

    private static final Path NODES = Path.of("/sys/devices/system/node/online");

    /**
     * @throws IllegalArgumentException if there is no CPU
     */
    public MachineLimits {
        if (cpus < 1) {
            throw new IllegalArgumentException("cpus must be at least 1, not " + cpus);
        }
        nodes = Set.copyOf(nodes);
    }

    /** Those of this machine, as the process may use it now: affinity and quotas count. Reads one small file of the kernel. */
    public static MachineLimits ofThisMachine() {
        return new MachineLimits(Runtime.getRuntime().availableProcessors(), nodes(NODES));
    }

    /** The nodes that a file of the kernel lists; none if it cannot be read. */
    static Set<Integer> nodes(final Path list) {
        try {
            return CpuSet.parse(Files.readString(list).strip()).stream().boxed().collect(Collectors.toUnmodifiableSet());
        } catch (final IOException | IllegalArgumentException unknown) {
            return Set.of();
        }
    }
}
