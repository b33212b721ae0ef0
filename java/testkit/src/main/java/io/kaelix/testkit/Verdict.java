// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit;

/**
 * What came of a run, judged by goals: see {@link LatencyResults#verdict} for the rule.
 *
 * @param outcome passed, failed, or neither
 * @param reason one line: the figures that it rests on
 */
public record Verdict(Outcome outcome, String reason) {

    /** What a verdict can be; the later outweighs the earlier. */
    public enum Outcome {
        /** Every goal was met, by the latencies as they were measured. */
        PASSED,
        /** A goal was missed, and the machine's gaps account for that: nothing was found out about the system under test. */
        MACHINE_TOO_NOISY,
        /** A goal was missed for which the machine is not to blame, or messages were lost. */
        FAILED
    }

    @Override
    public String toString() {
        return outcome + ": " + reason;
    }
}
