// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static io.kaelix.net.NetworkTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.KaelixClient;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;

/** Sends itself numbers by way of the server, and checks that it has them all, in order. */
final class Traffic implements AutoCloseable {

    private static final SubscriberConfig ALL = SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.BLOCK);

    private final Publisher publisher;
    private final Subscriber subscriber;
    private int sent;
    private int received;

    Traffic(final KaelixClient client, final String topic) {
        subscriber = client.subscriber(topic, ALL);
        publisher = client.publisher(topic);
    }

    void exchange(final int count) {
        for (int until = sent + count; sent < until;) {
            if (publisher.offer(Integer.toString(sent).getBytes()) > 0) {
                sent++;
            }
        }
        await(() -> {
            subscriber.poll(message -> assertThat(message.asString()).isEqualTo(Integer.toString(received++)), 100);
            return received == sent;
        });
    }

    @Override
    public void close() {
        publisher.close();
        subscriber.close();
    }
}
