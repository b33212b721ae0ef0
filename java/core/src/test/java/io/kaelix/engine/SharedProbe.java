// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.MessageHandler;
import io.kaelix.PagePreference;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * A process that takes part in a directory, for tests: {@code MODE DIRECTORY ...}; it attaches, unless "launch-" or "resume-" stands before the
 * mode. It prints a line when it is ready; a line from its input
 * has it go on, the end of the input ends it. Behind a comma, the directory is followed by that of its lanes.
 *
 * <pre>
 *   publish TOPIC COUNT LENGTH    numbered messages, COUNT 0 for no end; prints "sent N" if it comes to one
 *   streams PREFIX COUNT          the same over 50 streams of one publisher
 *   count PATTERN                 checks order and content of all that comes; prints "got N" when told to go on
 *   idle PATTERN                  subscribes, and never polls
 *   churn PREFIX                  opens and closes publishers and subscribers all the time
 * </pre>
 */
final class SharedProbe {

    private static final int LANE = 1 << 16;
    private static final int STREAMS = 50;
    private static final int HEADER = 16;

    private SharedProbe() {
    }

    static StreamerConfig config(final Path folder) {
        return StreamerConfig.defaults().withLaneCapacity(LANE).withMemoryLimit(64L << 20)
                .withPages(PagePreference.NORMAL).withDirectory(folder);
    }

    public static void main(final String[] args) throws IOException {
        final String[] places = args[1].split(",");
        final StreamerConfig simple = config(Path.of(places[0]));
        final StreamerConfig config = places.length == 1 ? simple : simple.withLaneDirectory(Path.of(places[1]));
        final String mode = args[0];
        try (MemoryStreamer streamer = mode.startsWith("launch-") ? MemoryStreamer.launch(config)
                : mode.startsWith("resume-") ? MemoryStreamer.launch(config.withResume(true)) : MemoryStreamer.attach(config)) {
            switch (mode.replaceFirst("^(launch|resume)-", "")) {
                case "publish" -> publish(streamer, args[2], Long.parseLong(args[3]), Integer.parseInt(args[4]));
                case "streams" -> streams(streamer, args[2], Long.parseLong(args[3]));
                case "count" -> count(streamer, args[2]);
                case "churn" -> churn(streamer, args[2]);
                case "idle" -> idle(streamer, args[2]);
                default -> throw new IllegalArgumentException(mode);
            }
        }
    }

    private static void say(final String line) {
        System.out.println(line);
        System.out.flush();
    }

    /** A message that shows if it was torn: its number, and as many bytes of that as there is room for. */
    static byte[] message(final long number, final int length) {
        final ByteBuffer bytes = ByteBuffer.allocate(length).putLong(number).putLong(~number);
        while (bytes.hasRemaining()) {
            bytes.put((byte) number);
        }
        return bytes.array();
    }

    /** Number of a message. @throws IllegalStateException if it is torn */
    static long number(final byte[] message) {
        final ByteBuffer bytes = ByteBuffer.wrap(message);
        final long number = bytes.getLong();
        boolean whole = bytes.getLong() == ~number;
        while (bytes.hasRemaining()) {
            whole &= bytes.get() == (byte) number;
        }
        if (!whole) {
            throw new IllegalStateException("torn: " + HexFormat.of().formatHex(message));
        }
        return number;
    }

    private static void publish(final MemoryStreamer streamer, final String topic, final long count, final int length)
            throws IOException {
        try (Publisher publisher = streamer.publisher(topic)) {
            say("ready");
            for (long number = 0; count == 0 || number < count; number++) {
                final byte[] message = message(number, Math.max(HEADER, length - (int) (number % 7)));
                while (publisher.offer(message) < 0) {
                    Thread.onSpinWait();
                }
            }
            say("sent " + count);
            System.in.read();
        }
    }

    private static void streams(final MemoryStreamer streamer, final String prefix, final long count) throws IOException {
        try (StreamPublisher publisher = streamer.streamPublisher()) {
            say("ready");
            for (long number = 0; count == 0 || number < count; number++) {
                final int stream = publisher.stream(Topic.of(prefix + "." + number % STREAMS));
                while (publisher.offer(stream, message(number / STREAMS, HEADER + (int) (number % 9))) < 0) {
                    Thread.onSpinWait();
                }
            }
            say("sent " + count);
            System.in.read();
        }
    }

    /** What came of each publisher and topic: numbers without a gap, from 0 on. */
    static final class Counter implements MessageHandler {

        private final Map<String, Long> next = new HashMap<>();
        private final boolean fromTheFirst;
        long count;

        /** Messages of a topic, of all publishers. */
        long of(final String topic) {
            return next.entrySet().stream().filter(entry -> entry.getKey().endsWith(" " + topic)).mapToLong(Map.Entry::getValue).sum();
        }

        Counter(final boolean fromTheFirst) {
            this.fromTheFirst = fromTheFirst;
        }

        @Override
        public void onMessage(final Message message) {
            final byte[] bytes = new byte[message.length()];
            message.copyTo(0, bytes, 0, bytes.length);
            final long number = number(bytes);
            final String key = message.publisherId() + " " + message.topic();
            final Long expected = next.put(key, number + 1);
            if (expected == null ? fromTheFirst && number != 0 : number != expected) {
                throw new IllegalStateException("of " + key + " came " + number + ", not " + expected);
            }
            count++;
        }
    }

    private static void count(final MemoryStreamer streamer, final String pattern) throws IOException {
        try (Subscriber subscriber = streamer.subscriber(pattern)) {
            final Counter counter = new Counter(false);
            say("ready");
            while (System.in.available() == 0) {
                subscriber.poll(counter, 256);
            }
            for (int empty = 0; empty < 1000; empty++) {
                empty = subscriber.poll(counter, 256) > 0 ? 0 : empty;
            }
            say("got " + counter.count);
            System.in.read();
            System.in.read();
        }
    }

    private static void churn(final MemoryStreamer streamer, final String prefix) {
        say("ready");
        for (long round = 0;; round++) {
            try (Subscriber subscriber = streamer.subscriber(prefix + "." + round % 3);
                    Publisher publisher = streamer.publisher(prefix + "." + round % 3);
                    StreamPublisher many = streamer.streamPublisher()) {
                final byte[] message = message(0, HEADER);
                publisher.offer(message);
                many.offer(many.stream(Topic.of(prefix + "." + round % 5)), message);
                subscriber.poll(new Counter(false), 10);
            }
        }
    }

    private static void idle(final MemoryStreamer streamer, final String pattern) throws IOException {
        try (Subscriber subscriber = streamer.subscriber(TopicPattern.of(pattern),
                SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.BLOCK))) {
            say("ready");
            System.in.read();
            say("never polled " + subscriber.pattern());
        }
    }
}
