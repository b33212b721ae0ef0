// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scenario;

import java.util.function.IntFunction;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.MpscArrayQueue;
import org.jctools.queues.SpscArrayQueue;

/**
 * JCTools' bounded array queues, carrying references to pooled messages.
 *
 * <pre>
 *   relaxedOffer or fill ──►┐
 *   relaxedOffer or fill ──►┴── SpscArrayQueue or MpscArrayQueue of long[] ──► drain
 * </pre>
 */
public final class JctoolsScenario implements Scenario {

    private static final int CAPACITY = 8192;

    /** Messages that one drain hands over at most. */
    private static final int DRAIN_LIMIT = 256;

    private final IntFunction<MessagePassingQueue<long[]>> queues;
    private final int batch;

    private MessagePassingQueue<long[]> queue;
    private int words;

    private JctoolsScenario(final IntFunction<MessagePassingQueue<long[]>> queues, final int batch) {
        this.queues = queues;
        this.batch = batch;
    }

    /** One producer, each message offered. */
    public static Scenario singleProducer() {
        return new JctoolsScenario(SpscArrayQueue::new, 1);
    }

    /** One producer that fills in so many at a time. */
    public static Scenario singleProducer(final int batch) {
        return new JctoolsScenario(SpscArrayQueue::new, batch);
    }

    /** Any number of producers, each message offered. */
    public static Scenario multiProducer() {
        return new JctoolsScenario(MpscArrayQueue::new, 1);
    }

    @Override
    public void start(final Load load) {
        words = load.words();
        queue = queues.apply(CAPACITY);
    }

    @Override
    public Sender sender(final int producer) {
        final MessagePool pool = new MessagePool(words, queue.capacity(), 1);
        return batch > 1 ? new Filling(queue, pool, batch) : offering(queue, pool);
    }

    private static Sender offering(final MessagePassingQueue<long[]> queue, final MessagePool pool) {
        return first -> {
            if (!queue.relaxedOffer(pool.write(first))) {
                return 0;
            }
            pool.advance();
            return 1;
        };
    }

    /** Writes a message when the queue has a place for it. */
    private static final class Filling implements Sender, MessagePassingQueue.Supplier<long[]> {

        private final MessagePassingQueue<long[]> queue;
        private final MessagePool pool;
        private final int batch;
        private long next;

        Filling(final MessagePassingQueue<long[]> queue, final MessagePool pool, final int batch) {
            this.queue = queue;
            this.pool = pool;
            this.batch = batch;
        }

        @Override
        public int send(final long first) {
            next = first;
            return queue.fill(this, batch);
        }

        @Override
        public long[] get() {
            final long[] message = pool.write(next++);
            pool.advance();
            return message;
        }
    }

    @Override
    public Receiver receiver() {
        return new Draining(queue);
    }

    /** Takes one message out, then reads it, then takes the next one. */
    private static final class Draining implements Receiver, MessagePassingQueue.Consumer<long[]> {

        private final MessagePassingQueue<long[]> queue;
        private Sink sink;

        Draining(final MessagePassingQueue<long[]> queue) {
            this.queue = queue;
        }

        @Override
        public int receive(final Sink sink) {
            if (this.sink != sink) {
                // Once: each store of a reference marks a card, and lines of the card table are shared with the producer.
                this.sink = sink;
            }
            return queue.drain(this, DRAIN_LIMIT);
        }

        @Override
        public void accept(final long[] message) {
            sink.onMessage(message[0], MessagePool.sum(message));
        }
    }

    @Override
    public void stop() {
        queue.clear();
    }

    @Override
    public String settings() {
        final String sending = batch > 1 ? "fill of at most " + batch : "relaxedOffer";
        return queue.getClass().getSimpleName() + " of " + queue.capacity() + ", " + sending + ", drain of at most " + DRAIN_LIMIT
                + ", pooled long[]";
    }
}
