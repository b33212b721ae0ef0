// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** All checks, in the order in which they are shown. */
public final class Doctor {

    private static final List<Check> CHECKS = Stream.of(PlatformChecks.all(), CpuChecks.all(), HugepageChecks.all(), MemoryChecks.all(),
            LimitChecks.all(), FileChecks.all(), NetworkChecks.all(), ClockChecks.all(), ProfilingChecks.all())
            .flatMap(List::stream).toList();

    private Doctor() {
    }

    /** Ids of all checks. */
    public static List<String> ids() {
        return CHECKS.stream().map(Check::id).toList();
    }

    /**
     * Examines a host; takes some hundred milliseconds, and changes nothing.
     *
     * @param only ids or families of checks; empty for all
     */
    public static List<Result> examine(final Host host, final Set<String> only) {
        return CHECKS.stream().filter(check -> only.isEmpty() || only.contains(check.id()) || only.contains(family(check.id())))
                .map(check -> new Result(check, typed(check.of(host), host))).toList();
    }

    /** Root of a machine without sudo, such as that of most images of containers, would only be told that there is no such command. */
    private static Finding typed(final Finding finding, final Host host) {
        return host.isRoot() && !host.hasSudo() ? finding.asRoot() : finding;
    }

    /** What stands before the dot. */
    public static String family(final String id) {
        return id.substring(0, id.indexOf('.'));
    }
}
