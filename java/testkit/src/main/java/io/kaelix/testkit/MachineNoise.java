// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit;

import java.time.Duration;
import java.util.Locale;

/**
 * How much the machine disturbed a run. A <b>gap</b> is a time of more than 10 µs in which a spinning thread did not run.
 *
 * @param shareBefore share of the time in gaps, from 0 to 1, of a thread that only spun before there was load
 * @param longestBefore its longest gap
 * @param share the same during the measured load, of the publishers' and the receiving thread together, as far as they were watched:
 *     not while they ran the user's code
 * @param gaps how many there were
 * @param longest the longest
 * @param watchedShare share of those threads' time in which they were watched
 * @param stealShare share of all CPUs' time that the hypervisor gave to others, from 0 to 1; -1 where {@code /proc/stat} does not tell
 * @param garbageCollection how long the JVM collected garbage during the run. Gaps that meet a collection are the system's own and are
 *     not counted here
 */
public record MachineNoise(double shareBefore, Duration longestBefore, double share, long gaps, Duration longest, double watchedShare,
        double stealShare, Duration garbageCollection) {

    /** Much less than this share before the load, and the load is what makes the noise. */
    private static final double MUCH_LESS = 0.25;

    /** Whether the machine was far quieter before the load: then perhaps other threads of the very test are what disturbs. */
    public boolean cameWithTheLoad() {
        return share > 0 && shareBefore < MUCH_LESS * share;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.2f %% of the time in %d gaps, the longest %s; before the load %.2f %%, the longest %s; "
                + "%s; garbage collection %s", 100 * share, gaps, Durations.text(longest), 100 * shareBefore,
                Durations.text(longestBefore), stealShare < 0 ? "steal unknown"
                        : String.format(Locale.ROOT, "%.2f %% stolen", 100 * stealShare), Durations.text(garbageCollection));
    }
}
