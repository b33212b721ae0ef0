// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What is mounted where, as {@code /proc/self/mountinfo} tells. */
final class MountTable {

    private static final String FILE = "/proc/self/mountinfo";

    private final List<Mount> mounts = new ArrayList<>();

    /**
     * One line of it.
     *
     * @param point absolute
     * @param type of the file system
     * @param options of this mount
     */
    record Mount(String point, String type, List<String> options) {

        private boolean holds(final String path) {
            return point.equals("/") || path.equals(point) || path.startsWith(point + '/');
        }
    }

    private MountTable() {
    }

    /** Empty if it cannot be read. */
    static MountTable of(final MachineFiles files) {
        final MountTable table = new MountTable();
        for (final String line : files.lines(FILE)) {
            // 36 35 98:0 /root /mount/point options … - type source superoptions
            final String[] fields = line.split(" ");
            final int dash = Arrays.asList(fields).indexOf("-");
            if (dash >= 6 && fields.length > dash + 1) {
                // Blanks in names are octal there.
                table.mounts.add(new Mount(fields[4].replace("\\040", " "), fields[dash + 1], List.of(fields[5].split(","))));
            }
        }
        return table;
    }

    /** Where a path lies: of the longest point the mount that came last, which hides those before. */
    Optional<Mount> of(final String path) {
        return mounts.stream().filter(mount -> mount.holds(path))
                .reduce((best, next) -> next.point.length() >= best.point.length() ? next : best);
    }
}
