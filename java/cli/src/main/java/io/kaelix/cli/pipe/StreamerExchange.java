// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;

/**
 * A streamer: one of a directory, which other processes are in as well.
 *
 * @param streamer closed with it
 * @param name of it
 */
public record StreamerExchange(MemoryStreamer streamer, String name) implements Exchange {

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
        return streamer.subscribers().stream().anyMatch(one -> one.patterns().stream().anyMatch(pattern -> pattern.matches(topic)))
                ? Audience.SOMEBODY : Audience.NOBODY;
    }

    @Override
    public State state() {
        return State.OPEN;
    }

    @Override
    public String trouble() {
        return "";
    }

    @Override
    public long lost() {
        return 0;
    }

    @Override
    public void close() {
        streamer.close();
    }
}
