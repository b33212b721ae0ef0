// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import io.kaelix.Message;
import io.kaelix.MessageHandler;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import io.kaelix.cli.verify.Received;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * Receives with one subscriber until the streamer is closed, and keeps what the check at the end needs.
 *
 * <p><b>Threads</b>: one, but for {@link #progress}; the results when that one has ended.
 */
abstract class Receiver implements Workers.Task, MessageHandler {

    private static final int POLL_LIMIT = 1024;

    private static final long MAX_LATENCY_NANOS = 3_600_000_000_000L;
    private static final int LATENCY_DIGITS = 3;

    private final Subscriber subscriber;
    private final Backoff backoff;
    private final List<Received> received;
    private final Histogram latencies = new Histogram(MAX_LATENCY_NANOS, LATENCY_DIGITS);
    private final AtomicLong progress = new AtomicLong();
    private long messages;
    /** Of the publisher whose message came last: they come in runs. */
    private Received current;

    Receiver(final Subscriber subscriber, final List<Publisher> publishers, final boolean crowded, final long checksum) {
        this.subscriber = subscriber;
        this.backoff = new Backoff(crowded);
        this.received = publishers.stream().map(publisher -> new Received(publisher.id(), checksum)).toList();
        this.current = received.getFirst();
    }

    @Override
    public final void run() throws IOException {
        try (subscriber) {
            int count;
            while ((count = subscriber.poll(this, POLL_LIMIT)) != Subscriber.CLOSED) {
                if (count > 0) {
                    messages += count;
                    progress.setRelease(messages);
                    backoff.reset();
                } else {
                    if (backoff.isAboutToSleep()) {
                        pause();
                    }
                    backoff.idle();
                }
            }
            pause();
        }
    }

    /** Nothing has arrived for a while, or nothing more will. */
    void pause() throws IOException {
    }

    /** Where the messages of a publisher are counted. */
    protected final Received from(final int publisherId) {
        return current.publisherId() == publisherId ? current : select(publisherId);
    }

    private Received select(final int publisherId) {
        for (final Received candidate : received) {
            if (candidate.publisherId() == publisherId) {
                current = candidate;
                return candidate;
            }
        }
        throw new IllegalStateException("a message of publisher " + publisherId + ", which is none of this run");
    }

    /** Records how long a message took, if it carries a time. */
    protected final void recordLatency(final Message message) {
        final long timestamp = message.timestamp();
        if (timestamp != Message.NO_TIMESTAMP) {
            latencies.recordValue(Math.clamp(System.nanoTime() - timestamp, 0, MAX_LATENCY_NANOS));
        }
    }

    /** Messages received so far, or a little less. Any thread. */
    final long progress() {
        return progress.getAcquire();
    }

    /** What it received, of each publisher, in their order. */
    final List<Received> received() {
        return received;
    }

    /** How long messages took. */
    final Histogram latencies() {
        return latencies;
    }
}
