// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import io.kaelix.bench.scenario.Scenario;
import io.kaelix.bench.scenario.Words;

/**
 * When each message came, in memory that was taken before.
 *
 * <p><b>Threads</b>: that of the consumer; any after that one ended.
 */
final class ArrivalLog implements Scenario.Sink {

    private final int words;
    private final long triangle;
    /** 0: not yet. */
    private final long[] arrivals;
    private int count;
    private int broken;
    private int strange;

    ArrivalLog(final int words, final int messages) {
        this.words = words;
        this.triangle = Words.sum(0, words);
        this.arrivals = new long[messages];
    }

    @Override
    public void onMessage(final long first, final long sum) {
        final long now = System.nanoTime();
        count++;
        if (sum != first * words + triangle) {
            broken++;
        } else if (first < 0 || first >= arrivals.length || arrivals[(int) first] != 0) {
            strange++;
        } else {
            arrivals[(int) first] = now;
        }
    }

    /** Messages that came. */
    int count() {
        return count;
    }

    /** Whether a message came. */
    boolean has(final int message) {
        return arrivals[message] != 0;
    }

    /** When it did. */
    long at(final int message) {
        return arrivals[message];
    }

    /**
     * Compares what came with what was sent.
     *
     * @param sent messages, numbered from 0 on
     * @param lost messages that the system says it lost
     * @throws TrialException if that is not all, each once and whole
     */
    void verify(final int sent, final long lost) throws TrialException {
        if (broken > 0) {
            throw new TrialException(broken + " of " + count + " messages came with other words than were sent");
        }
        if (strange > 0) {
            throw new TrialException(strange + " of " + count + " messages came twice or were never sent");
        }
        if (count + lost != sent) {
            throw new TrialException(count + " messages came and " + lost + " were lost, but " + sent + " were sent");
        }
    }
}
