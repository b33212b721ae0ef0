// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import io.kaelix.Claim;
import io.kaelix.Field;
import io.kaelix.MemoryStreamer;
import io.kaelix.MessageBatch;
import io.kaelix.MessageHandler;
import io.kaelix.Publisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import java.util.SplittableRandom;

/**
 * One way to receive messages that hold a number, and to add up those that are wanted.
 *
 * <p>Payload: int64 number from 0 to 99, drawn at random; then bytes that nobody looks at.
 */
public final class BatchReading implements AutoCloseable {

    /** How messages are received. */
    public enum Way {
        /** A handler adds all up. */
        POLL,
        /** A batch adds all up. */
        BATCH,
        /** A handler tests each, and adds up those that are wanted. */
        TEST_IN_HANDLER,
        /** A batch selects those that are wanted, and adds them up. */
        BATCH_WHERE,
        /** The reader passes over those that are not wanted, a handler adds up the others. */
        PUSHED_DOWN
    }

    /** Values are below this. */
    public static final int VALUES = 100;

    private static final Field.Int64 NUMBER = Field.int64(0);
    private static final int VARIED = 128;

    private final MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults());
    private final Publisher publisher;
    private final Subscriber subscriber;
    private final MessageBatch batch;
    private final Way way;
    private final int limit;
    private final int wanted;
    private final MessageHandler all = message -> this.sum += message.getLong(0);
    private final MessageHandler tested;
    private final int[] lengths;
    private final byte[] numbers;
    private int next;
    private long sum;

    /**
     * @param limit messages of a poll, or of a batch
     * @param wanted numbers below this are
     * @param length of a payload
     * @param varies whether lengths are any from 8 to twice that
     */
    public BatchReading(final Way way, final int limit, final int wanted, final int length, final boolean varies) {
        this.way = way;
        this.limit = limit;
        this.wanted = wanted;
        final Subscriber made = streamer.subscriber("numbers");
        subscriber = way == Way.PUSHED_DOWN ? made.where(NUMBER.lessThan(wanted)) : made;
        batch = subscriber.batch(Math.min(limit, MessageBatch.MAX_MESSAGES));
        publisher = streamer.publisher("numbers");
        tested = message -> {
            final long number = message.getLong(0);
            if (number < wanted) {
                this.sum += number;
            }
        };
        final SplittableRandom random = new SplittableRandom(1);
        lengths = new int[VARIED * VARIED];
        numbers = new byte[lengths.length];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = varies ? random.nextInt(Long.BYTES, 2 * length + 1) : length;
            numbers[i] = (byte) random.nextInt(VALUES);
        }
    }

    /** Publishes so many messages, or as many as there is room for; how many. */
    public int publish(final int messages) {
        publisher.beginBatch();
        int sent = 0;
        for (; sent < messages; sent++) {
            final Claim claim = publisher.tryClaim(lengths[next]);
            if (claim.result() < 0) {
                break;
            }
            claim.putLong(0, numbers[next]).commit();
            next = next + 1 & lengths.length - 1;
        }
        publisher.endBatch();
        return sent;
    }

    /** Receives once; a number below 1 if nothing was there, as far as the subscriber tells. */
    public int read() {
        return switch (way) {
            case POLL -> subscriber.poll(all, limit);
            case TEST_IN_HANDLER -> subscriber.poll(tested, limit);
            case PUSHED_DOWN -> subscriber.poll(all, limit);
            case BATCH -> {
                final int count = subscriber.poll(batch);
                sum += count > 0 ? batch.sum(NUMBER) : 0;
                yield count;
            }
            case BATCH_WHERE -> {
                final int count = subscriber.poll(batch);
                sum += count > 0 ? batch.where(NUMBER.lessThan(wanted)).sum(NUMBER) : 0;
                yield count;
            }
        };
    }

    /** Messages that were passed over. */
    public long passedOver() {
        return subscriber.passedOver();
    }

    /** What was added up. */
    public long sum() {
        return sum;
    }

    @Override
    public void close() {
        subscriber.close();
        publisher.close();
        streamer.close();
    }
}
