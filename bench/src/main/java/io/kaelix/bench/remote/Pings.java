// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.kaelix.bench.scenario.Words;
import io.kaelix.bench.trial.EncodedHistogram;
import io.kaelix.bench.trial.TrialException;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Times one message at a time, to and fro. */
final class Pings extends Meter {

    private final Histogram histogram = EncodedHistogram.empty();
    private final int words;
    private final long measureFrom;
    private final long until;
    private long current = -1;
    private long startedAt;
    private long heap;

    Pings(final Request request) {
        super(request.warmup() + request.seconds());
        words = request.words();
        measureFrom = System.nanoTime() + (long) (request.warmup() * 1e9);
        until = measureFrom + (long) (request.seconds() * 1e9);
    }

    /** A message is about to be sent: its first word. */
    long begin() {
        startedAt = System.nanoTime();
        return ++current;
    }

    /**
     * It is back.
     *
     * @param sum of all words
     * @return whether there is to be another one
     */
    boolean end(final long first, final long sum) {
        final long now = System.nanoTime();
        if (first != current || sum != Words.sum(first, words)) {
            fail("message " + current + " was sent, and " + (first == current ? "came back with other words" : "message " + first
                    + " came back"));
            return false;
        }
        if (startedAt - measureFrom >= 0) {
            if (histogram.getTotalCount() == 0) {
                heap = Heap.taken();
            }
            EncodedHistogram.record(histogram, (now - startedAt) / 2);
        }
        if (now - until >= 0 && histogram.getTotalCount() > 0) {
            heap = Heap.taken() - heap;
            finish();
            return false;
        }
        return true;
    }

    @Override
    String missing() {
        return "message " + current + " did not come back";
    }

    /** One way, and the heap that one to and fro took on the thread that sends and receives. */
    Map<String, Double> figures() throws TrialException {
        check();
        return Map.of(Figures.P50.name(), (double) histogram.getValueAtPercentile(50),
                Figures.P99.name(), (double) histogram.getValueAtPercentile(99),
                Figures.P999.name(), (double) histogram.getValueAtPercentile(99.9),
                Figures.MAX.name(), (double) histogram.getMaxValue(),
                Figures.CLIENT_HEAP.name(), (double) heap / histogram.getTotalCount());
    }
}
