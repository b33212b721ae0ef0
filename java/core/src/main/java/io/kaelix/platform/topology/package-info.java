// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * The machine as the kernel describes it, and what this process may use of it: values that a plan can be made from.
 *
 * <pre>
 *   /sys/devices/system/node    ──► MachineReader ──┐
 *   /sys/devices/system/cpu     ──►                 ├──► NumaTopology ──► NumaOptimizer, kaelix topology
 *   /proc/self, /sys/fs/cgroup  ──► LimitsReader  ──┘
 * </pre>
 *
 * <p>{@code /sys} is the one source. libnuma reads the same files, knows neither caches, cores, hugepages nor CPUs that are
 * offline, and its root cannot be moved, so that no other machine could be tested; a test compares it on the machine at hand.
 *
 * <p><b>Reading never fails.</b> What a container hides, or an unusual kernel lacks, is {@link
 * io.kaelix.platform.topology.NumaTopology#UNKNOWN}, and {@link io.kaelix.platform.topology.NumaTopology#unknowns} has the reason.
 */
package io.kaelix.platform.topology;
