// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscription;
import io.kaelix.TopicPattern;
import io.kaelix.net.Connecting;
import java.util.concurrent.atomic.AtomicLong;

/** A handler of messages that come from another host. From any thread. */
record RemoteSubscription(LocalStreamer streamer, Subscription local, Connecting.Subscribed remote, SlowSubscriberPolicy policy,
        AtomicLong missed) implements Subscription {

    @Override
    public TopicPattern pattern() {
        return local.pattern();
    }

    @Override
    public long errors() {
        return local.errors();
    }

    @Override
    public long lost() {
        return missed.get() + local.lost();
    }

    @Override
    public void close() {
        local.close();
        remote.close();
        streamer.close();
    }
}
