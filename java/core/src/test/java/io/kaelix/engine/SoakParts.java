// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Message;
import io.kaelix.MessageBuilder;
import io.kaelix.MessagePriority;
import io.kaelix.Publisher;
import io.kaelix.PublisherConfig;
import io.kaelix.RetainedMessage;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Subscription;
import io.kaelix.TopicPattern;
import io.kaelix.engine.StreamChurnTest.Order;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

/** What one thread of a {@link Soak} makes. Every message says the same number in each of its words and in its header. */
final class SoakParts {

    private static final int TOPICS = 8;
    private static final int MOST_OFFERS = 40;
    private static final int MOST_WORDS = 60;
    private static final int MOST_WORDS_OF_LONG = 1_800;
    /** Who was cut off is told at once, but for lanes whose turn comes before. */
    private static final int POLLS_UNTIL_TOLD = 64;
    private static final String ON_PURPOSE = "on purpose";

    private final Soak soak;
    private final Random random;
    private final Deque<RetainedMessage> retained = new ArrayDeque<>();
    private long number;

    SoakParts(final Soak soak, final Random random) {
        this.soak = soak;
        this.random = random;
    }

    /** Something that is used until it is closed, by its thread alone; closed by any. */
    interface Part {

        void use();

        void close();
    }

    Part make() {
        return switch (random.nextInt(6)) {
            case 0 -> new Sender(soak.streamer.publisher(topic(), PublisherConfig.defaults()));
            case 1 -> new StreamsSender();
            case 2 -> new Handler();
            default -> new Receiver();
        };
    }

    /** Releases what was retained first, here or on another thread, until no more than so many are left. */
    void release(final int most) {
        while (retained.size() > most) {
            final RetainedMessage message = retained.remove();
            requireWhole(message);
            if (random.nextBoolean()) {
                message.release();
            } else {
                soak.giveAway(message::release, random);
            }
        }
    }

    private String topic() {
        return random.nextInt(16) == 0 ? soak.steadyTopic : "s." + random.nextInt(TOPICS);
    }

    private String pattern() {
        return switch (random.nextInt(4)) {
            case 0 -> ">";
            case 1 -> "s.*";
            default -> topic();
        };
    }

    private byte[] payload() {
        number++;
        final byte[] word = EngineFixture.number(number);
        final byte[] bytes = new byte[Long.BYTES * random.nextInt(random.nextInt(32) == 0 ? MOST_WORDS_OF_LONG : MOST_WORDS)];
        for (int offset = 0; offset < bytes.length; offset += Long.BYTES) {
            System.arraycopy(word, 0, bytes, offset, Long.BYTES);
        }
        return bytes;
    }

    private static boolean isWhole(final Message message) {
        final long number = message.length() == 0 ? 0 : message.getLong(0);
        boolean whole = message.length() == 0 || message.headers().getLong("n", number) == number;
        for (int offset = 0; offset < message.length(); offset += Long.BYTES) {
            whole &= message.getLong(offset) == number;
        }
        return whole;
    }

    private static void requireWhole(final Message message) {
        if (!isWhole(message)) {
            throw new AssertionError("torn: " + message);
        }
    }

    /** Of one topic, by all ways to send. */
    private final class Sender implements Part {

        private final Publisher publisher;
        private final MessageBuilder builder = Message.builder();

        Sender(final Publisher publisher) {
            this.publisher = publisher;
            soak.count("publisher");
        }

        @Override
        public void use() {
            for (int i = random.nextInt(MOST_OFFERS); i > 0; i--) {
                final byte[] payload = payload();
                switch (random.nextInt(4)) {
                    case 0 -> publisher.offer(payload);
                    case 1 -> publisher.offer(builder.clear().header("n", number).payload(payload));
                    case 2 -> publisher.offer(MessagePriority.values()[random.nextInt(4)], payload, 0, payload.length);
                    default -> publisher.publish(MemorySegment.ofArray(payload), 0, payload.length, Duration.ofNanos(random.nextInt(100_000)));
                }
            }
        }

        @Override
        public void close() {
            publisher.close();
        }
    }

    /** Of all topics, with batches. */
    private final class StreamsSender implements Part {

        private final StreamPublisher publisher = soak.streamer.streamPublisher();
        private final MessageBuilder builder = Message.builder();

        StreamsSender() {
            soak.count("publisher of streams");
        }

        @Override
        public void use() {
            final boolean batch = random.nextInt(4) == 0;
            if (batch) {
                publisher.beginBatch();
            }
            for (int i = random.nextInt(MOST_OFFERS); i > 0; i--) {
                final int stream = publisher.stream(topic());
                final byte[] payload = payload();
                if (random.nextBoolean()) {
                    publisher.offer(stream, payload);
                } else {
                    publisher.offer(stream, builder.clear().header("n", number).payload(payload));
                }
            }
            if (batch) {
                publisher.endBatch();
            }
        }

        @Override
        public void close() {
            publisher.close();
        }
    }

    /** Of any policy and start; retains some of what it receives. */
    private final class Receiver implements Part {

        private final SlowSubscriberPolicy policy = SlowSubscriberPolicy.values()[random.nextInt(3)];
        private final Subscriber subscriber = soak.streamer.subscriber(TopicPattern.of(pattern()), SubscriberConfig.defaults().withPolicy(policy)
                .withMaxLag(1 + random.nextInt(EngineFixture.LANE_CAPACITY)).withMaxStall(Duration.ofNanos(random.nextInt(1_000_000)))
                .withStart(random.nextBoolean() ? Start.latest() : Start.oldest()));
        private final Order order = new Order(false, policy == SlowSubscriberPolicy.LOSSY);
        private String suspicion;
        private boolean cutOff;

        Receiver() {
            soak.count(policy.name());
        }

        @Override
        public void use() {
            int result = subscriber.poll(this::take, 1 + random.nextInt(300));
            for (int polls = 0; suspicion != null && result >= 0; polls++) {
                if (polls == POLLS_UNTIL_TOLD) {
                    throw new AssertionError("torn or out of order, and not cut off: " + suspicion);
                }
                result = subscriber.poll(this::take, 1);
            }
            suspicion = null;
            if (result == Subscriber.DISCONNECTED && !cutOff) {
                cutOff = true;
                soak.count("cut off");
            }
        }

        private void take(final Message message) {
            if (policy == SlowSubscriberPolicy.DISCONNECT) {
                // It may be cut off while this looks at it, and written over. Then the next poll says so.
                try {
                    requireWhole(message);
                    order.take(message);
                } catch (final AssertionError | RuntimeException e) {
                    suspicion = e.toString();
                }
                return;
            }
            requireWhole(message);
            order.take(message);
            if (random.nextInt(16) == 0) {
                retained.add(message.retain());
                soak.count("retained");
            }
        }

        @Override
        public void close() {
            subscriber.close();
        }
    }

    /** On the streamer's thread. */
    private final class Handler implements Part {

        private final SlowSubscriberPolicy policy = random.nextBoolean() ? SlowSubscriberPolicy.BLOCK : SlowSubscriberPolicy.LOSSY;
        private final Random ofHandler = new Random(random.nextLong());
        private final Order order = new Order(false, policy == SlowSubscriberPolicy.LOSSY);
        private final Subscription subscription;

        Handler() {
            subscription = soak.streamer.subscribe(TopicPattern.of(pattern()), policy, this::take, (message, error) -> {
                if (error.getMessage() == null || !error.getMessage().equals(ON_PURPOSE)) {
                    soak.fail(error + " in a handler at " + message);
                }
            });
            soak.count("handler, " + policy);
        }

        private void take(final Message message) {
            requireWhole(message);
            order.take(message);
            switch (ofHandler.nextInt(32)) {
                case 0 -> {
                    soak.count("thrown by a handler");
                    throw new IllegalStateException(ON_PURPOSE);
                }
                case 1 -> {
                    final RetainedMessage copy = message.retain();
                    soak.giveAway(copy::release, ofHandler);
                }
                default -> { }
            }
        }

        @Override
        public void use() {
            subscription.errors();
        }

        @Override
        public void close() {
            subscription.close();
        }
    }
}
