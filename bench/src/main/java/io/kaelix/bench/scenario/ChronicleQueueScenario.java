// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scenario;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.io.BackgroundResourceReleaser;
import net.openhft.chronicle.core.time.TimeProvider;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.StoreFileListener;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.SparseRollCycles;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * Chronicle Queue: a log in mapped files, which keeps what was sent.
 *
 * <pre>
 *   writingDocument, write in place ──► files in memory (/dev/shm) ──► readingDocument, read in place
 * </pre>
 *
 * <p>A log has room until the disk is full, so two bounds are added that a user's own system would have in some form: the producer stays
 * at most {@link #LAG_BYTES} ahead of the consumer, and after each {@link #FILE_BYTES} the queue's clock jumps an hour, which makes it roll
 * to a new file; files that were read are deleted behind it. Both count payload alone. One publisher, one subscriber.
 */
public final class ChronicleQueueScenario implements Scenario {

    private static final long FILE_BYTES = 1L << 30;
    private static final long LAG_BYTES = 1L << 28;
    private static final long BLOCK_BYTES = 256L << 20;

    /** Messages that one call of the receiver hands over at most. */
    private static final int READ_LIMIT = 256;

    private final Map<Integer, File> files = new ConcurrentHashMap<>();
    private final AtomicLong received = new AtomicLong();
    private volatile long hours;
    private volatile int cycleInReading;

    private Path directory;
    private SingleChronicleQueue queue;
    private int payload;

    @Override
    public void start(final Load load) throws IOException {
        payload = load.payload();
        final Path memory = Path.of("/dev/shm");
        final boolean inMemory = Files.isWritable(memory) && Files.getFileStore(memory).getUsableSpace() > 4 * FILE_BYTES;
        directory = inMemory ? Files.createTempDirectory(memory, "kaelix-bench-") : Files.createTempDirectory("kaelix-bench-");
        final TimeProvider clock = () -> System.currentTimeMillis() + TimeUnit.HOURS.toMillis(hours);
        queue = SingleChronicleQueueBuilder.binary(directory)
                .rollCycle(SparseRollCycles.LARGE_HOURLY_XSPARSE)
                .blockSize(BLOCK_BYTES)
                .timeProvider(clock)
                .storeFileListener(new Deletion())
                .build();
    }

    /** Deletes what the consumer has left behind, on Chronicle's own thread. */
    private final class Deletion implements StoreFileListener {

        @Override
        public void onAcquired(final int cycle, final File file) {
            files.put(cycle, file);
        }

        @Override
        public void onReleased(final int cycle, final File file) {
            files.forEach((known, old) -> {
                if (known < cycleInReading && files.remove(known, old)) {
                    try {
                        Files.deleteIfExists(old.toPath());
                    } catch (final IOException e) {
                        throw new UncheckedIOException("cannot delete a file of the queue that was read: " + old, e);
                    }
                }
            });
        }
    }

    @Override
    public Sender sender(final int producer) {
        return new Appending();
    }

    /** Writes every word where it will be read. */
    private final class Appending implements Sender {

        private final ExcerptAppender appender = queue.createAppender();
        private final int length = payload;
        private final long lag = LAG_BYTES / payload;
        private final long perFile = FILE_BYTES / payload;
        private long limit = lag;
        private long roll = perFile;
        private long sent;

        @Override
        public int send(final long first) {
            if (sent >= limit) {
                limit = received.getAcquire() + lag;
                if (sent >= limit) {
                    return 0;
                }
            }
            if (sent >= roll) {
                roll += perFile;
                hours = hours + 1; // only this thread writes it
            }
            try (DocumentContext document = appender.writingDocument()) {
                final Bytes<?> bytes = document.wire().bytes();
                long word = first;
                for (int offset = 0; offset < length; offset += Long.BYTES) {
                    bytes.writeLong(word++);
                }
            }
            sent++;
            return 1;
        }
    }

    @Override
    public Receiver receiver() {
        return new Tailing();
    }

    /** Reads every word in place. */
    private final class Tailing implements Receiver {

        private final ExcerptTailer tailer = queue.createTailer();
        private final int length = payload;
        private long total;

        @Override
        public int receive(final Sink sink) {
            int count = 0;
            while (count < READ_LIMIT && read(sink)) {
                count++;
            }
            if (count > 0) {
                total += count;
                received.setRelease(total);
                final int cycle = tailer.cycle();
                if (cycle != cycleInReading) {
                    cycleInReading = cycle;
                }
            }
            return count;
        }

        private boolean read(final Sink sink) {
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
                sink.onMessage(first, sum);
                return true;
            }
        }
    }

    @Override
    public void stop() throws IOException {
        queue.close();
        BackgroundResourceReleaser.releasePendingResources();
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(final Path file, final BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(final Path folder, final IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    @Override
    public String settings() {
        return "in " + directory.getParent() + ", " + SparseRollCycles.LARGE_HOURLY_XSPARSE + ", blocks of " + (BLOCK_BYTES >> 20)
                + " MiB, a new file each " + (FILE_BYTES >> 20) + " MiB, at most " + (LAG_BYTES >> 20) + " MiB ahead";
    }
}
