// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import io.kaelix.KaelixException;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Reads the {@linkplain CounterFile counters} of a process, usually another one, while they change. It never writes, and whoever counts
 * never waits for it.
 *
 * <p>The file is read, not mapped: whatever happens to it, and whatever bytes are in it, the outcome is a reading or a
 * {@link KaelixException}. What it allocates is bounded by the layout's limits, whatever the file claims.
 *
 * <p><b>Threads</b>: any; one snapshot is taken at a time. A snapshot takes some tens of microseconds and a few system calls for a hundred
 * counters; interrupts do not disturb it.
 *
 * {@snippet :
 * for (java.nio.file.Path file : CounterReader.list(CounterFile.defaultDirectory())) {
 *     try (CounterReader reader = CounterReader.open(file)) {
 *         Readings readings = reader.snapshot();
 *         for (Reading reading : readings.counters()) {
 *             System.out.println(reading.key() + " of " + reading.owner() + ": " + reading.value() + " " + reading.unit());
 *         }
 *     }
 * }
 * }
 */
public final class CounterReader implements AutoCloseable {

    private final Path path;
    private final RandomAccessFile file;
    private final int counters;
    private final int histograms;
    private final Pass counterRecords;
    private final Pass counterValues;
    private final Pass counterRecordsAgain;
    private final Pass histogramRecords;
    private final Pass histogramRecordsAgain;
    private final ByteBuffer header = buffer(CounterDescriptor.HEADER_LENGTH);
    private final ByteBuffer buckets = buffer(CounterDescriptor.HISTOGRAM_STRIDE);

    /** Bytes of the file that are read in one go, into a buffer that is kept. */
    private final class Pass {

        private final long offset;
        private final int stride;
        private ByteBuffer buffer = buffer(0);

        Pass(final long offset, final int stride) {
            this.offset = offset;
            this.stride = stride;
        }

        ByteBuffer read(final int count) throws IOException {
            if (buffer.capacity() != count * stride) {
                buffer = buffer(count * stride);
            }
            readAt(offset, buffer);
            return buffer;
        }
    }

    private CounterReader(final Path path, final RandomAccessFile file) throws IOException {
        this.path = path;
        this.file = file;
        final long size = file.length();
        if (size < CounterDescriptor.HEADER_LENGTH) {
            throw new KaelixException(path + " is no counter file, or a truncated one: " + size + " bytes");
        }
        readAt(0, header);
        final long magic = header.getLong(CounterDescriptor.MAGIC_OFFSET);
        if ((magic & ~CounterDescriptor.VERSION_MASK) != (CounterDescriptor.MAGIC & ~CounterDescriptor.VERSION_MASK)) {
            throw new KaelixException(path + " is no counter file: it begins with 0x" + Long.toHexString(magic));
        }
        if (magic != CounterDescriptor.MAGIC) {
            throw new KaelixException(path + " has version " + (magic & CounterDescriptor.VERSION_MASK) + " of the layout, and this reads "
                    + (CounterDescriptor.MAGIC & CounterDescriptor.VERSION_MASK) + ": read it with the version that wrote it");
        }
        counters = header.getInt(CounterDescriptor.COUNTERS_OFFSET);
        histograms = header.getInt(CounterDescriptor.HISTOGRAMS_OFFSET);
        if (counters < 1 || counters > CounterDescriptor.MAX_COUNTERS || histograms < 1 || histograms > CounterDescriptor.MAX_HISTOGRAMS
                || header.getLong(CounterDescriptor.LENGTH_OFFSET) != CounterDescriptor.fileLength(counters, histograms)) {
            throw new KaelixException(path + " is damaged: room for " + counters + " counters and " + histograms + " histograms in "
                    + header.getLong(CounterDescriptor.LENGTH_OFFSET) + " bytes");
        }
        final long whole = CounterDescriptor.fileLength(counters, histograms);
        if (size < whole) {
            throw new KaelixException(path + " is truncated: " + size + " bytes of " + whole);
        }
        if (size > whole) {
            throw new KaelixException(path + " is longer than its header says: " + size + " bytes instead of " + whole);
        }
        counterRecords = new Pass(CounterDescriptor.counterRecords(), CounterDescriptor.RECORD_LENGTH);
        counterRecordsAgain = new Pass(CounterDescriptor.counterRecords(), CounterDescriptor.RECORD_LENGTH);
        counterValues = new Pass(CounterDescriptor.counterValues(counters), CounterDescriptor.VALUE_STRIDE);
        histogramRecords = new Pass(CounterDescriptor.histogramRecords(counters), CounterDescriptor.RECORD_LENGTH);
        histogramRecordsAgain = new Pass(CounterDescriptor.histogramRecords(counters), CounterDescriptor.RECORD_LENGTH);
    }

    private static ByteBuffer buffer(final int length) {
        return ByteBuffer.allocate(length).order(CounterDescriptor.ORDER);
    }

    /**
     * Opens a counter file.
     *
     * @throws KaelixException if it cannot be read, is no counter file, is truncated, or has another version's layout
     */
    public static CounterReader open(final Path path) {
        RandomAccessFile file = null;
        try {
            // A pipe would keep the opener waiting, and a link could lead to one.
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new KaelixException(path + " is no regular file");
            }
            file = new RandomAccessFile(path.toFile(), "r");
            return new CounterReader(path, file);
        } catch (final IOException e) {
            closeQuietly(file, e);
            throw new KaelixException("cannot read " + path + ": " + e.getMessage(), e);
        } catch (final RuntimeException | Error e) {
            closeQuietly(file, e);
            throw e;
        }
    }

    private static void closeQuietly(final RandomAccessFile file, final Throwable failure) {
        if (file != null) {
            try {
                file.close();
            } catch (final IOException e) {
                failure.addSuppressed(e);
            }
        }
    }

    /**
     * The counter files in a folder, those of dead processes among them, sorted by name; none if there is no such folder.
     *
     * @throws KaelixException if the folder cannot be read
     */
    public static List<Path> list(final Path directory) {
        final List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "[!.]*" + CounterFolder.SUFFIX)) {
            for (final Path entry : entries) {
                if (Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
                    files.add(entry);
                }
            }
        } catch (final NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (final IOException | DirectoryIteratorException e) {
            throw new KaelixException("cannot read the folder " + directory + ": " + e.getMessage(), e);
        }
        Collections.sort(files);
        return Collections.unmodifiableList(files);
    }

    /** The file that it reads. */
    public Path path() {
        return path;
    }

    /**
     * Reads all that the file shows.
     *
     * @throws KaelixException if the file has become unreadable or shorter, or this is closed
     */
    public synchronized Readings snapshot() {
        try {
            readAt(0, header);
            final List<Reading> values = readCounters(Math.clamp(header.getInt(CounterDescriptor.COUNTERS_USED_OFFSET), 0, counters));
            final List<HistogramReading> measured = readHistograms(
                    Math.clamp(header.getInt(CounterDescriptor.HISTOGRAMS_USED_OFFSET), 0, histograms));
            final String name = CounterLabel.text(header, CounterDescriptor.NAME_OFFSET,
                    header.getInt(CounterDescriptor.NAME_LENGTH_OFFSET), CounterDescriptor.MAX_NAME_LENGTH);
            return new Readings(header.getLong(CounterDescriptor.PID_OFFSET), name == null ? "" : name,
                    Instant.ofEpochMilli(header.getLong(CounterDescriptor.STARTED_OFFSET)), CounterFolder.isAlive(path),
                    Instant.now(), System.nanoTime(), values, measured);
        } catch (final EOFException e) {
            throw new KaelixException(path + " was truncated while it was read", e);
        } catch (final IOException e) {
            throw new KaelixException("cannot read " + path + ": " + e.getMessage(), e);
        }
    }

    private List<Reading> readCounters(final int used) throws IOException {
        // SYNC: three passes, each a system call: pairs with SlotTable.show and free.
        final ByteBuffer before = counterRecords.read(used);
        final ByteBuffer values = counterValues.read(used);
        final ByteBuffer after = counterRecordsAgain.read(used);
        final List<Reading> readings = new ArrayList<>(used);
        for (int slot = 0; slot < used; slot++) {
            final CounterLabel label = label(before, after, slot);
            if (label != null && label.kind() != Metric.Kind.HISTOGRAM) {
                readings.add(new Reading(id(before, slot), label.key(), label.kind(), label.unit(), label.owner(),
                        values.getLong(slot * CounterDescriptor.VALUE_STRIDE)));
            }
        }
        return readings;
    }

    private List<HistogramReading> readHistograms(final int used) throws IOException {
        final ByteBuffer before = histogramRecords.read(used);
        final LatencyHistogram[] read = new LatencyHistogram[used];
        final long first = CounterDescriptor.histogramBuckets(counters, histograms);
        for (int slot = 0; slot < used; slot++) {
            if (isShown(before, slot)) {
                readAt(first + (long) slot * CounterDescriptor.HISTOGRAM_STRIDE, buckets);
                read[slot] = LatencyHistogram.read(buckets);
            }
        }
        final ByteBuffer after = histogramRecordsAgain.read(used);
        final List<HistogramReading> readings = new ArrayList<>(used);
        for (int slot = 0; slot < used; slot++) {
            final CounterLabel label = label(before, after, slot);
            if (label != null && label.kind() == Metric.Kind.HISTOGRAM) {
                readings.add(new HistogramReading(id(before, slot), label.key(), label.owner(), read[slot]));
            }
        }
        return readings;
    }

    private static long id(final ByteBuffer records, final int slot) {
        return records.getLong(slot * CounterDescriptor.RECORD_LENGTH + CounterDescriptor.ID_OFFSET);
    }

    private static boolean isShown(final ByteBuffer records, final int slot) {
        final long word = records.getLong(slot * CounterDescriptor.RECORD_LENGTH + CounterDescriptor.WORD_OFFSET);
        return (word & 1) != 0 && word > 1 && word >>> 1 == id(records, slot);
    }

    /** What a record said both times, or null if it was free, or changed, or makes no sense. */
    private static CounterLabel label(final ByteBuffer before, final ByteBuffer after, final int slot) {
        final int at = slot * CounterDescriptor.RECORD_LENGTH;
        return isShown(before, slot) && before.slice(at, CounterDescriptor.RECORD_LENGTH)
                .equals(after.slice(at, CounterDescriptor.RECORD_LENGTH)) ? CounterLabel.read(before, at) : null;
    }

    private void readAt(final long offset, final ByteBuffer target) throws IOException {
        file.seek(offset);
        file.readFully(target.array());
    }

    /** Closes the file. A second call does nothing. */
    @Override
    public void close() {
        synchronized (this) {
            try {
                file.close();
            } catch (final IOException e) {
                throw new KaelixException("cannot close " + path + ": " + e.getMessage(), e);
            }
        }
    }
}
