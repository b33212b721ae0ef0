// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;

/** A streamer of this process behind a connection whose state is as a test says. */
final class MadeUpExchange implements Exchange {

    private final MemoryStreamer streamer;
    volatile State state = State.OPEN;
    volatile String trouble = "";
    volatile long lost;
    volatile long denials;
    volatile Audience audience = Audience.UNKNOWN;
    volatile boolean closeWaits;
    volatile boolean closed;

    MadeUpExchange(final MemoryStreamer streamer) {
        this.streamer = streamer;
    }

    @Override
    public Publisher publisher(final Topic topic) {
        return streamer.publisher(topic);
    }

    @Override
    public Subscriber subscriber(final TopicPattern pattern, final SubscriberConfig config) {
        return streamer.subscriber(pattern, config);
    }

    @Override
    public Audience audience(final Topic topic) {
        return audience;
    }

    @Override
    public State state() {
        return state;
    }

    @Override
    public String trouble() {
        return trouble;
    }

    @Override
    public long lost() {
        return lost;
    }

    @Override
    public long denials() {
        return denials;
    }

    @Override
    public String name() {
        return "there:1";
    }

    @Override
    public void close() {
        closed = true;
        try {
            while (closeWaits) {
                Thread.sleep(5);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        state = State.ENDED;
    }
}
