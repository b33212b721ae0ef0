// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.kaelix.KaelixException;
import io.kaelix.config.BridgeConfig;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongPredicate;
import java.util.function.LongUnaryOperator;

/**
 * How far a receiver is in a recording, in a mapped file: it survives the process, wherever that is killed.
 *
 * <pre>
 *    0  magic number and version       8  identity of the recording     16  instance whose lanes it was published in
 *   24  0 or 1: the place that counts
 *   64, 128  a place each:   0 start   8 position   16 messages expected   24 messages lost   32 lane   40 position in the lane
 *  192  0 or 1: the place of what was read
 *  256, 320  a place each:   0 start   8 position   16 messages expected   24 messages lost
 *  384 lanes that may not be read to their end, by their numbers + 1; 0 for none
 * </pre>
 *
 * <p><b>What was published</b>: a run is noted <i>before</i> it is published, with where its lane stood. Whoever comes after a process that
 * was killed asks how far the lane came: if it is beyond, the run was published; if not, the place before counts. A run becomes visible by
 * one store, so that there is nothing in between.
 *
 * <p><b>What was read</b>: lanes of a streamer without a directory are gone with its process, and what nobody had read in them is needed
 * once more.
 *
 * <p>Both have a start, from which names and messages in parts can be heard again: a replay begins there.
 *
 * <p>One thread. Pages that were written survive the process, not a power cut: then it may be behind.
 */
final class Receipt implements AutoCloseable {

    /** Of {@link #intend}: the run is not published. */
    static final long NO_LANE = -1;

    private static final long MAGIC = 0x0001_5450_4352_584BL;
    private static final int LENGTH = 512;
    private static final int IDENTITY = 8;
    private static final int INSTANCE = 16;
    private static final int CURRENT = 24;
    private static final int PLACES = 64;
    private static final int READ = 192;
    private static final int READ_PLACES = 256;
    private static final int LANES = 384;
    private static final int PLACE_LENGTH = 64;
    private static final int POSITION = 8;
    private static final int EXPECTED = 16;
    private static final int LOST = 24;
    private static final int LANE = 32;
    private static final int LANE_POSITION = 40;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final VarHandle WORD = LONG.varHandle();

    private final Path file;
    private final FileChannel channel;
    private final FileLock lock;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private long start;
    private long position;
    private long expected;
    private long lost;
    /** What it was before the run that was noted last. */
    private long beforePosition;
    private long beforeExpected;
    private long beforeLost;

    private Receipt(final Path file, final FileChannel channel, final FileLock lock) throws IOException {
        this.file = file;
        this.channel = channel;
        this.lock = lock;
        this.memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, LENGTH, arena);
    }

    /**
     * Opens the one of a shard, or begins it.
     *
     * @throws KaelixException if it can't be used; it says why, and nothing has changed
     */
    static Receipt open(final BridgeConfig link, final int shard) {
        final Path folder = ArchiveEnd.folder(link);
        final Path file = folder.resolve("receipt-" + shard);
        final String where = "link " + link.name() + ": the file " + file;
        FileChannel channel = null;
        if (!OpenFiles.add(file)) {
            throw new KaelixException(where + " is used by another bridge: give each link a state_directory of its own");
        }
        boolean opened = false;
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            final FileLock lock = channel.tryLock();
            if (lock == null) {
                throw new OverlappingFileLockException();
            }
            final long length = channel.size();
            if (length != 0 && length != LENGTH) {
                throw new KaelixException(where + " has " + length + " bytes and not " + LENGTH + ": it is none of this version; give the link"
                        + " another state_directory, or remove the file to begin with the whole recording");
            }
            if (length == 0) {
                // Before it is mapped: a full disk is an answer here, and a signal there.
                channel.write(ByteBuffer.allocate(LENGTH), 0);
            }
            final Receipt receipt = new Receipt(file, channel, lock);
            final long magic = receipt.get(0);
            if (magic != 0 && magic != MAGIC) {
                receipt.arena.close();
                throw new KaelixException(where + " is none of this version: give the link another state_directory, or remove the file to"
                        + " begin with the whole recording");
            }
            opened = true;
            return receipt;
        } catch (final OverlappingFileLockException taken) {
            throw new KaelixException(where + " is used by another bridge: give each link a state_directory of its own", taken);
        } catch (final IOException e) {
            throw new KaelixException(where + " cannot be used: " + e + "; give the link a state_directory on a disk that can be written", e);
        } finally {
            if (!opened) {
                quietClose(channel);
                OpenFiles.remove(file);
            }
        }
    }

    private static void quietClose(final FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (final IOException ignored) {
            // What happened before is thrown.
        }
    }

    private long get(final long at) {
        return memory.get(LONG, at);
    }

    private void put(final long at, final long value) {
        memory.set(LONG, at, value);
    }

    private static long place(final long places, final long which) {
        return places + PLACE_LENGTH * (which & 1);
    }

    /**
     * Goes on where it was, if it is of that recording.
     *
     * @param identity of the recording
     * @param instance of the streamer's lanes
     * @param tails how far a lane of that instance came that is written no more, -1 if that is not known
     * @return false if it is of another recording, or of none: {@link #begin} it
     */
    boolean resume(final long identity, final long instance, final LongUnaryOperator tails) {
        if (get(0) != MAGIC || get(IDENTITY) != identity) {
            return false;
        }
        final long current = get(CURRENT);
        long from = place(PLACES, current);
        final boolean lives = get(INSTANCE) == instance;
        if (!lives) {
            from = place(READ_PLACES, get(READ));
        } else if (get(from + LANE) != NO_LANE) {
            final long tail = tails.applyAsLong(get(from + LANE));
            // Not known: its lane is gone, for which all of it was read.
            from = tail >= 0 && tail <= get(from + LANE_POSITION) ? place(PLACES, current + 1) : from;
        }
        set(get(from), get(from + POSITION), get(from + EXPECTED), get(from + LOST));
        restart(instance, lives);
        return true;
    }

    /** Begins with a recording, at a position of it. */
    void begin(final long identity, final long instance, final long from) {
        put(0, 0);
        VarHandle.releaseFence();
        set(from, from, 0, 0);
        put(IDENTITY, identity);
        restart(instance, false);
        // SYNC: pairs with the order in which another process sees it, none while this one lives: the kernel keeps it.
        WORD.setRelease(memory, 0L, MAGIC);
    }

    private void set(final long start, final long position, final long expected, final long lost) {
        this.start = start;
        this.position = position;
        this.expected = expected;
        this.lost = lost;
    }

    /** What lanes of before had is settled. */
    private void restart(final long instance, final boolean lives) {
        if (!lives) {
            read(progress());
            memory.asSlice(LANES).fill((byte) 0);
        }
        intend(position, expected, lost, NO_LANE, 0);
        intend(position, expected, lost, NO_LANE, 0);
        put(INSTANCE, instance);
    }

    /** The recording ends before the position: its machine has lost what it had written last. */
    void fallBack(final long to) {
        start = Math.min(start, to);
        intend(to, expected, lost, NO_LANE, 0);
    }

    /** Where a replay begins. */
    long start() {
        return start;
    }

    /** From now on a replay may begin there. Counts with the next run. */
    void start(final long at) {
        start = at;
    }

    /** Behind the last run that was published. */
    long position() {
        return position;
    }

    /** Messages of the flow before that. */
    long expected() {
        return expected;
    }

    /** Messages that were lost to the flow. */
    long lost() {
        return lost;
    }

    /**
     * A run is published next.
     *
     * @param end position in the recording behind it
     * @param messages of the flow behind it
     * @param lost to the flow so far
     * @param lane that it is published in, or {@link #NO_LANE}
     * @param lanePosition of the lane before it
     */
    void intend(final long end, final long messages, final long lost, final long lane, final long lanePosition) {
        beforePosition = position;
        beforeExpected = expected;
        beforeLost = this.lost;
        final long next = get(CURRENT) + 1 & 1;
        final long at = place(PLACES, next);
        put(at, start);
        put(at + POSITION, end);
        put(at + EXPECTED, messages);
        put(at + LOST, lost);
        put(at + LANE, lane);
        put(at + LANE_POSITION, lanePosition);
        // SYNC: before the store that publishes the run, a release as well: so the kernel, which keeps both, has them in this order.
        WORD.setRelease(memory, (long) CURRENT, next);
        position = end;
        expected = messages;
        this.lost = lost;
    }

    /** The run that was noted last was not published after all. */
    void takeBack() {
        WORD.setRelease(memory, (long) CURRENT, get(CURRENT) + 1 & 1);
        position = beforePosition;
        expected = beforeExpected;
        lost = beforeLost;
    }

    /** A lane that runs are published in from now on. If there are too many of them, another one is forgotten. */
    void opened(final long lane) {
        for (long at = LANES; at < LENGTH; at += Long.BYTES) {
            if (get(at) == 0) {
                put(at, lane + 1);
                return;
            }
        }
        put(LANES, lane + 1);
    }

    /** Whether all lanes of before were read to their ends: those that were are forgotten. */
    boolean areLanesRead(final LongPredicate isRead) {
        boolean all = true;
        for (long at = LANES; at < LENGTH; at += Long.BYTES) {
            if (get(at) != 0 && isRead.test(get(at) - 1)) {
                put(at, 0);
            }
            all &= get(at) == 0;
        }
        return all;
    }

    /** How far it is at a moment. */
    record Progress(long start, long position, long expected, long lost) {
    }

    /** How far it is now. */
    Progress progress() {
        return new Progress(start, position, expected, lost);
    }

    /** All that was published up to there was read by all who hold up its lanes. */
    void read(final Progress upTo) {
        final long next = get(READ) + 1 & 1;
        final long at = place(READ_PLACES, next);
        put(at, upTo.start());
        put(at + POSITION, upTo.position());
        put(at + EXPECTED, upTo.expected());
        put(at + LOST, upTo.lost());
        WORD.setRelease(memory, (long) READ, next);
    }

    @Override
    public void close() {
        arena.close();
        try {
            lock.release();
            channel.close();
        } catch (final IOException e) {
            throw new KaelixException("the file " + file + " cannot be closed: " + e, e);
        } finally {
            OpenFiles.remove(file);
        }
    }
}
