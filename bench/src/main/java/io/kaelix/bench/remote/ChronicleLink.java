// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.kaelix.bench.scenario.Words;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.SparseRollCycles;
import net.openhft.chronicle.wire.DocumentContext;

/** Chronicle Queue: a queue in memory-mapped files for each direction, which both processes open. */
final class ChronicleLink implements Link {

    private static final int BLOCK_BYTES = 64 << 20;
    private static final String TO_SERVER = "to-server";
    private static final String TO_CLIENT = "to-client";

    private static ChronicleQueue open(final Path directory) {
        return SingleChronicleQueueBuilder.binary(directory).rollCycle(SparseRollCycles.LARGE_HOURLY_XSPARSE).blockSize(BLOCK_BYTES)
                .build();
    }

    private static void send(final ExcerptAppender appender, final int length, final long first) {
        try (DocumentContext document = appender.writingDocument()) {
            final Bytes<?> bytes = document.wire().bytes();
            for (int offset = 0; offset < length; offset += Long.BYTES) {
                bytes.writeLong(first + offset / Long.BYTES);
            }
        }
    }

    /** What takes a message that was read. */
    @FunctionalInterface
    private interface Taking {

        void take(long first, long sum);
    }

    private static boolean read(final ExcerptTailer tailer, final int length, final Taking taking) {
        try (DocumentContext document = tailer.readingDocument()) {
            if (!document.isPresent()) {
                return false;
            }
            final Bytes<?> bytes = document.wire().bytes();
            final long first = bytes.readLong();
            long sum = first;
            for (int offset = Long.BYTES; offset < length; offset += Long.BYTES) {
                sum += bytes.readLong();
            }
            taking.take(first, sum);
            return true;
        }
    }

    @Override
    public Server serve(final Request request) throws IOException {
        final Path memory = Path.of("/dev/shm");
        final Path directory = Files.isWritable(memory) ? Files.createTempDirectory(memory, "kaelix-bench-")
                : Files.createTempDirectory("kaelix-bench-");
        final ChronicleQueue in = open(directory.resolve(TO_SERVER));
        final ChronicleQueue out = open(directory.resolve(TO_CLIENT));
        final PollingServer.Turn[] turn = {null};
        return new PollingServer(directory.toString(), () -> {
            if (turn[0] == null) {
                turn[0] = echo(in, out, request); // an appender is of the thread that makes it
            }
            turn[0].run();
        }, () -> {
            in.close();
            out.close();
            delete(directory);
        });
    }

    private static PollingServer.Turn echo(final ChronicleQueue in, final ChronicleQueue out, final Request request) {
        final ExcerptTailer tailer = in.createTailer();
        final ExcerptAppender appender = out.createAppender();
        // Changed words come back changed: what is sent has a right sum for its first word alone.
        final Taking taking = (first, sum) -> send(appender, request.payload(), first + sum - Words.sum(first, request.words()));
        return () -> read(tailer, request.payload(), taking);
    }

    private static void delete(final Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.deleteIfExists(file);
                } catch (final IOException e) {
                    throw new UncheckedIOException("cannot delete a file of the queue: " + file, e);
                }
            });
        }
    }

    @Override
    public Client connect(final Request request, final String address) {
        return new Connected(request, open(Path.of(address, TO_CLIENT)), open(Path.of(address, TO_SERVER)));
    }

    private record Connected(Request request, ChronicleQueue in, ChronicleQueue out) implements Client {

        @Override
        public void pingPong(final Pings pings) {
            final ExcerptTailer tailer = in.createTailer();
            final ExcerptAppender appender = out.createAppender();
            final Taking taking = pings::end;
            final long started = System.nanoTime();
            while (!pings.isOver(started)) {
                send(appender, request.payload(), pings.begin());
                while (!read(tailer, request.payload(), taking) && !pings.isOver(started)) {
                    Thread.onSpinWait();
                }
            }
        }

        @Override
        public void close() {
            in.close();
            out.close();
        }
    }

    @Override
    public String settings() {
        return "a queue for each direction, " + SparseRollCycles.LARGE_HOURLY_XSPARSE + ", blocks of " + (BLOCK_BYTES >> 20) + " MiB";
    }
}
