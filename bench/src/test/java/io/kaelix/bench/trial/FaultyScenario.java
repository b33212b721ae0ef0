// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import io.kaelix.bench.scenario.Load;
import io.kaelix.bench.scenario.Scenario;
import io.kaelix.bench.scenario.Words;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** A queue of message numbers that does one message wrong, or none. */
final class FaultyScenario implements Scenario {

    /** The first, so that it comes in the shortest trial. */
    private static final long WRONG = 0;
    private static final int CAPACITY = 1024;

    private final Fault fault;
    private final BlockingQueue<Long> queue = new ArrayBlockingQueue<>(CAPACITY);
    private Load load;

    enum Fault {
        NONE, DROPS, DUPLICATES, CORRUPTS,
        /** Sends another in place of one: as many come as were sent. */
        REPLACES,
        /** Throws on the consumer's thread. */
        THROWS,
        /** Says that it sent two. */
        SENDS_TWO
    }

    FaultyScenario(final Fault fault) {
        this.fault = fault;
    }

    @Override
    public void start(final Load load) {
        this.load = load;
    }

    @Override
    public Sender sender(final int producer) {
        return first -> {
            if (first != WRONG) {
                return queue.offer(first) ? 1 : 0;
            }
            return switch (fault) {
                case DROPS -> 1;
                case DUPLICATES -> queue.remainingCapacity() > 1 && queue.offer(first) && queue.offer(first) ? 1 : 0;
                case REPLACES -> queue.offer(first - 1) ? 1 : 0;
                case SENDS_TWO -> queue.offer(first) ? 2 : 0;
                default -> queue.offer(first) ? 1 : 0;
            };
        };
    }

    @Override
    public Receiver receiver() {
        return sink -> {
            final Long first = queue.poll();
            if (first == null) {
                return 0;
            }
            if (fault == Fault.THROWS && first == WRONG) {
                throw new IllegalStateException("broken on purpose");
            }
            sink.onMessage(first, Words.sum(first, load.words()) + (fault == Fault.CORRUPTS && first == WRONG ? 1 : 0));
            return 1;
        };
    }

    @Override
    public void stop() {
        queue.clear();
    }

    @Override
    public String settings() {
        return "faulty on purpose: " + fault;
    }
}
