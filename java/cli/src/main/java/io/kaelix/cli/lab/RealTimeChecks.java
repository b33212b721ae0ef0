// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.lab;

import io.kaelix.numa.Affinity;
import io.kaelix.numa.RealTime;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Scheduling;

/** Real-time priority of a user without capabilities, who has a limit of it. */
final class RealTimeChecks {

    private RealTimeChecks() {
    }

    /** Granted up to the limit, refused above in words that name what would do, and given back. */
    static MachineCheck upTo(final int limit) {
        final String asked = "priority " + limit + " granted, " + (limit + 1) + " refused with the remedy, normal after both";
        return platform -> PlacementChecks.onThread(() -> {
            final Affinity affinity = Affinity.ofThisMachine();
            final StringBuilder obtained = new StringBuilder("priority ");
            String why;
            try (RealTime granted = affinity.realTime(limit)) {
                why = granted.reason();
                final boolean isIt = granted.isGranted() && platform.scheduling().equals(Scheduling.fifo(limit));
                obtained.append(limit).append(isIt ? " granted, " : " refused, ");
            }
            obtained.append(limit + 1).append(above(platform, affinity, limit + 1));
            obtained.append(platform.scheduling().equals(Scheduling.NORMAL) ? ", normal after both" : ", not normal after both");
            return new Answer(asked, obtained.toString(), why);
        });
    }

    private static String above(final Platform platform, final Affinity affinity, final int priority) {
        try (RealTime refused = affinity.realTime(priority)) {
            final boolean stays = platform.scheduling().equals(Scheduling.NORMAL);
            return refused.isGranted() || !stays ? " granted"
                    : refused.reason().contains("RLIMIT_RTPRIO of at least " + priority) ? " refused with the remedy" : " refused";
        }
    }
}
