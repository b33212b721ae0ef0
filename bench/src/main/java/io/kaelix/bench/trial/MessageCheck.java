// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import io.kaelix.bench.scenario.Scenario;
import io.kaelix.bench.scenario.Words;
import java.math.BigInteger;

/**
 * Takes every message, checks that it is whole, and adds up which ones came.
 *
 * <p>Publishers number their messages 0, 1, 2, …; so count, sum and sum of squares of what should have come are known, and a message that
 * is missing, came twice or came in place of another changes at least one of them. No branch depends on which message it is, so that
 * systems that mix their publishers' messages pay no more for the check than others.
 *
 * <p><b>Threads</b>: that of the consumer, which makes it, so that it lies apart from what producers write; any after that one ended.
 */
final class MessageCheck implements Scenario.Sink {

    private final int words;
    private final long triangle;

    private long count;
    private long firsts;
    private long squares;
    private long last;
    private long broken;

    MessageCheck(final int words) {
        this.words = words;
        this.triangle = Words.sum(0, words);
    }

    @Override
    public void onMessage(final long first, final long sum) {
        if (sum != first * words + triangle) {
            broken++;
        }
        count++;
        firsts += first;
        squares += first * first;
        last = first;
    }

    /** Messages that came. */
    long count() {
        return count;
    }

    /** First word of the last message. */
    long last() {
        return last;
    }

    /**
     * Compares what came with what was sent.
     *
     * @param sent by each publisher
     * @param subscribers that each should have got all
     * @param lost messages that the system says it lost, of all subscribers
     * @throws TrialException if that is not all, each once and whole
     */
    void verify(final long[] sent, final int subscribers, final long lost) throws TrialException {
        if (broken > 0) {
            throw new TrialException(broken + " of " + count + " messages came with other words than were sent");
        }
        long expected = 0;
        long expectedFirsts = 0;
        long expectedSquares = 0;
        for (final long n : sent) {
            expected += n * subscribers;
            expectedFirsts += below(n) * subscribers;
            expectedSquares += squaresBelow(n) * subscribers;
        }
        if (count + lost != expected) {
            throw new TrialException(count + " messages came and " + lost + " were lost, but " + expected + " were due: "
                    + Math.abs(expected - count - lost) + (count + lost < expected ? " are missing" : " too many"));
        }
        if (lost == 0 && (firsts != expectedFirsts || squares != expectedSquares)) {
            throw new TrialException("as many messages came as were sent, " + count + ", but not the same: some came twice, others never");
        }
    }

    /** Sum of 0 … n-1, modulo 2<sup>64</sup> as sums of longs are. */
    private static long below(final long n) {
        return BigInteger.valueOf(n).multiply(BigInteger.valueOf(n - 1)).shiftRight(1).longValue();
    }

    /** Sum of the squares of 0 … n-1, modulo 2<sup>64</sup>. */
    private static long squaresBelow(final long n) {
        return BigInteger.valueOf(n).multiply(BigInteger.valueOf(n - 1)).multiply(BigInteger.valueOf(2 * n - 1))
                .divide(BigInteger.valueOf(6)).longValue();
    }
}
