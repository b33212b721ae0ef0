// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.MessageHandler;
import io.kaelix.Publisher;
import io.kaelix.Start;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * A process for tests that resumes a directory, publishes and reads until it is killed, and notes in a file what it has committed and what
 * it was handed: {@code DIRECTORY JOURNAL GENERATION}. It begins when it is sent a line, and prints one when it is ready.
 */
final class ResumedProbe {

    /** Processes that a journal has room for. */
    static final int GENERATIONS = 400;
    /** Publishers of each: one of a topic, one of several. */
    static final int KINDS = 2;
    /** Most messages of each of those. */
    static final int MESSAGES = 20_000;
    /** Most that are handed over in a poll: what may come again of each lane. */
    static final int AT_ONCE = 64;

    private static final int STREAMS = 5;
    private static final int LINE = 64;
    private static final int HEADER = 16;

    private ResumedProbe() {
    }

    /** What was committed, and how often each message was handed over. Written by one process after the other. */
    static final class Journal {

        private final MappedByteBuffer bytes;

        Journal(final Path path) throws IOException {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ,
                    StandardOpenOption.WRITE)) {
                bytes = channel.map(FileChannel.MapMode.READ_WRITE, 0, (long) GENERATIONS * KINDS * (LINE + MESSAGES));
            }
        }

        private static int line(final int generation, final int kind) {
            return (generation * KINDS + kind) * LINE;
        }

        void committed(final int generation, final int kind, final int count) {
            bytes.putInt(line(generation, kind), count);
        }

        int committed(final int generation, final int kind) {
            return bytes.getInt(line(generation, kind));
        }

        private static int at(final int generation, final int kind, final int number) {
            return GENERATIONS * KINDS * LINE + (generation * KINDS + kind) * MESSAGES + number;
        }

        void handled(final int generation, final int kind, final int number) {
            bytes.put(at(generation, kind, number), (byte) (handledTimes(generation, kind, number) + 1));
        }

        int handledTimes(final int generation, final int kind, final int number) {
            return bytes.get(at(generation, kind, number));
        }
    }

    static byte[] message(final int generation, final int kind, final int number) {
        final ByteBuffer message = ByteBuffer.allocate(HEADER + (number * 37 + generation) % 200);
        message.putInt(generation).putInt(kind).putInt(number).putInt(~number);
        while (message.hasRemaining()) {
            message.put((byte) (number + message.position()));
        }
        return message.array();
    }

    /** Notes what it is handed; of each publisher, one after the other. */
    static final class Reader implements MessageHandler {

        private final Journal journal;
        private final Map<Integer, Integer> next = new HashMap<>();
        long count;

        Reader(final Journal journal) {
            this.journal = journal;
        }

        @Override
        public void onMessage(final Message message) {
            final byte[] bytes = new byte[message.length()];
            message.copyTo(0, bytes, 0, bytes.length);
            final ByteBuffer read = ByteBuffer.wrap(bytes);
            final int generation = read.getInt();
            final int kind = read.getInt();
            final int number = read.getInt();
            check(Arrays.equals(bytes, message(generation, kind, number)), "torn", message, number);
            check(message.sequence() == (kind == 0 ? number : number / STREAMS), "of another sequence", message, number);
            check(message.topic().equals(topic(kind, number)), "of another topic", message, number);
            final Integer expected = next.put(generation * KINDS + kind, number + 1);
            check(expected == null || expected == number, "not " + expected, message, number);
            journal.handled(generation, kind, number);
            count++;
        }

        private static void check(final boolean holds, final String wrong, final Message message, final int number) {
            if (!holds) {
                throw new IllegalStateException("message " + number + " of publisher " + message.publisherId() + " in " + message.topic()
                        + " with sequence " + message.sequence() + " is " + wrong);
            }
        }
    }

    static Topic topic(final int kind, final int number) {
        return Topic.of(kind == 0 ? "one" : "many." + number % STREAMS);
    }

    static Subscriber subscriber(final MemoryStreamer streamer) {
        return streamer.subscriber(TopicPattern.of(">"), SubscriberConfig.defaults().withStart(Start.oldest()));
    }

    public static void main(final String[] args) throws IOException {
        final Journal journal = new Journal(Path.of(args[1]));
        final int generation = Integer.parseInt(args[2]);
        final Random random = new Random(generation);
        System.in.read();
        try (MemoryStreamer streamer = MemoryStreamer.launch(SharedProbe.config(Path.of(args[0])).withResume(true));
                Subscriber subscriber = subscriber(streamer);
                Publisher publisher = streamer.publisher("one");
                StreamPublisher many = streamer.streamPublisher()) {
            System.out.println("ready");
            System.out.flush();
            final Reader reader = new Reader(journal);
            final int[] sent = new int[KINDS];
            while (true) {
                for (int i = random.nextInt(60); i > 0 && sent[0] < MESSAGES; i--) {
                    if (publisher.offer(message(generation, 0, sent[0])) > 0) {
                        journal.committed(generation, 0, ++sent[0]);
                    }
                    final Topic topic = topic(1, sent[1]);
                    if (sent[1] < MESSAGES && many.offer(many.stream(topic), message(generation, 1, sent[1])) > 0) {
                        journal.committed(generation, 1, ++sent[1]);
                    }
                }
                if (random.nextInt(3) == 0) {
                    subscriber.poll(reader, 1 + random.nextInt(AT_ONCE));
                }
                if (random.nextInt(100) == 0) {
                    Thread.yield();
                }
            }
        }
    }
}
