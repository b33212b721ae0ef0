// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import io.kaelix.KaelixException;
import io.kaelix.telemetry.Metric.Kind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The counters and latency histograms of a process, in a file in memory that other processes read while it changes: what
 * {@code kaelix top} shows. {@link CounterReader} reads it.
 *
 * <p><b>What it costs</b>: a counter takes 512 bytes and a histogram 10 KB of the file system, from when it is first used; a file has room
 * for {@value #COUNTERS} counters and {@value #HISTOGRAMS} histograms. Readers never write, and writers never wait for them.
 *
 * <p><b>Threads</b>: any thread may call all of this. Adding and closing take a lock and write to the file; do neither on a hot path.
 * Each counter and histogram then has one writer, which takes no lock and makes no system call.
 *
 * <p><b>Full</b>: where the file or its file system has no room, what is asked for counts all the same and is not shown; that is logged
 * once.
 *
 * <p><b>Life</b>: the file is there until {@link #close}, or until the process ends. If it ends without closing, the file stays, is told
 * to be dead ({@link Readings#alive}), and is removed when the next process creates one in the same folder. After {@code close} everything
 * goes on counting, and nothing is shown.
 *
 * <p><b>Cut off</b>: whoever truncates the file while it is written makes its writers fail with {@link InternalError}, for lack of the
 * memory; no process ends of it, and closing does not fail. Only the user of the process can.
 *
 * <p><b>Who may read it</b>: the user of the process. The folder must be the user's own with mode 0700, and is created so; links and
 * folders of others are refused.
 *
 * {@snippet :
 * try (CounterFile file = CounterFile.create(CounterFile.defaultDirectory(), "orders")) {
 *     Counter rejected = file.counter("orders.rejected", Metric.Kind.COUNTER, "orders", "desk 7");
 *     LatencyRecorder pricing = file.recorder("orders.pricing", "desk 7");
 *     long before = System.nanoTime();
 *     rejected.increment();
 *     pricing.record(System.nanoTime() - before);
 * }
 * }
 */
public final class CounterFile implements AutoCloseable {

    /** Counters that a file has room for. */
    public static final int COUNTERS = 4096;
    /** Histograms that a file has room for. */
    public static final int HISTOGRAMS = 256;

    private static final int COUNTERS_AT_A_TIME = 64;
    private static final int HISTOGRAMS_AT_A_TIME = 8;
    private static final int ATTEMPTS = 100;

    private static final System.Logger LOGGER = System.getLogger(CounterFile.class.getName());

    /** Keeps files, and so their locks, that nobody else refers to. */
    private static final Set<CounterFile> OPEN = ConcurrentHashMap.newKeySet();
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final Path path;
    private final Path lockPath;
    private final FileChannel lock;
    private final RandomAccessFile file;
    private final SlotTable counters;
    private final SlotTable histograms;
    private final System.Logger logger;
    private long lastId;
    private boolean full;
    private boolean open;

    /** Over files that lie at their places. */
    private CounterFile(final Path path, final Path lockPath, final FileChannel lock, final RandomAccessFile file,
            final SlotTable counters, final SlotTable histograms, final System.Logger logger) {
        this.path = path;
        this.lockPath = lockPath;
        this.lock = lock;
        this.file = file;
        this.counters = counters;
        this.histograms = histograms;
        this.logger = logger;
        this.open = file != null;
    }

    /**
     * The folder that counter files lie in unless someone says otherwise: {@code /dev/shm/kaelix-USER}, or, where that cannot be written
     * to, a folder of this name among the temporary files.
     */
    public static Path defaultDirectory() {
        return CounterFolder.byDefault();
    }

    /**
     * Creates a file, and removes those in the same folder whose process is dead.
     *
     * @param directory created if it does not exist; its parent must
     * @param name what the process is, as readers show it; any text, of which 128 bytes in UTF-8 are kept
     * @throws KaelixException if the folder is not for this user alone, or there is no space; nothing is left behind
     */
    public static CounterFile create(final Path directory, final String name) {
        return create(directory, name, COUNTERS, HISTOGRAMS);
    }

    /**
     * As {@link #create(Path, String)}, with room for other numbers.
     *
     * @param counters from 1 to 65536
     * @param histograms from 1 to 4096
     */
    public static CounterFile create(final Path directory, final String name, final int counters, final int histograms) {
        return create(directory, name, counters, histograms, LOGGER);
    }

    static CounterFile create(final Path directory, final String name, final int counters, final int histograms,
            final System.Logger logger) {
        Objects.requireNonNull(name, "name");
        checkRange("counters", counters, CounterDescriptor.MAX_COUNTERS);
        checkRange("histograms", histograms, CounterDescriptor.MAX_HISTOGRAMS);
        final Path folder = directory.toAbsolutePath();
        // An interrupted thread would find its channels closed; it is told again afterwards.
        final boolean interrupted = Thread.interrupted();
        try {
            CounterFolder.secure(folder);
            CounterFolder.removeDead(folder);
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                final CounterFile created = attempt(folder, name, counters, histograms, logger);
                if (created != null) {
                    OPEN.add(created);
                    return created;
                }
            }
            throw new KaelixException("cannot create a counter file in " + folder + ": every name is taken");
        } catch (final IOException e) {
            throw new KaelixException("cannot create a counter file in " + folder + ": " + reason(e)
                    + "; free some space there, or name another folder", e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** One that shows nothing: what it gives out counts, and is seen in this process alone. For whoever switches counter files off. */
    public static CounterFile hidden() {
        return new CounterFile(null, null, null, null, null, null, LOGGER);
    }

    private static void checkRange(final String what, final int value, final int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException("a counter file has room for 1 to " + most + " " + what + ", not " + value);
        }
    }

    private static String reason(final IOException e) {
        return e.getMessage() == null || e instanceof NoSuchFileException ? e.toString() : e.getMessage();
    }

    /** A file under a new name, or null if another one has taken that or removed what looked like a dead process's. */
    private static CounterFile attempt(final Path folder, final String name, final int counters, final int histograms,
            final System.Logger logger) throws IOException {
        final String fileName = CounterFolder.OWN_PREFIX + NUMBERS.incrementAndGet() + "-" + CounterFolder.fileName(name);
        final Path newLock = CounterFolder.newLockFile(folder, fileName);
        final Path lockPath = CounterFolder.lockFile(folder, fileName);
        final Path newFile = CounterFolder.newFile(folder, fileName);
        FileChannel lock = null;
        RandomAccessFile file = null;
        try {
            lock = CounterFolder.createNew(newLock);
            final FileLock held = lock.tryLock();
            if (held == null) {
                lock.close();
                return null;
            }
            // Namespaces have process ids of their own, and may share the folder. While this has the new lock, nobody else takes the name.
            if (Files.exists(lockPath, LinkOption.NOFOLLOW_LINKS)
                    || Files.exists(CounterFolder.file(folder, fileName), LinkOption.NOFOLLOW_LINKS)) {
                abandon(lock, null, newLock);
                return null;
            }
            CounterFolder.createNew(newFile).close();
            file = new RandomAccessFile(newFile.toFile(), "rw");
            final CounterFile created = fill(file, name, counters, histograms, CounterFolder.file(folder, fileName), lockPath, lock,
                    logger);
            Files.move(newLock, lockPath, StandardCopyOption.ATOMIC_MOVE);
            Files.move(newFile, created.path, StandardCopyOption.ATOMIC_MOVE);
            return created;
        } catch (final FileAlreadyExistsException | NoSuchFileException e) {
            abandon(lock, file, newFile, newLock, lockPath);
            if (!Files.isDirectory(folder)) {
                throw e;
            }
            return null;
        } catch (final IOException | RuntimeException | Error e) {
            abandon(lock, file, newFile, newLock, lockPath);
            throw e;
        }
    }

    private static void abandon(final FileChannel lock, final RandomAccessFile file, final Path... paths) throws IOException {
        if (file != null) {
            file.close();
        }
        if (lock != null) {
            for (final Path path : paths) {
                Files.deleteIfExists(path);
            }
            lock.close();
        }
    }

    private static CounterFile fill(final RandomAccessFile file, final String name, final int counters, final int histograms,
            final Path path, final Path lockPath, final FileChannel lock, final System.Logger logger) throws IOException {
        final long length = CounterDescriptor.fileLength(counters, histograms);
        file.write(new byte[CounterDescriptor.HEADER_LENGTH]);
        file.setLength(length);
        // Until nothing refers to it any more: who counts after the end of the file counts in memory that nobody sees.
        final MemorySegment mapped = file.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, length, Arena.ofAuto());
        mapped.set(CounterDescriptor.LONG, CounterDescriptor.MAGIC_OFFSET, CounterDescriptor.MAGIC);
        mapped.set(CounterDescriptor.LONG, CounterDescriptor.LENGTH_OFFSET, length);
        mapped.set(CounterDescriptor.LONG, CounterDescriptor.PID_OFFSET, ProcessHandle.current().pid());
        mapped.set(CounterDescriptor.LONG, CounterDescriptor.STARTED_OFFSET, CounterFolder.STARTED);
        mapped.set(CounterDescriptor.INT, CounterDescriptor.COUNTERS_OFFSET, counters);
        mapped.set(CounterDescriptor.INT, CounterDescriptor.HISTOGRAMS_OFFSET, histograms);
        mapped.set(CounterDescriptor.INT, CounterDescriptor.NAME_LENGTH_OFFSET,
                CounterLabel.text(name, mapped, CounterDescriptor.NAME_OFFSET, CounterDescriptor.MAX_NAME_LENGTH));
        final SlotTable counterTable = new SlotTable(file, mapped, CounterDescriptor.counterRecords(),
                CounterDescriptor.counterValues(counters), CounterDescriptor.VALUE_STRIDE, CounterDescriptor.COUNTERS_USED_OFFSET,
                counters, COUNTERS_AT_A_TIME);
        final SlotTable histogramTable = new SlotTable(file, mapped, CounterDescriptor.histogramRecords(counters),
                CounterDescriptor.histogramBuckets(counters, histograms), CounterDescriptor.HISTOGRAM_STRIDE,
                CounterDescriptor.HISTOGRAMS_USED_OFFSET, histograms, HISTOGRAMS_AT_A_TIME);
        counterTable.reserveFirst();
        histogramTable.reserveFirst();
        return new CounterFile(path, lockPath, lock, file, counterTable, histogramTable, logger);
    }

    /** Where it lies; null if it is {@link #hidden}. */
    public Path path() {
        return path;
    }

    /** Whether it is shown: neither closed nor {@link #hidden}. */
    public boolean isOpen() {
        synchronized (this) {
            return open;
        }
    }

    /**
     * A counter or gauge of the library, at 0.
     *
     * @param owner whose it is, such as {@code worker 0}; 256 bytes in UTF-8 are shown, with a number behind its last {@code #}
     * @throws IllegalArgumentException if the metric is a histogram
     */
    public Counter counter(final Metric metric, final String owner) {
        if (metric.kind() == Kind.HISTOGRAM) {
            throw new IllegalArgumentException(metric.key() + " is a histogram: call histogram or recorder for it");
        }
        return counter(CounterLabel.of(metric, owner));
    }

    /**
     * A counter or gauge of users' own, at 0.
     *
     * @param name a letter, then letters, digits, {@code _}, {@code .} or {@code -}, at most 72; not one of the library's
     * @param unit what its values count, at most 24 bytes in UTF-8: {@code bytes}, {@code ns}, {@code orders}
     * @param owner whose it is; 256 bytes in UTF-8 are shown, with a number behind its last {@code #}
     * @throws IllegalArgumentException if one of these is not so, or the kind is a histogram
     */
    public Counter counter(final String name, final Kind kind, final String unit, final String owner) {
        if (kind == Kind.HISTOGRAM) {
            throw new IllegalArgumentException("a counter's kind is COUNTER or GAUGE: call recorder for a histogram");
        }
        return counter(CounterLabel.own(name, kind, unit, owner));
    }

    private synchronized Counter counter(final CounterLabel label) {
        final int slot = take(counters, label);
        return slot == SlotTable.NONE ? new Counter(this, slot, 0, label.key(), label.owner(), Counter.hiddenCell())
                : new Counter(this, slot, lastId, label.key(), label.owner(), counters.value(slot));
    }

    /**
     * A place for a histogram of the library that is kept elsewhere and copied here.
     *
     * @param owner whose it is; 256 bytes in UTF-8 are shown, with a number behind its last {@code #}
     * @throws IllegalArgumentException if the metric is no histogram
     */
    public HistogramSlot histogram(final Metric metric, final String owner) {
        if (metric.kind() != Kind.HISTOGRAM) {
            throw new IllegalArgumentException(metric.key() + " is no histogram: call counter for it");
        }
        return histogram(CounterLabel.of(metric, owner));
    }

    /**
     * A place for a histogram of users' own that is kept elsewhere and copied here.
     *
     * @param name as that of a {@linkplain #counter(String, Kind, String, String) counter}
     * @throws IllegalArgumentException if it is no such name
     */
    public HistogramSlot histogram(final String name, final String owner) {
        return histogram(CounterLabel.own(name, Kind.HISTOGRAM, "ns", owner));
    }

    /** A histogram of the library that is recorded in the file itself. */
    public LatencyRecorder recorder(final Metric metric, final String owner) {
        return new LatencyRecorder(histogram(metric, owner));
    }

    /**
     * A histogram of users' own that is recorded in the file itself.
     *
     * @param name as that of a {@linkplain #counter(String, Kind, String, String) counter}
     * @throws IllegalArgumentException if it is no such name
     */
    public LatencyRecorder recorder(final String name, final String owner) {
        return new LatencyRecorder(histogram(name, owner));
    }

    private synchronized HistogramSlot histogram(final CounterLabel label) {
        final int slot = take(histograms, label);
        return slot == SlotTable.NONE ? new HistogramSlot(this, slot, 0, label.key(), label.owner(), HistogramSlot.hiddenBuckets())
                : new HistogramSlot(this, slot, lastId, label.key(), label.owner(), histograms.value(slot));
    }

    /** A record that shows the label under a new id; the caller holds the lock. */
    private int take(final SlotTable table, final CounterLabel label) {
        if (!open) {
            return SlotTable.NONE;
        }
        int slot = SlotTable.NONE;
        String reason = "all " + (table == counters ? "counters" : "histograms") + " are in use";
        try {
            slot = table.take();
        } catch (final IOException e) {
            reason = reason(e);
        }
        if (slot != SlotTable.NONE) {
            lastId++;
            table.show(slot, lastId, label);
        } else if (!full) {
            full = true;
            logger.log(System.Logger.Level.WARNING, "no room in the counter file " + path + " for " + label.key() + " of " + label.owner()
                    + ": " + reason + "; it counts and is not shown, as all that come after it and find no room");
        }
        return slot;
    }

    void freeCounter(final int slot) {
        if (open) {
            counters.free(slot);
        }
    }

    void freeHistogram(final int slot) {
        if (open) {
            histograms.free(slot);
        }
    }

    /**
     * Removes the file. All counters and histograms of it go on counting, and are shown to nobody; readers that have it open read what they
     * stood at. A second call does nothing.
     *
     * @throws KaelixException if the file cannot be removed
     */
    @Override
    public void close() {
        synchronized (this) {
            if (!open) {
                return;
            }
            open = false;
            OPEN.remove(this);
            // Whatever fails: without its lock, what is left goes when the next file is created.
            try (lock; file) {
                Files.deleteIfExists(path);
                Files.deleteIfExists(lockPath);
            } catch (final IOException e) {
                throw new KaelixException("cannot remove the counter file " + path + ": " + reason(e), e);
            }
        }
    }

    @Override
    public String toString() {
        return path == null ? "counters that nobody sees" : path.toString();
    }
}
