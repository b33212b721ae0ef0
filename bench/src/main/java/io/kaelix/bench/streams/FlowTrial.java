// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.streams;

import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.Publisher;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.bench.streams.StreamsOutcome.Flow;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Messages spread over all streams, and each one checked.
 *
 * <pre>
 *   this thread ── StreamPublisher ── one lane, a million streams ──► receiver: Subscriber, BLOCK; next of its stream? next of all?
 * </pre>
 *
 * <p>Each message is for a stream far from the one before, so that neither side finds in its cache what it keeps for it, and each stream
 * has its turn once a round.
 */
final class FlowTrial {

    private static final long LEAST_MESSAGES = 10_000_000;
    private static final int PAYLOAD = 64;
    private static final int LIMIT = 256;
    private static final double GOLDEN = 0.6180339887;

    private final int[] next;
    private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
    private int streams;
    private long received;
    private long irregular;

    private FlowTrial(final int count) {
        next = new int[count];
    }

    /** Over so many streams, to a subscriber of a pattern. */
    static Flow run(final int count, final String pattern) throws InterruptedException {
        return new FlowTrial(count).run(pattern);
    }

    private Flow run(final String pattern) throws InterruptedException {
        final int count = next.length;
        final long rounds = (LEAST_MESSAGES + count - 1) / count;
        final Thread receiver;
        final long start;
        try (MemoryStreamer streamer = MemoryStreamer.launch(); StreamPublisher publisher = streamer.streamPublisher()) {
            final int[] ids = new int[count];
            for (int i = 0; i < count; i++) {
                ids[i] = publisher.stream(StreamsTrial.topic(i));
            }
            final Subscriber subscriber = streamer.subscriber(pattern);
            receiver = Thread.ofPlatform().daemon().name("receiver").start(() -> receive(subscriber));
            // The first message of each is not the load, but what comes before it.
            send(publisher, ids, 0, 1);
            start = System.nanoTime();
            send(publisher, ids, count, rounds);
        }
        receiver.join();
        final double seconds = (System.nanoTime() - start) / 1e9;
        if (failure.get() != null) {
            throw failure.get();
        }
        final long sent = (rounds + 1) * count;
        return new Flow(streams, sent, received, sent - received, irregular, rounds * count / seconds);
    }

    /** Whole rounds, behind so many messages that were sent. */
    private void send(final StreamPublisher publisher, final int[] ids, final long before, final long rounds) {
        final int count = ids.length;
        final int stride = stride(count);
        final byte[] payload = new byte[PAYLOAD];
        long sent = before;
        int at = 0;
        for (long left = rounds * count; left > 0; left--) {
            write(payload, sent);
            long result = publisher.offer(ids[at], payload);
            while (result == Publisher.BACK_PRESSURED && failure.get() == null) {
                Thread.onSpinWait();
                result = publisher.offer(ids[at], payload);
            }
            if (result < 0) {
                throw new IllegalStateException("message " + sent + " was answered " + result);
            }
            sent++;
            at = at + stride < count ? at + stride : at + stride - count;
        }
    }

    /** Far, and with no factor in common with the count, so that a round meets every stream. */
    private static int stride(final int count) {
        int stride = Math.max(1, (int) (count * GOLDEN));
        while (gcd(stride, count) != 1) {
            stride++;
        }
        return stride;
    }

    private static int gcd(final int a, final int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    private static void write(final byte[] payload, final long number) {
        for (int i = 0; i < Long.BYTES; i++) {
            payload[i] = (byte) (number >>> i * Byte.SIZE);
        }
    }

    private void receive(final Subscriber subscriber) {
        try (subscriber) {
            int count;
            do {
                count = subscriber.poll(this::take, LIMIT);
                if (count == 0) {
                    Thread.onSpinWait();
                }
            } while (count != Subscriber.CLOSED);
        } catch (final RuntimeException e) {
            failure.set(e);
        }
    }

    private void take(final Message message) {
        final int stream = message.streamId();
        final int expected = next[stream]++;
        if ((int) message.sequence() != expected || message.getLong(0) != received) {
            irregular++;
        }
        if (expected == 0) {
            streams++;
        }
        received++;
    }
}
