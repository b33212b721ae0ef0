// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import java.util.Arrays;
import java.util.List;

/**
 * The least limit of memory among the cgroups of the process, version 1 or 2, from its own up to the mount point.
 *
 * @param bytes {@link Long#MAX_VALUE} if there is none
 * @param source the file that sets it; empty if none does
 */
record MemoryLimit(long bytes, String source) {

    private static final MemoryLimit NONE = new MemoryLimit(Long.MAX_VALUE, "");

    /** Version 1 has no word for none: a number that no machine has. */
    private static final long BEYOND = 1L << 60;

    /** Of all memory. */
    static MemoryLimit of(final MachineFiles files) {
        return of(files, "memory", List.of("memory.max"), "memory.limit_in_bytes");
    }

    /** Of reserved pages of 2 MiB. */
    static MemoryLimit ofHugepages(final MachineFiles files) {
        return of(files, "hugetlb", List.of("hugetlb.2MB.max", "hugetlb.2MB.rsvd.max"), "hugetlb.2MB.limit_in_bytes");
    }

    private static MemoryLimit of(final MachineFiles files, final String controller, final List<String> names, final String legacyName) {
        MemoryLimit least = NONE;
        for (final String line : files.lines("/proc/self/cgroup")) {
            // hierarchy:controllers:path; that of version 2 names no controllers.
            final String[] fields = line.split(":", 3);
            if (fields.length == 3 && fields[1].isEmpty()) {
                for (final String name : names) {
                    least = climb(files, least, mount(files, "cgroup2", "", fields[2]), name);
                }
            } else if (fields.length == 3 && List.of(fields[1].split(",")).contains(controller)) {
                least = climb(files, least, mount(files, "cgroup", controller, fields[2]), legacyName);
            }
        }
        return least;
    }

    /**
     * A mount of this type.
     *
     * @param point where it is; empty if it is not mounted
     * @param path of the process's cgroup below it
     */
    private record Mount(String point, String path) {
    }

    private static Mount mount(final MachineFiles files, final String type, final String controller, final String cgroup) {
        for (final String line : files.lines("/proc/self/mountinfo")) {
            final String[] fields = line.split(" ");
            final int dash = Arrays.asList(fields).indexOf("-");
            if (dash >= 6 && fields.length > dash + 3 && fields[dash + 1].equals(type)
                    && (controller.isEmpty() || List.of(fields[dash + 3].split(",")).contains(controller))) {
                final String root = fields[3].equals("/") ? "" : fields[3];
                final boolean below = cgroup.startsWith(root + "/") && !cgroup.contains("/..");
                return new Mount(fields[4], below ? cgroup.substring(root.length()) : "");
            }
        }
        return new Mount("", "");
    }

    private static MemoryLimit climb(final MachineFiles files, final MemoryLimit known, final Mount mount, final String name) {
        MemoryLimit least = known;
        String rest = mount.path.endsWith("/") ? mount.path.substring(0, mount.path.length() - 1) : mount.path;
        while (!mount.point.isEmpty()) {
            final String file = mount.point + rest + '/' + name;
            final long bytes = files.number(file).orElse(Long.MAX_VALUE);
            if (bytes < least.bytes && bytes < BEYOND) {
                least = new MemoryLimit(bytes, file);
            }
            if (rest.isEmpty()) {
                break;
            }
            rest = rest.substring(0, rest.lastIndexOf('/'));
        }
        return least;
    }
}
