// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.examples;

import io.kaelix.Claim;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;

/**
 * The fast way: each message is built where it will be read, and {@value #BATCH} of them are published for the price of one. One publisher,
 * one subscriber, one core each.
 */
public final class Batches {

    private static final int MESSAGES = 5_000_000;
    private static final int BATCH = 64;
    private static final int LENGTH = 2 * Long.BYTES;

    private Batches() {
    }

    public static void main(final String[] args) throws InterruptedException {
        try (MemoryStreamer streamer = MemoryStreamer.launch(); Subscriber subscriber = streamer.subscriber("trades")) {
            final Thread sender = Thread.ofPlatform().start(() -> send(streamer));
            final long start = System.nanoTime();
            final double total = receive(subscriber);
            final double seconds = (System.nanoTime() - start) / 1e9;
            sender.join();
            System.out.printf("%d messages in batches of %d, %.1f million a second, total %.0f%n", MESSAGES, BATCH,
                    MESSAGES / seconds / 1e6, total);
        }
    }

    private static void send(final MemoryStreamer streamer) {
        try (Publisher publisher = streamer.publisher("trades")) {
            for (int id = 0; id < MESSAGES;) {
                publisher.beginBatch();
                for (final int end = Math.min(id + BATCH, MESSAGES); id < end; id++) {
                    claim(publisher).putLong(0, id).putDouble(Long.BYTES, 0.5 * id).commit();
                }
                publisher.endBatch();
            }
        }
    }

    /** Space for a message. Claiming never blocks; where a batch finds the lane full, what it holds so far is published. */
    private static Claim claim(final Publisher publisher) {
        Claim claim = publisher.tryClaim(LENGTH);
        while (claim.result() == Publisher.BACK_PRESSURED) {
            Thread.onSpinWait();
            claim = publisher.tryClaim(LENGTH);
        }
        // Any other refusal is final, and using the claim then says so.
        return claim;
    }

    private static double receive(final Subscriber subscriber) {
        final double[] total = new double[1];
        int received = 0;
        while (received < MESSAGES) {
            // The limit bounds how long one poll takes, and lets the publisher have its space back in between.
            final int count = subscriber.poll(message -> total[0] += message.getDouble(Long.BYTES), 1024);
            if (count == 0) {
                Thread.onSpinWait();
            }
            received += count;
        }
        return total[0];
    }
}
