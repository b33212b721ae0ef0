// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.kaelix.bench.scenario.Words;
import io.kaelix.bench.trial.TrialException;
import java.util.Map;

/** Counts messages that come one behind the other, from whichever the first one is. */
final class Arrivals extends Meter {

    /** Bytes between two looks at the clock. */
    private static final int LOOK_BYTES = 16 << 10;

    private final int payload;
    private final int words;
    private final int looks;
    private final long leastBytes;
    private final long measureFrom;
    private final long nanos;

    private long next = -1;
    private int untilLook = 1;
    private long count;
    private long countFrom;
    private long from;
    private long to;
    private long heap;

    Arrivals(final Request request) {
        super(request.warmup() + request.seconds() + request.bytes() / 50e6);
        payload = request.payload();
        words = request.words();
        looks = Math.max(1, LOOK_BYTES / payload);
        leastBytes = request.bytes();
        measureFrom = System.nanoTime() + (long) (request.warmup() * 1e9);
        nanos = (long) (request.seconds() * 1e9);
    }

    /**
     * One came.
     *
     * @param sum of all words
     */
    void take(final long first, final long sum) {
        if (first != next && next != -1 || sum != Words.sum(first, words)) {
            fail(first != next && next != -1 ? "message " + next + " was due, and message " + first + " came"
                    : "message " + first + " came with other words");
        }
        next = first + 1;
        count++;
        if (--untilLook == 0) {
            look(System.nanoTime());
        }
    }

    private void look(final long now) {
        untilLook = looks;
        if (from == 0) {
            if (now - measureFrom >= 0) {
                from = now;
                countFrom = count;
                heap = Heap.taken();
            }
        } else if (to == 0 && now - from >= nanos && (count - countFrom) * payload >= leastBytes) {
            to = now;
            countFrom = count - countFrom;
            heap = Heap.taken() - heap;
            finish();
        }
    }

    @Override
    String missing() {
        return next == -1 ? "no message came" : "nothing came any more behind message " + (next - 1);
    }

    /** Messages and their bytes a second, and the heap that each took on the thread that they came on. */
    Map<String, Double> figures() throws TrialException {
        check();
        final double perSecond = countFrom * 1e9 / (to - from);
        return Map.of(Figures.MESSAGE_RATE.name(), perSecond, Figures.BYTES_PER_SECOND.name(), perSecond * payload,
                Figures.CLIENT_HEAP.name(), (double) heap / countFrom);
    }
}
