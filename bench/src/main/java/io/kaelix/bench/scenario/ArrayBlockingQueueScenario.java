// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * The JDK's bounded queue: one lock, which the consumer takes once for all that it finds.
 *
 * <pre>
 *   offer ──►┐
 *   offer ──►┴── ArrayBlockingQueue of pooled long[] ──► drainTo
 * </pre>
 */
public final class ArrayBlockingQueueScenario implements Scenario {

    private static final int CAPACITY = 1024;

    /** Messages that the consumer takes under one lock at most. */
    private static final int DRAIN_LIMIT = 256;

    private ArrayBlockingQueue<long[]> queue;
    private int words;

    @Override
    public void start(final Load load) {
        words = load.words();
        queue = new ArrayBlockingQueue<>(CAPACITY);
    }

    @Override
    public Sender sender(final int producer) {
        final MessagePool pool = new MessagePool(words, CAPACITY, DRAIN_LIMIT);
        final ArrayBlockingQueue<long[]> queue = this.queue;
        return first -> {
            if (!queue.offer(pool.write(first))) {
                return 0;
            }
            pool.advance();
            return 1;
        };
    }

    @Override
    public Receiver receiver() {
        final List<long[]> taken = new ArrayList<>(DRAIN_LIMIT);
        final ArrayBlockingQueue<long[]> queue = this.queue;
        return sink -> {
            final int count = queue.drainTo(taken, DRAIN_LIMIT);
            for (int i = 0; i < count; i++) {
                final long[] message = taken.get(i);
                sink.onMessage(message[0], MessagePool.sum(message));
            }
            taken.clear();
            return count;
        };
    }

    @Override
    public void stop() {
        queue.clear();
    }

    @Override
    public String settings() {
        return "capacity " + CAPACITY + ", drainTo of at most " + DRAIN_LIMIT + ", pooled long[]";
    }
}
