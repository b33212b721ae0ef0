// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.MessageBatch;
import io.kaelix.MessageHandler;
import io.kaelix.Predicate;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.TopicPattern;
import io.kaelix.net.Connecting;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A subscriber whose messages come from another host: one of this process over a lane of its own, into which the session receives.
 *
 * <p><b>Threads</b>: as for every {@link Subscriber}.
 */
final class RemoteSubscriber implements Subscriber {

    private final LocalStreamer streamer;
    private final Subscriber local;
    private final SlowSubscriberPolicy policy;
    /** Messages that did not come here. */
    private final AtomicLong lost;
    private volatile Connecting.Subscribed remote;
    private volatile boolean cutOff;

    RemoteSubscriber(final LocalStreamer streamer, final Subscriber local, final SlowSubscriberPolicy policy, final AtomicLong lost) {
        this.streamer = streamer;
        this.local = local;
        this.policy = policy;
        this.lost = lost;
    }

    /** The server has agreed. */
    void begin(final Connecting.Subscribed agreed) {
        remote = agreed;
    }

    /** The server has ended it: what has come is still received. */
    void ended() {
        cutOff = true;
        streamer.close();
    }

    @Override
    public TopicPattern pattern() {
        return local.pattern();
    }

    @Override
    public SlowSubscriberPolicy policy() {
        return policy;
    }

    @Override
    public int poll(final MessageHandler handler, final int limit) {
        return result(local.poll(handler, limit));
    }

    private int result(final int count) {
        return count == CLOSED && cutOff ? DISCONNECTED : count;
    }

    @Override
    public Subscriber where(final Predicate predicate) {
        local.where(predicate);
        return this;
    }

    @Override
    public long passedOver() {
        return local.passedOver();
    }

    @Override
    public MessageBatch batch(final int maxMessages) {
        return local.batch(maxMessages);
    }

    @Override
    public int poll(final MessageBatch batch) {
        return result(local.poll(batch));
    }

    @Override
    public long lost() {
        return lost.get() + local.lost();
    }

    @Override
    public List<LaneStatus> lanes() {
        return local.lanes();
    }

    @Override
    public void close() {
        local.close();
        final Connecting.Subscribed agreed = remote;
        if (agreed != null) {
            agreed.close();
        }
        streamer.close();
    }
}
