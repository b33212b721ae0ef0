// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.number;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.kaelix.Field;
import io.kaelix.Headers;
import io.kaelix.Message;
import io.kaelix.MessageBuilder;
import io.kaelix.MessageHandler;
import io.kaelix.Payload;
import io.kaelix.Publisher;
import io.kaelix.RetainedMessage;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.Topic;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sending and receiving allocate nothing: bytes are counted, not time. */
class AllocationTest {

    private static final int MESSAGES = 1_000_000;
    private static final double LEAST_THAT_MATTERS = 0.01;

    private final EngineFixture engine = new EngineFixture();
    private final Publisher publisher = engine.publisher("a");
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long sum;

    @AfterEach
    void close() {
        engine.close();
    }

    /** Bytes per message, once the code is compiled: before that, what escapes is not known. Once it was little enough, it is. */
    private double allocatedPerMessage(final IntConsumer message) {
        double least = Double.MAX_VALUE;
        for (int round = 0; round < 5 && least >= LEAST_THAT_MATTERS; round++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < MESSAGES; i++) {
                message.accept(i);
            }
            least = Math.min(least, (double) (threads.getCurrentThreadAllocatedBytes() - before) / MESSAGES);
        }
        return least;
    }

    private MessageHandler handler() {
        return message -> sum += message.getLong(0) + message.length() + message.sequence();
    }

    @Test
    void shouldNotAllocateWhenArraysAreOffered() {
        final Subscriber subscriber = engine.subscriber("a");
        final byte[] payload = number(1);
        final MessageHandler handler = handler();
        assertThat(allocatedPerMessage(i -> {
            publisher.offer(payload);
            subscriber.poll(handler, 10);
        })).isLessThan(LEAST_THAT_MATTERS);
        assertThat(sum).isNotZero();
    }

    @Test
    void shouldNotAllocateWhenAKeyChoosesThePartition() {
        final Topic topic = Topic.of("orders");
        engine.streamer.declare(topic, 8);
        final Subscriber subscriber = engine.subscriber("orders");
        final Publisher partitioned = engine.publisher("orders");
        final StreamPublisher streams = engine.streamer.streamPublisher();
        final MessageBuilder builder = Message.builder();
        final byte[] payload = number(1);
        final MessageHandler handler = handler();
        final String[] keys = {"customer-1", "customer-2", "customer-3", "customer-4"};
        assertThat(allocatedPerMessage(i -> {
            partitioned.offer(builder.clear().partitionKey(i).payload(payload));
            partitioned.offer(payload);
            streams.offer(streams.streamOfKey(topic, keys[i & 3]), payload);
            subscriber.poll(handler, 10);
        })).isLessThan(LEAST_THAT_MATTERS);
        assertThat(sum).isNotZero();
    }

    @Test
    void shouldNotAllocateWhereAPredicateIsAsked() {
        final Subscriber subscriber = engine.subscriber("a").where(Field.int64(0).lessThan(1));
        final byte[] wanted = number(0);
        final byte[] other = number(1);
        final MessageHandler handler = handler();
        assertThat(allocatedPerMessage(i -> {
            publisher.offer((i & 31) == 0 ? wanted : other);
            if ((i & 255) == 0) {
                while (subscriber.poll(handler, 100) > 0) {
                    Thread.onSpinWait();
                }
            }
        })).isLessThan(LEAST_THAT_MATTERS);
        assertThat(subscriber.passedOver()).isPositive();
        assertThat(sum).isNotZero();
    }

    @Test
    void shouldNotAllocateWhenSegmentsAreOfferedWithATimestamp() {
        final Subscriber subscriber = engine.subscriber("a");
        final MessageHandler handler = handler();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment payload = arena.allocate(100);
            assertThat(allocatedPerMessage(i -> {
                publisher.offer(payload, 0, 8 + i % 92, i);
                subscriber.poll(handler, 10);
            })).isLessThan(LEAST_THAT_MATTERS);
        }
    }

    @Test
    void shouldNotAllocateWhenClaimsAreCommittedInBatches() {
        final Subscriber subscriber = engine.subscriber("a");
        final MessageHandler handler = handler();
        assertThat(allocatedPerMessage(i -> {
            if (i % 32 == 0) {
                publisher.endBatch();
                subscriber.poll(handler, 1_000);
                publisher.beginBatch();
            }
            publisher.tryClaim(24).putLong(0, i).putLong(8, i).putLong(16, i).commit();
        })).isLessThan(LEAST_THAT_MATTERS);
    }

    @Test
    void shouldNotAllocateWhenMessagesAreBuiltAndTheirHeadersRead() {
        final Subscriber subscriber = engine.subscriber("a");
        final MessageBuilder builder = Message.builder();
        final byte[] bytes = number(7);
        final ByteBuffer direct = ByteBuffer.allocateDirect(100);
        final Consumer<Headers.Header> each = header -> sum += header.isNamed("unit") ? header.valueLength() : header.asLong();
        final MessageHandler handler = message -> {
            final Headers headers = message.headers();
            sum += headers.getLong("n", 0) + headers.valueLength("unit") + message.partitionKey() + headers.count();
            headers.forEach(each);
        };
        assertThat(allocatedPerMessage(i -> {
            builder.clear().header("n", i).header("unit", "µs").header("b", bytes).partitionKey("key").timestamp(i);
            switch (i % 3) {
                case 0 -> builder.payload("Grüße");
                case 1 -> builder.payload(direct);
                default -> builder.payload(bytes);
            }
            publisher.offer(builder);
            subscriber.poll(handler, 10);
        })).isLessThan(LEAST_THAT_MATTERS);
    }

    @Test
    void shouldNotAllocateWhenARetainedMessageIsRead() {
        final Subscriber subscriber = engine.subscriber("a");
        publisher.offer(Message.builder().header("n", 1).payload("12345678"));
        final RetainedMessage[] retained = new RetainedMessage[1];
        subscriber.poll(message -> retained[0] = message.retain(), 1);
        assertThat(allocatedPerMessage(i -> {
            sum += retained[0].getLong(0) + retained[0].retain().headers().getLong("n", 0);
            retained[0].release();
        })).isLessThan(LEAST_THAT_MATTERS);
        retained[0].release();
    }

    @Test
    void shouldNotAllocateWhenPayloadsAreSent() {
        final Subscriber subscriber = engine.subscriber("a");
        final MessageHandler handler = handler();
        final Payload[] payloads = {engine.streamer.payload(10_000), engine.streamer.payload(new byte[2_000])};
        final MessageBuilder builder = Message.builder();
        assertThat(allocatedPerMessage(i -> {
            publisher.offer(payloads[i & 1], i);
            subscriber.poll(handler, 10);
        })).isLessThan(LEAST_THAT_MATTERS);
        assertThat(allocatedPerMessage(i -> {
            publisher.offer(builder.clear().payload(payloads[i & 1]).timestamp(i));
            subscriber.poll(handler, 10);
        })).isLessThan(LEAST_THAT_MATTERS);
        Arrays.stream(payloads).forEach(Payload::release);
    }

    @Test
    void shouldNotAllocateWhenALossySubscriberIsOverrun() {
        final Subscriber subscriber = engine.lossy("a");
        final byte[] payload = new byte[1_000];
        final MessageHandler handler = handler();
        assertThat(allocatedPerMessage(i -> {
            publisher.offer(payload);
            if (i % 500 == 0) {
                subscriber.poll(handler, 50);
            }
        })).isLessThan(LEAST_THAT_MATTERS);
        assertThat(subscriber.lost()).isPositive();
    }

    @Test
    void shouldNotAllocateWhenNothingCanBeSentOrReceived() {
        final Subscriber blocking = engine.subscriber("a");
        final Subscriber idle = engine.subscriber("b");
        assertThat(blocking.pattern().text()).isEqualTo("a");
        final byte[] payload = number(1);
        final byte[] tooLong = new byte[EngineFixture.LANE_CAPACITY];
        EngineFixture.fill(publisher);
        final MessageHandler handler = handler();
        assertThat(allocatedPerMessage(i -> {
            publisher.offer(payload);
            publisher.offer(tooLong);
            publisher.tryClaim(8);
            idle.poll(handler, 10);
        })).isLessThan(LEAST_THAT_MATTERS);
        assertThat(publisher.offer(payload)).isEqualTo(Publisher.BACK_PRESSURED);
    }

    @Test
    void shouldNotAllocateWhenManyStreamsAreSentAndSomeAreReceived() {
        final StreamPublisher many = engine.streamer.streamPublisher();
        final int[] streams = new int[1_000];
        Arrays.setAll(streams, i -> many.stream("s." + i));
        final Subscriber one = engine.subscriber("s.7");
        final Subscriber all = engine.lossy("s.*");
        final byte[] payload = number(1);
        final MessageHandler handler = handler();
        assertThat(allocatedPerMessage(i -> {
            many.offer(streams[i % streams.length], payload);
            many.tryClaim(streams[i * 7 % streams.length], 8).putLong(0, i).commit();
            one.poll(handler, 10);
            all.poll(handler, 10);
        })).isLessThan(LEAST_THAT_MATTERS);
        assertThat(sum).isNotZero();
    }
}
