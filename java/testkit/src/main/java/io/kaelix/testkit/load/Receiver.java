// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit.load;

import io.kaelix.Message;
import io.kaelix.MessageHandler;
import io.kaelix.Subscriber;
import io.kaelix.testkit.noise.GapWatch;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Hands each message to the user's handler, and keeps how long after its due time that returned.
 *
 * <p><b>Threads</b>: one, but for {@link #progress}; the results when that one has ended.
 */
public final class Receiver implements MessageHandler {

    /** In place of the latency of a message that did not arrive. */
    static final long NOT_RECEIVED = -1;

    private static final int POLL_LIMIT = 64;

    private final Subscriber subscriber;
    private final MessageHandler handler;
    private final LongSupplier clock;
    private final Schedule[] schedules;
    private final int[] publisherIds;
    /** Latency of each measured message, by publisher and number. */
    private final long[][] latencies;
    /** Number that each publisher's next message has at the least. */
    private final long[] expected;
    private final GapWatch watch;
    private final AtomicLong progress = new AtomicLong();
    private long received;
    private long lastReturned;
    private int current;

    /**
     * @param latencies as {@link #prepareLatencies} made them
     * @param publisherIds of the publishers whose messages count, in the order of the schedules; others' are handed over and forgotten
     */
    public Receiver(final Subscriber subscriber, final LoadSettings settings, final Schedule[] schedules, final long[][] latencies,
            final int[] publisherIds) {
        this.subscriber = subscriber;
        this.handler = settings.handler();
        this.clock = settings.clock();
        this.schedules = schedules;
        this.publisherIds = publisherIds;
        this.latencies = latencies;
        this.expected = new long[schedules.length];
        this.watch = new GapWatch(schedules[0].measuredStart());
        this.lastReturned = schedules[0].measuredStart();
    }

    /** Room for the latency of each message that will be measured, its memory touched: that is not to be the kernel's work later. */
    public static long[][] prepareLatencies(final LoadSettings settings) {
        final long[][] latencies = new long[settings.publishers()][];
        for (int i = 0; i < latencies.length; i++) {
            latencies[i] = new long[Schedule.share(settings.measuredMessages(), latencies.length, i)];
            Arrays.fill(latencies[i], NOT_RECEIVED);
        }
        return latencies;
    }

    /**
     * Polls once.
     *
     * @return whether anything arrived
     * @throws RuntimeException what the user's handler threw
     */
    public boolean doWork() {
        watch.observe(clock.getAsLong());
        if (subscriber.poll(this, POLL_LIMIT) <= 0) {
            return false;
        }
        progress.lazySet(received);
        return true;
    }

    @Override
    public void onMessage(final Message message) {
        final int publisher = indexOf(message.publisherId());
        final long sequence = message.sequence();
        final long due = message.timestamp();
        watch.observe(clock.getAsLong());
        watch.pause();
        handler.onMessage(message);
        final long now = clock.getAsLong();
        watch.resume(now);
        if (publisher >= 0) {
            record(publisher, sequence, now - due, now);
        }
    }

    private void record(final int publisher, final long sequence, final long latency, final long now) {
        if (sequence < expected[publisher]) {
            throw new IllegalStateException("message " + sequence + " of publisher " + publisherIds[publisher] + " came when "
                    + expected[publisher] + " was next: the order is broken, nothing measured here can be trusted");
        }
        expected[publisher] = sequence + 1;
        received++;
        final long measured = sequence - schedules[publisher].warmUpMessages();
        if (measured >= 0) {
            latencies[publisher][(int) measured] = Math.max(0, latency);
            lastReturned = now;
        }
    }

    /** Index of a publisher among those of the load, or -1. Messages come in runs: the last one's is tried first. */
    private int indexOf(final int publisherId) {
        if (publisherIds[current] == publisherId) {
            return current;
        }
        for (int i = 0; i < publisherIds.length; i++) {
            if (publisherIds[i] == publisherId) {
                current = i;
                return i;
            }
        }
        return -1;
    }

    /** Whether nothing more will come, once all publishers of the load are closed and a poll found nothing. */
    public boolean isDrained() {
        return subscriber.lanes().stream().noneMatch(lane -> indexOf(lane.publisherId()) >= 0);
    }

    /** Messages received so far, or a little less. Any thread. */
    long progress() {
        return progress.get();
    }

    /** Latency of each measured message, or {@link #NOT_RECEIVED}, by publisher and number. */
    long[][] latencies() {
        return latencies;
    }

    /** When the handler returned from the last measured message. */
    long lastReturned() {
        return lastReturned;
    }

    /** Gaps of its thread. */
    GapWatch watch() {
        return watch;
    }
}
