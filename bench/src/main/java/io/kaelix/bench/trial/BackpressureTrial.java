// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import io.kaelix.MemoryStreamer;
import io.kaelix.MessageHandler;
import io.kaelix.Publisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.HdrHistogram.Histogram;

/**
 * How soon a publisher learns that its lane is full, and that it no longer is.
 *
 * <pre>
 *   publisher                                        subscriber
 *   offer ── full ──► BACK_PRESSURED                                 refused: from before that offer until it was answered
 *   offer, offer, offer …            ◄── freed ──    poll(1)         freed: from the handler until the first success was answered
 *   load, load, load …               ◄── line ──     store           handOff: the floor, a time stored in one line and seen
 * </pre>
 *
 * <p>The three are taken in turn, so that what the machine does meanwhile is in all of them; each has two readings of the clock in it.
 *
 * <p><b>Threads</b>: the caller's sends; another, which ends with the trial, receives.
 */
public final class BackpressureTrial {

    /** With its header a divisor of the lane, so that a lane is full of whole messages and each poll of one makes room for one. */
    private static final int PAYLOAD = 16;
    private static final int RECEIVE = 1;
    private static final int STORE = 2;
    private static final int STOP = 3;
    private static final int IDLE = 0;
    /** Long enough for the other side to be at its loop. */
    private static final int SPINS_BEFORE = 200;
    private static final long LONGEST_NANOS = 10_000_000_000L;

    /** From before a refused offer to its answer. */
    public final Histogram refused = histogram();
    /** From a poll that frees space to the first offer that succeeds. */
    public final Histogram freed = histogram();
    /** From a store to its being seen. */
    public final Histogram handOff = histogram();

    private volatile int order;
    private volatile long line;
    private long handledAt;

    /** A trial that was not run. */
    public BackpressureTrial() {
    }

    private static Histogram histogram() {
        return new Histogram(LONGEST_NANOS, 3);
    }

    /** Runs so often, and a tenth of that before it counts. */
    public void run(final int times) throws InterruptedException {
        try (Arena arena = Arena.ofConfined();
                MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults());
                Subscriber subscriber = streamer.subscriber("backpressure");
                Publisher publisher = streamer.publisher("backpressure")) {
            final MemorySegment payload = arena.allocate(PAYLOAD);
            final Thread receiver = Thread.ofPlatform().daemon().name("receiver").start(() -> receive(subscriber));
            while (publisher.offer(payload) >= 0) {
                Thread.onSpinWait();
            }
            for (int i = -times / 10; i < times; i++) {
                once(publisher, payload, i >= 0);
            }
            order = STOP;
            receiver.join();
        }
    }

    private void once(final Publisher publisher, final MemorySegment payload, final boolean counts) {
        final long offered = System.nanoTime();
        final long answer = publisher.offer(payload);
        final long answered = System.nanoTime();
        if (answer != Publisher.BACK_PRESSURED) {
            throw new IllegalStateException("a full lane answered " + answer);
        }
        order = RECEIVE;
        while (publisher.offer(payload) < 0) {
            Thread.onSpinWait();
        }
        final long succeeded = System.nanoTime();
        awaitIdle();
        final long before = line;
        order = STORE;
        long stored;
        do {
            Thread.onSpinWait();
            stored = line;
        } while (stored == before);
        final long seen = System.nanoTime();
        awaitIdle();
        if (counts) {
            record(refused, answered - offered);
            record(freed, succeeded - handledAt);
            record(handOff, seen - stored);
        }
    }

    private static void record(final Histogram histogram, final long nanos) {
        histogram.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
    }

    private void awaitIdle() {
        while (order != IDLE) {
            Thread.onSpinWait();
        }
    }

    private void receive(final Subscriber subscriber) {
        final MessageHandler handler = message -> handledAt = System.nanoTime();
        while (true) {
            final int current = order;
            if (current == STOP) {
                return;
            }
            if (current == IDLE) {
                Thread.onSpinWait();
                continue;
            }
            for (int i = 0; i < SPINS_BEFORE; i++) {
                Thread.onSpinWait();
            }
            if (current == RECEIVE) {
                subscriber.poll(handler, 1);
            } else {
                line = System.nanoTime();
            }
            order = IDLE;
        }
    }
}
