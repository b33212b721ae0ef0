// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.kaelix.Claim;
import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.MessageHandler;
import io.kaelix.Publisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The library through a directory that both processes have: the server launches it, the client attaches; one thread on each side, which polls. */
final class SharedLink implements Link {

    private static final String TO_SERVER = "ping";
    private static final String TO_CLIENT = "pong";
    private static final int POLL_LIMIT = 256;
    private static final long AGAIN_NANOS = 20_000_000;
    /** First word of messages that find out whether the other process takes part yet. */
    private static final long PROBE = -1;

    private static boolean send(final Publisher publisher, final int length, final long first) {
        final Claim claim = publisher.tryClaim(length);
        if (!claim.isOpen()) {
            return false;
        }
        long word = first;
        for (int offset = 0; offset < length; offset += Long.BYTES) {
            claim.putLong(offset, word++);
        }
        claim.commit();
        return true;
    }

    private static long sum(final Message message) {
        final int length = message.length();
        long sum = 0;
        for (int offset = 0; offset < length; offset += Long.BYTES) {
            sum += message.getLong(offset);
        }
        return sum;
    }

    @Override
    public Server serve(final Request request) {
        final Path directory = StreamerConfig.sharedDirectory("kaelix-bench-" + ProcessHandle.current().pid());
        final MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withDirectory(directory));
        final PollingServer.Turn turn = request.mode().isEchoed() ? echo(streamer) : source(streamer, request);
        return new PollingServer(directory.toString(), turn, () -> end(streamer, directory));
    }

    /** Both processes end without closing what is in it: nobody will launch there again, and remove what they left. */
    private static void end(final MemoryStreamer streamer, final Path directory) throws IOException {
        streamer.close();
        try (Stream<Path> files = Files.exists(directory) ? Files.list(directory) : Stream.empty()) {
            for (final Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(directory);
    }

    private static PollingServer.Turn echo(final MemoryStreamer streamer) {
        final Subscriber subscriber = streamer.subscriber(TO_SERVER);
        final Publisher publisher = streamer.publisher(TO_CLIENT);
        final MessageHandler handler = message -> {
            final int length = message.length();
            final Claim claim = publisher.tryClaim(length);
            if (!claim.isOpen()) {
                throw new IllegalStateException("there was no room for a single message");
            }
            for (int offset = 0; offset < length; offset += Long.BYTES) {
                claim.putLong(offset, message.getLong(offset));
            }
            claim.commit();
        };
        return () -> {
            if (subscriber.poll(handler, POLL_LIMIT) == 0) {
                Thread.onSpinWait();
            }
        };
    }

    private static PollingServer.Turn source(final MemoryStreamer streamer, final Request request) {
        final Publisher publisher = streamer.publisher(TO_CLIENT);
        final int payload = request.payload();
        final int batch = request.mode().batch();
        final long[] next = {0};
        return () -> {
            if (batch > 1) {
                publisher.beginBatch();
            }
            int sent = 0;
            while (sent < batch && send(publisher, payload, next[0])) {
                next[0]++;
                sent++;
            }
            if (batch > 1) {
                publisher.endBatch();
            }
            if (sent == 0) {
                Thread.onSpinWait();
            }
        };
    }

    @Override
    public Client connect(final Request request, final String address) {
        return new Attached(request, MemoryStreamer.attach(Path.of(address)));
    }

    private record Attached(Request request, MemoryStreamer streamer) implements Client {

        @Override
        public void pingPong(final Pings pings) {
            final Subscriber subscriber = streamer.subscriber(TO_CLIENT);
            final Publisher publisher = streamer.publisher(TO_SERVER);
            final boolean[] isBack = {false};
            final MessageHandler handler = message -> {
                final long first = message.getLong(0);
                if (first != PROBE) {
                    pings.end(first, sum(message));
                }
                isBack[0] = true;
            };
            final long started = System.nanoTime();
            long probedAt = started - AGAIN_NANOS;
            while (!isBack[0] && !pings.isOver(started)) {
                if (System.nanoTime() - probedAt >= AGAIN_NANOS) {
                    probedAt = System.nanoTime();
                    send(publisher, request.payload(), PROBE);
                }
                subscriber.poll(handler, 1);
            }
            drain(subscriber);
            while (!pings.isOver(started)) {
                isBack[0] = false;
                if (!send(publisher, request.payload(), pings.begin())) {
                    pings.fail("there was no room for a single message");
                }
                while (!isBack[0] && !pings.isOver(started)) {
                    if (subscriber.poll(handler, 1) == 0) {
                        Thread.onSpinWait();
                    }
                }
            }
        }

        /** Answers to probes that were sent while the first one was on its way. */
        private static void drain(final Subscriber subscriber) {
            final long started = System.nanoTime();
            while (System.nanoTime() - started < AGAIN_NANOS) {
                subscriber.poll(message -> { }, POLL_LIMIT);
            }
        }

        @Override
        public void receive(final Arrivals arrivals) {
            final Subscriber subscriber = streamer.subscriber(TO_CLIENT);
            final MessageHandler handler = message -> arrivals.take(message.getLong(0), sum(message));
            final long started = System.nanoTime();
            while (!arrivals.isDone()) {
                final int count = subscriber.poll(handler, POLL_LIMIT);
                if (count < 0) {
                    arrivals.fail("the subscriber was told " + count);
                } else if (count == 0) {
                    arrivals.isOver(started);
                }
            }
        }

        @Override
        public void close() {
            streamer.close();
        }
    }

    @Override
    public String settings() {
        return "a directory of the user's in shared memory, default lanes, polls of at most " + POLL_LIMIT;
    }
}
