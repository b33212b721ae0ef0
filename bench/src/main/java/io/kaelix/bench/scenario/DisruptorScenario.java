// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scenario;

import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.dsl.ProducerType;

/**
 * LMAX Disruptor: events are written and read where they lie in the ring.
 *
 * <pre>
 *   tryNext, write, publish ──►┐
 *   tryNext, write, publish ──►┴── RingBuffer of long[] ──► EventPoller (one, or several one after the other)
 * </pre>
 */
public final class DisruptorScenario implements Scenario {

    private static final int RING_SIZE = 8192;

    private final ProducerType producers;
    private final int batch;

    private RingBuffer<long[]> ring;
    private EventPoller<long[]>[] pollers;

    private DisruptorScenario(final ProducerType producers, final int batch) {
        this.producers = producers;
        this.batch = batch;
    }

    /** One producer that publishes each event. */
    public static Scenario singleProducer() {
        return new DisruptorScenario(ProducerType.SINGLE, 1);
    }

    /** One producer that publishes so many events at once. */
    public static Scenario singleProducer(final int batch) {
        return new DisruptorScenario(ProducerType.SINGLE, batch);
    }

    /** Any number of producers that publish each event. */
    public static Scenario multiProducer() {
        return new DisruptorScenario(ProducerType.MULTI, 1);
    }

    @Override
    public void start(final Load load) {
        final int words = load.words();
        ring = RingBuffer.create(producers, () -> new long[words], RING_SIZE, new BusySpinWaitStrategy());
        pollers = newPollers(load.subscribers());
        for (int i = 0; i < pollers.length; i++) {
            pollers[i] = ring.newPoller();
            ring.addGatingSequences(pollers[i].getSequence());
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // no array of a parameterised type can be made otherwise
    private static EventPoller<long[]>[] newPollers(final int count) {
        return new EventPoller[count];
    }

    @Override
    public Sender sender(final int producer) {
        final RingBuffer<long[]> ring = this.ring;
        if (batch == 1) {
            return first -> publish(ring, first);
        }
        final int batch = this.batch;
        return first -> publish(ring, batch, first);
    }

    private static int publish(final RingBuffer<long[]> ring, final long first) {
        final long sequence;
        try {
            sequence = ring.tryNext();
        } catch (final InsufficientCapacityException full) {
            return 0; // thrown without a stack trace, and the same object each time
        }
        MessagePool.write(ring.get(sequence), first);
        ring.publish(sequence);
        return 1;
    }

    private static int publish(final RingBuffer<long[]> ring, final int batch, final long first) {
        final long last;
        try {
            last = ring.tryNext(batch);
        } catch (final InsufficientCapacityException full) {
            return 0;
        }
        final long from = last - batch + 1;
        for (long sequence = from; sequence <= last; sequence++) {
            MessagePool.write(ring.get(sequence), first + (sequence - from));
        }
        ring.publish(from, last);
        return batch;
    }

    @Override
    public Receiver receiver() {
        return new Polling(pollers);
    }

    /** Takes all that is there, then moves the sequence that the producer waits for. */
    private static final class Polling implements Receiver, EventPoller.Handler<long[]> {

        private final EventPoller<long[]>[] pollers;
        private Sink sink;
        private int count;

        Polling(final EventPoller<long[]>[] pollers) {
            this.pollers = pollers;
        }

        @Override
        public int receive(final Sink sink) {
            if (this.sink != sink) {
                // Once: each store of a reference marks a card, and lines of the card table are shared with the producer.
                this.sink = sink;
            }
            count = 0;
            try {
                for (final EventPoller<long[]> poller : pollers) {
                    poller.poll(this);
                }
            } catch (final Exception e) {
                throw new IllegalStateException("the handler throws nothing, so this is the poller's own", e);
            }
            return count;
        }

        @Override
        public boolean onEvent(final long[] event, final long sequence, final boolean endOfBatch) {
            sink.onMessage(event[0], MessagePool.sum(event));
            count++;
            return true;
        }
    }

    @Override
    public void stop() {
        for (final EventPoller<long[]> poller : pollers) {
            ring.removeGatingSequence(poller.getSequence());
        }
    }

    @Override
    public String settings() {
        return "ring " + RING_SIZE + ", " + producers + " producer, preallocated long[], EventPoller";
    }
}
