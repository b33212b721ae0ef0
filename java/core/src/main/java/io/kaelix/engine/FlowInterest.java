// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.TopicPattern;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.IntConsumer;

/** What a flow wants; it is told when a number of a stream, which its receiver was told of, will mean another. */
final class FlowInterest extends Interest {

    private final Queue<Integer> changed = new ArrayDeque<>();
    private volatile boolean anyChanged;

    FlowInterest(final TopicPattern pattern, final Subscription subscription) {
        super(pattern, subscription);
    }

    @Override
    void isGone(final int streamId) {
        super.isGone(streamId);
        synchronized (changed) {
            changed.add(streamId);
            anyChanged = true;
        }
    }

    /**
     * Hands over the numbers that mean others, or will. They lay in no lane when that was decided, before any frame with the new meaning was
     * published: so who has looked at frames, and finds nothing changed behind that, knows what they mean.
     *
     * @return whether there were any
     */
    boolean takeChanged(final IntConsumer stream) {
        if (!anyChanged) {
            return false;
        }
        synchronized (changed) {
            anyChanged = false;
            changed.forEach(stream::accept);
            changed.clear();
        }
        return true;
    }
}
