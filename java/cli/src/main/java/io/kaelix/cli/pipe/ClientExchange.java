// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

import io.kaelix.ClientConfig;
import io.kaelix.ClientStatus;
import io.kaelix.KaelixClient;
import io.kaelix.KaelixException;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;

/**
 * A server.
 *
 * @param client closed with it
 * @param name of it
 */
public record ClientExchange(KaelixClient client, String name) implements Exchange {

    /**
     * Connects.
     *
     * @throws io.kaelix.KaelixException if it cannot
     */
    public static ClientExchange connect(final ClientConfig config) {
        return new ClientExchange(KaelixClient.connect(config), config.host() + ":" + config.port());
    }

    @Override
    public Publisher publisher(final Topic topic) {
        return client.publisher(topic);
    }

    @Override
    public Subscriber subscriber(final TopicPattern pattern, final SubscriberConfig config) {
        return client.subscriber(pattern, config);
    }

    @Override
    public Audience audience(final Topic topic) {
        try {
            return client.subscribers(topic) > 0 ? Audience.SOMEBODY : Audience.NOBODY;
        } catch (final KaelixException e) {
            // It is cut off, which is somebody else's to judge.
            return Audience.NOBODY;
        }
    }

    @Override
    public State state() {
        return switch (client.status().state()) {
            case CONNECTED -> State.OPEN;
            case CONNECTING -> State.CUT;
            case REFUSED, CLOSED -> State.ENDED;
        };
    }

    @Override
    public String trouble() {
        final ClientStatus status = client.status();
        return status.lastError();
    }

    @Override
    public long lost() {
        return client.status().lostMessages();
    }

    @Override
    public long denials() {
        return client.status().denials();
    }

    @Override
    public void close() {
        client.close();
    }
}
