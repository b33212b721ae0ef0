// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit;

import java.time.Duration;
import java.util.Locale;
import org.opentest4j.TestAbortedException;

/**
 * What a run of the {@link PerformanceTestHarness} measured, and what is to be thought of it.
 *
 * <p>A <b>latency</b> is the time from when a message was due, whether or not it could be sent then, to when the handler returned from
 * it. All numbers are of the measured load; the warm-up is in none of them.
 *
 * {@snippet :
 * LatencyResults results = harness.run();
 * System.out.println(results);
 * results.assertMeets(Goal.p99Below(Duration.ofMillis(1)), Goal.maxBelow(Duration.ofMillis(50)));
 * }
 *
 * <p><b>Threads</b>: immutable.
 */
public final class LatencyResults {

    private final long sent;
    private final double messagesPerSecond;
    private final long backPressuredTries;
    private final LatencyDistribution all;
    private final LatencyDistribution quiet;
    private final LatencyDistribution withoutGaps;
    private final MachineNoise noise;

    LatencyResults(final long sent, final double messagesPerSecond, final long backPressuredTries, final LatencyDistribution all,
            final LatencyDistribution quiet, final LatencyDistribution withoutGaps, final MachineNoise noise) {
        this.sent = sent;
        this.messagesPerSecond = messagesPerSecond;
        this.backPressuredTries = backPressuredTries;
        this.all = all;
        this.quiet = quiet;
        this.withoutGaps = withoutGaps;
        this.noise = noise;
    }

    /** Messages sent: all that the load consists of. */
    public long sent() {
        return sent;
    }

    /** Messages that the handler returned from. */
    public long received() {
        return all.count();
    }

    /** Messages that never arrived; can be other than 0 only under {@link io.kaelix.SlowSubscriberPolicy#LOSSY}. */
    public long lost() {
        return sent - received();
    }

    /** Messages received a second, up to the last one. Below what was asked for if the system did not keep up. */
    public double messagesPerSecond() {
        return messagesPerSecond;
    }

    /** How often a message found no room in the lane and was offered again. Their waiting is part of their latency. */
    public long backPressuredTries() {
        return backPressuredTries;
    }

    /** The latencies of all messages that arrived, as measured. */
    public LatencyDistribution all() {
        return all;
    }

    /** Of the messages that overlapped no gap of the machine, and no gap's shadow: see {@link #verdict}. May be without any. */
    public LatencyDistribution quiet() {
        return quiet;
    }

    /**
     * Of all messages, each shorter by what gaps of the machine and their shadows overlapped of it. A lower bound of what they would have
     * taken on a quiet machine, good to find out what the machine cannot be blamed for; no figure to quote.
     */
    public LatencyDistribution withoutGaps() {
        return withoutGaps;
    }

    /** How much the machine disturbed. */
    public MachineNoise noise() {
        return noise;
    }

    /** {@link LatencyDistribution#p50} of {@link #all}. */
    public Duration p50() {
        return all.p50();
    }

    /** {@link LatencyDistribution#p99} of {@link #all}. */
    public Duration p99() {
        return all.p99();
    }

    /** {@link LatencyDistribution#p999} of {@link #all}. */
    public Duration p999() {
        return all.p999();
    }

    /** {@link LatencyDistribution#p9999} of {@link #all}. */
    public Duration p9999() {
        return all.p9999();
    }

    /** {@link LatencyDistribution#max} of {@link #all}. */
    public Duration max() {
        return all.max();
    }

    /**
     * Judges by goals. The worst of them decides; for each:
     *
     * <ol>
     * <li>If messages were lost: <b>FAILED</b>.
     * <li>If the percentile of {@link #all} is below the limit: <b>PASSED</b>, on whatever machine. Noise only adds to a latency.
     * <li>If it is not, even {@linkplain #withoutGaps without the machine's gaps}: <b>FAILED</b>. On a quiet machine there are none, and a
     *     slow system fails.
     * <li>Else the gaps account for the difference: <b>MACHINE_TOO_NOISY</b>.
     * </ol>
     *
     * <p>A gap counts if the message's own publisher's thread or the receiving thread saw it, between two looks at the clock with nothing
     * but the harness's own few steps in between; the user's code never is in one. What came due in a gap must be worked off behind it, so
     * each gap has a <em>shadow</em>, as long again as itself, that counts like it. A gap explains no more than its own and its shadow's
     * time: a message that took 100 ms is not excused by a gap of 20 µs. Gaps that meet a garbage collection do not count: the garbage is
     * the system's.
     *
     * <p>While the user's code runs, a gap goes unseen and its time looks like that code's. If for that reason more messages seem slow than
     * there should be, as many are forgiven as the seen gaps delayed, times the ratio of unwatched to watched time, once over at the most.
     * On a quiet machine that is none. It is an estimate: where handlers are busy for most of the time and the machine is very noisy, a
     * FAILED may still be the machine's doing, which the printed results show by the share of gaps.
     *
     * <p>Not known here: which gaps are due to other threads of the test itself. They look like the machine's. A verdict is then too
     * lenient, never a false pass; its reason says so where the machine was quiet before the load.
     *
     * @throws IllegalArgumentException if there is no goal
     */
    public Verdict verdict(final Goal... goals) {
        return Judge.judge(this, goals);
    }

    /**
     * Throws unless all goals are met.
     *
     * @return this
     * @throws AssertionError if the verdict is FAILED; its message has the reason and all figures
     * @throws TestAbortedException if it is MACHINE_TOO_NOISY: JUnit reports the test as skipped, with the reason. Who must not skip
     *     asks for the {@link #verdict} instead
     */
    public LatencyResults assertMeets(final Goal... goals) {
        final Verdict verdict = verdict(goals);
        return switch (verdict.outcome()) {
            case PASSED -> this;
            case FAILED -> throw new AssertionError(verdict + System.lineSeparator() + this);
            case MACHINE_TOO_NOISY -> throw new TestAbortedException(verdict + System.lineSeparator() + this);
        };
    }

    /** {@link #assertMeets} with {@link Goal#p50Below}. */
    public LatencyResults assertP50Below(final Duration limit) {
        return assertMeets(Goal.p50Below(limit));
    }

    /** {@link #assertMeets} with {@link Goal#p99Below}. */
    public LatencyResults assertP99Below(final Duration limit) {
        return assertMeets(Goal.p99Below(limit));
    }

    /** {@link #assertMeets} with {@link Goal#p999Below}. */
    public LatencyResults assertP999Below(final Duration limit) {
        return assertMeets(Goal.p999Below(limit));
    }

    /** {@link #assertMeets} with {@link Goal#p9999Below}. */
    public LatencyResults assertP9999Below(final Duration limit) {
        return assertMeets(Goal.p9999Below(limit));
    }

    /** {@link #assertMeets} with {@link Goal#maxBelow}. */
    public LatencyResults assertMaxBelow(final Duration limit) {
        return assertMeets(Goal.maxBelow(limit));
    }

    /** Five lines: what was sent, the three distributions, the machine. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, """
                %d sent, %d received, %d lost, %.0f a second, %d back-pressured tries
                as measured    %s
                without gaps   %s
                in quiet only  %s
                machine        %s""", sent, received(), lost(), messagesPerSecond, backPressuredTries, all, withoutGaps, quiet, noise);
    }
}
