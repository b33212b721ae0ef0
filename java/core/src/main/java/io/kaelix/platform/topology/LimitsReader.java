// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform.topology;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * What the kernel lets the process use: CPUs and nodes by its own account in {@code /proc/self/status}, which has cpusets in it
 * already, and CPU time by the quotas of its cgroups.
 *
 * <p>A quota holds for all below it: each level from the process's cgroup up to the mount point is asked, and the least counts. A
 * container that sees only its own part of the tree is told of no quota above it.
 */
final class LimitsReader {

    private static final String STATUS = "proc/self/status";

    private final KernelFiles files;

    private double quota = Double.POSITIVE_INFINITY;
    private String quotaSource = "no cgroup of the process sets one";

    LimitsReader(final KernelFiles files) {
        this.files = files;
    }

    /**
     * Limits of the process.
     *
     * @param online CPUs, for where the kernel does not tell which are allowed
     * @param nodes likewise
     */
    NumaTopology.Limits read(final List<Integer> online, final List<Integer> nodes) {
        readQuota();
        return new NumaTopology.Limits(allowed("Cpus_allowed_list:", "allowed CPUs").orElse(online),
                allowed("Mems_allowed_list:", "allowed nodes").orElse(nodes), quota, quotaSource);
    }

    /** CPUs that the process may use, where the kernel tells. */
    Optional<List<Integer>> cpus() {
        return statusList("Cpus_allowed_list:");
    }

    private Optional<List<Integer>> allowed(final String key, final String what) {
        final Optional<List<Integer>> list = statusList(key);
        if (list.isEmpty()) {
            files.unknown(what, "/" + STATUS + " has no " + key + " that can be read; all are taken to be allowed");
        }
        return list;
    }

    private Optional<List<Integer>> statusList(final String key) {
        return files.lines(STATUS).stream().filter(line -> line.startsWith(key)).findFirst()
                .flatMap(line -> KernelFiles.parseList(line.substring(key.length()).strip()));
    }

    private void readQuota() {
        final List<String> memberships = files.lines("proc/self/cgroup");
        if (memberships.isEmpty()) {
            quotaSource = "unknown";
            files.unknown("CPU quota", "/proc/self/cgroup cannot be read");
            return;
        }
        for (final String line : memberships) {
            // hierarchy:controllers:path; the unified hierarchy (v2) is 0 and names no controllers.
            final String[] fields = line.split(":", 3);
            if (fields.length == 3 && fields[0].equals("0") && fields[1].isEmpty()) {
                climb("cgroup2", null, fields[2]);
            } else if (fields.length == 3 && List.of(fields[1].split(",")).contains("cpu")) {
                climb("cgroup", "cpu", fields[2]);
            }
        }
    }

    private void climb(final String type, final String controller, final String cgroup) {
        for (final String line : files.lines("proc/self/mountinfo")) {
            // 36 35 98:0 /root /mount/point options … - type source superoptions
            final String[] fields = line.split(" ");
            final int dash = Arrays.asList(fields).indexOf("-");
            if (dash >= 6 && fields.length > dash + 3 && fields[dash + 1].equals(type)
                    && (controller == null || List.of(fields[dash + 3].split(",")).contains(controller))) {
                climb(fields[4], within(fields[3], cgroup), controller != null);
                return;
            }
        }
        files.unknown("CPU quota", "the process is in a " + type + " hierarchy that is not mounted where it can see it");
    }

    /** The part of a cgroup's path below the root of the mount; none if it lies elsewhere, as seen from another namespace. */
    private static String within(final String root, final String cgroup) {
        final String prefix = root.equals("/") ? "" : root;
        return cgroup.startsWith(prefix + "/") && !cgroup.contains("/..") ? cgroup.substring(prefix.length()) : "";
    }

    private void climb(final String mountPoint, final String path, final boolean legacy) {
        String rest = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        while (true) {
            final String folder = mountPoint + rest;
            if (legacy) {
                legacyQuota(folder);
            } else {
                unifiedQuota(folder + "/cpu.max");
            }
            if (rest.isEmpty()) {
                return;
            }
            rest = rest.substring(0, rest.lastIndexOf('/'));
        }
    }

    private void unifiedQuota(final String file) {
        files.text(file.substring(1)).ifPresent(text -> {
            final String[] fields = text.split(" ");
            if (fields.length == 2 && !fields[0].equals("max")) {
                least(KernelFiles.parseNumber(fields[0]), KernelFiles.parseNumber(fields[1]), file);
            }
        });
    }

    private void legacyQuota(final String folder) {
        // -1, no quota, is no number here.
        final String file = folder + "/cpu.cfs_quota_us";
        least(files.number(file.substring(1)), files.number(folder.substring(1) + "/cpu.cfs_period_us"), file);
    }

    private void least(final OptionalLong micros, final OptionalLong period, final String file) {
        if (micros.orElse(0) > 0 && period.orElse(0) > 0) {
            final double granted = (double) micros.getAsLong() / period.getAsLong();
            if (granted < quota) {
                quota = granted;
                quotaSource = file;
            }
        }
    }

    /** As many CPUs as the JVM counts, for where no file tells of any. */
    static List<Integer> counted() {
        return IntStream.range(0, Runtime.getRuntime().availableProcessors()).boxed().toList();
    }
}
