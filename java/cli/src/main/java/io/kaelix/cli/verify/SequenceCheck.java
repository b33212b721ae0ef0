// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.verify;

import java.util.Map;
import java.util.TreeMap;

/**
 * Looks at the sequence numbers that arrive from one publisher, and tells what is missing, what came twice, and what came late.
 *
 * <p>Sequence numbers are modulo 2<sup>32</sup>; here they are counted on in 64 bits. What lies between the next number expected and
 * one that arrives is a gap, and lost until it arrives after all, out of order. What lies in no gap was there before.
 */
public final class SequenceCheck {

    /** Gaps remembered; beyond, the oldest is forgotten, and what arrives of it counts as a duplicate. */
    static final int MAX_GAPS = 1 << 16;

    /** First and last number that is missing, of each gap. */
    private final TreeMap<Long, Long> gaps = new TreeMap<>();
    private long next;
    private long lost;
    private long duplicated;
    private long reordered;

    /** From the first message on. */
    public SequenceCheck() {
        this(0);
    }

    /** From where all have arrived that were sent before. */
    SequenceCheck(final long next) {
        this.next = next;
    }

    /** Number of the message that should come next. */
    long expected() {
        return next;
    }

    /** One message has arrived. */
    public void accept(final long sequence) {
        if ((int) sequence == (int) next) {
            next++;
        } else {
            acceptIrregular((int) sequence - (int) next);
        }
    }

    private void acceptIrregular(final int ahead) {
        if (ahead > 0) {
            gaps.put(next, next + ahead - 1);
            if (gaps.size() > MAX_GAPS) {
                gaps.pollFirstEntry();
            }
            lost += ahead;
            next += ahead + 1L;
        } else if (fillGap(next + ahead)) {
            lost--;
            reordered++;
        } else {
            duplicated++;
        }
    }

    private boolean fillGap(final long number) {
        final Map.Entry<Long, Long> gap = gaps.floorEntry(number);
        if (gap == null || gap.getValue() < number) {
            return false;
        }
        final long first = gap.getKey();
        final long last = gap.getValue();
        gaps.remove(first);
        if (first < number) {
            gaps.put(first, number - 1);
        }
        if (number < last) {
            gaps.put(number + 1, last);
        }
        return true;
    }

    /** Messages that never arrived, if the publisher sent this many. */
    public long lost(final long sent) {
        return lost + Math.max(0, sent - next);
    }

    /** Messages that arrived again. */
    public long duplicated() {
        return duplicated;
    }

    /** Messages that arrived behind a later one. */
    public long reordered() {
        return reordered;
    }
}
