// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scenario;

import java.util.function.Function;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * Agrona's ring buffers: each message claimed, written in place and committed.
 *
 * <pre>
 *   tryClaim, write, commit ──►┐
 *   tryClaim, write, commit ──►┴── OneToOneRingBuffer or ManyToOneRingBuffer, off the heap ──► read
 * </pre>
 */
public final class AgronaScenario implements Scenario {

    private static final int CAPACITY = 1 << 20;

    /** Messages that one read hands over at most. */
    private static final int READ_LIMIT = 256;

    private static final int MESSAGE_TYPE = 1;

    private final Function<AtomicBuffer, RingBuffer> rings;

    private RingBuffer ring;
    private int payload;

    private AgronaScenario(final Function<AtomicBuffer, RingBuffer> rings) {
        this.rings = rings;
    }

    /** Of one producer. */
    public static Scenario oneToOne() {
        return new AgronaScenario(OneToOneRingBuffer::new);
    }

    /** Of any number of producers. */
    public static Scenario manyToOne() {
        return new AgronaScenario(ManyToOneRingBuffer::new);
    }

    @Override
    public void start(final Load load) {
        payload = load.payload();
        ring = rings.apply(new UnsafeBuffer(
                BufferUtil.allocateDirectAligned(CAPACITY + RingBufferDescriptor.TRAILER_LENGTH, BitUtil.CACHE_LINE_LENGTH)));
    }

    @Override
    public Sender sender(final int producer) {
        final RingBuffer ring = this.ring;
        final AtomicBuffer buffer = ring.buffer();
        final int length = payload;
        return first -> {
            final int index = ring.tryClaim(MESSAGE_TYPE, length);
            if (index < 0) {
                return 0;
            }
            long word = first;
            for (int offset = 0; offset < length; offset += Long.BYTES) {
                buffer.putLong(index + offset, word++);
            }
            ring.commit(index);
            return 1;
        };
    }

    @Override
    public Receiver receiver() {
        return new Reading(ring);
    }

    /** Reads every word in place. */
    private static final class Reading implements Receiver, MessageHandler {

        private final RingBuffer ring;
        private Sink sink;

        Reading(final RingBuffer ring) {
            this.ring = ring;
        }

        @Override
        public int receive(final Sink sink) {
            if (this.sink != sink) {
                // Once: each store of a reference marks a card, and lines of the card table are shared with the producer.
                this.sink = sink;
            }
            return ring.read(this, READ_LIMIT);
        }

        @Override
        public void onMessage(final int type, final MutableDirectBuffer buffer, final int index, final int length) {
            final long first = buffer.getLong(index);
            long sum = first;
            for (int offset = Long.BYTES; offset < length; offset += Long.BYTES) {
                sum += buffer.getLong(index + offset);
            }
            sink.onMessage(first, sum);
        }
    }

    @Override
    public void stop() {
        ring = null;
    }

    @Override
    public String settings() {
        return ring.getClass().getSimpleName() + " of " + (CAPACITY >> 10) + " KiB, reads of at most " + READ_LIMIT + ", no bounds checks";
    }
}
