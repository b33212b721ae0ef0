// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.examples;

import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import io.kaelix.Topic;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.TreeMap;

/**
 * Two threads publish orders, a third receives them all:
 *
 * <pre>
 *   publisher of orders.eu ──► lane ──┐
 *                                     ├──► subscriber to orders.*
 *   publisher of orders.us ──► lane ──┘
 * </pre>
 */
public final class PublishSubscribe {

    private static final int ORDERS = 100_000;

    private PublishSubscribe() {
    }

    public static void main(final String[] args) throws InterruptedException {
        final Thread receiver;
        try (MemoryStreamer streamer = MemoryStreamer.launch()) {
            // Created before anything is published, so that it misses nothing.
            final Subscriber subscriber = streamer.subscriber("orders.*");
            receiver = Thread.ofPlatform().start(() -> receive(subscriber));
            final Thread europe = Thread.ofPlatform().start(() -> publish(streamer, "orders.eu"));
            final Thread america = Thread.ofPlatform().start(() -> publish(streamer, "orders.us"));
            europe.join();
            america.join();
        }
        // The streamer is closed. That ends the stream, not the reading: the subscriber gets all that was sent, then CLOSED.
        receiver.join();
    }

    private static void publish(final MemoryStreamer streamer, final String topic) {
        // A publisher belongs to one thread, so each makes its own: they never wait for one another.
        try (Publisher publisher = streamer.publisher(topic); Arena arena = Arena.ofConfined()) {
            final MemorySegment order = arena.allocate(ValueLayout.JAVA_LONG);
            for (long quantity = 1; quantity <= ORDERS; quantity++) {
                order.set(ValueLayout.JAVA_LONG, 0, quantity);
                // A full lane is no error: somebody has not read yet. Offer again, or do something useful first.
                long result;
                while ((result = publisher.offer(order)) == Publisher.BACK_PRESSURED) {
                    Thread.yield();
                }
                if (result < 0) {
                    throw new IllegalStateException("order " + quantity + " of " + topic + " was not sent: " + result);
                }
            }
        }
    }

    private static void receive(final Subscriber subscriber) {
        final Map<Topic, Total> totals = new TreeMap<>();
        try (subscriber) {
            int received;
            do {
                // Up to 256 in one go; the message is a view, valid inside the handler alone.
                received = subscriber.poll(message ->
                        totals.computeIfAbsent(message.topic(), topic -> new Total()).add(message.getLong(0)), 256);
                if (received == 0) {
                    Thread.yield();
                }
            } while (received != Subscriber.CLOSED);
        }
        totals.forEach((topic, total) -> System.out.println(topic + ": " + total));
    }

    private static final class Total {

        private int orders;
        private long quantity;

        void add(final long more) {
            orders++;
            quantity += more;
        }

        @Override
        public String toString() {
            return orders + " orders, quantity " + quantity;
        }
    }
}
