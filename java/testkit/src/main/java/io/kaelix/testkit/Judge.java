// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit;

import io.kaelix.testkit.Verdict.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Applies the rule of {@link LatencyResults#verdict}. A function of results and goals alone. */
final class Judge {

    private static final int PERCENT = 100;

    private Judge() {
    }

    static Verdict judge(final LatencyResults results, final Goal... goals) {
        if (goals.length == 0) {
            throw new IllegalArgumentException("a verdict needs a goal: Goal.p99Below(...)");
        }
        if (results.lost() > 0) {
            return new Verdict(Outcome.FAILED, results.lost() + " of " + results.sent() + " messages were lost");
        }
        Outcome worst = Outcome.PASSED;
        final List<String> reasons = new ArrayList<>();
        for (final Goal goal : goals) {
            final Verdict verdict = judgeOne(results, goal);
            if (verdict.outcome().compareTo(worst) > 0) {
                worst = verdict.outcome();
                reasons.clear();
            }
            if (verdict.outcome() == worst) {
                reasons.add(verdict.reason());
            }
        }
        return new Verdict(worst, String.join("; ", reasons));
    }

    private static Verdict judgeOne(final LatencyResults results, final Goal goal) {
        final Duration measured = results.all().percentile(goal.percentile());
        final String figure = goal.name() + " was " + Durations.text(measured);
        final String limit = Durations.text(goal.limit());
        final long allowed = results.all().countAbove(goal.percentile());
        final long slow = results.all().countNotBelow(goal.limit());
        if (slow <= allowed) {
            return new Verdict(Outcome.PASSED, figure + ", below " + limit);
        }
        final Duration withoutGaps = results.withoutGaps().percentile(goal.percentile());
        final long unexplained = results.withoutGaps().countNotBelow(goal.limit());
        final String missed = figure + ", not below " + limit + ", and " + Durations.text(withoutGaps) + " without the machine's gaps";
        if (unexplained - unseen(slow - unexplained, results.noise().watchedShare()) > allowed) {
            return new Verdict(Outcome.FAILED, missed);
        }
        return new Verdict(Outcome.MACHINE_TOO_NOISY, missed + (unexplained <= allowed ? "" : " that were seen, but others went unseen")
                + ": " + describe(results.noise()));
    }

    /** Of so many messages that gaps were seen to delay, how many more were delayed by gaps that nobody saw: at most as many again. */
    private static double unseen(final long explained, final double watchedShare) {
        return watchedShare == 0 ? explained : explained * Math.min(1, (1 - watchedShare) / watchedShare);
    }

    private static String describe(final MachineNoise noise) {
        return String.format(Locale.ROOT, "%.2f %% of the time went into %d of them, the longest %s%s%s", PERCENT * noise.share(),
                noise.gaps(), Durations.text(noise.longest()),
                noise.stealShare() < 0 ? "" : String.format(Locale.ROOT, ", and %.2f %% was stolen", PERCENT * noise.stealShare()),
                noise.cameWithTheLoad() ? String.format(Locale.ROOT,
                        "; it was %.2f %% before the load: other threads of this test may be what disturbs it",
                        PERCENT * noise.shareBefore()) : "");
    }
}
