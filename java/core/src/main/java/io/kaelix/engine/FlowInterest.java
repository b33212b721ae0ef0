// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Topic;
import io.kaelix.net.FlowRequest;
import io.kaelix.net.Shard;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.IntConsumer;

/**
 * What a flow wants: a shard of what matches, of lanes that did not come too far. It is told when a number of a stream, which its receiver
 * was told of, will mean another.
 */
final class FlowInterest extends Interest {

    private final Queue<Integer> changed = new ArrayDeque<>();
    private volatile boolean anyChanged;
    private final Shard shard;
    private final int maxHops;

    /** @param learns told of streams that are not wanted, as they may be new; null if nobody is */
    FlowInterest(final FlowRequest request, final Subscription subscription, final IntConsumer learns) {
        super(request.pattern(), subscription, learns, request.pattern().text().equals(">") && request.shard().isAll());
        this.shard = request.shard();
        this.maxHops = request.maxHops();
    }

    @Override
    boolean wants(final Topic topic, final int partition, final int partitions) {
        return super.wants(topic, partition, partitions) && shard.has(topic, partition, partitions);
    }

    @Override
    int mostHops() {
        return maxHops;
    }

    @Override
    Shard shard() {
        return shard;
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
