// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import io.kaelix.KaelixException;
import io.kaelix.Payload;
import io.kaelix.PoolStatistics;
import io.kaelix.RetainedMessage;
import io.kaelix.Topic;
import io.kaelix.memory.Block;
import io.kaelix.memory.NativeMemory;
import io.kaelix.memory.RegionArena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Native memory for messages that are retained, bounded and used again and again.
 *
 * <pre>
 *   retain ──► BufferCache ◄── magazines ──► Depot ◄── magazines ── Slab ◄── Block ── RegionArena
 *   release ─►  one for each               one for each             cut into            asked under a lock,
 *               thread, more or less       size, lock-free          buffers             when all else is empty
 * </pre>
 *
 * <p>A thread finds its cache by its number; where two meet, one takes the next. A thread that only retains and another that only releases
 * exchange whole magazines, one compare-and-set for some tens of messages. Sizes are powers of two from 128 bytes to 1 MiB; what is longer
 * has a block of its own. Of these, some that are idle are kept for the next ones: to map and clear such a
 * block takes longer than to fill it.
 *
 * <p><b>Bounds</b>: all slabs together never exceed the limit. At the limit, or when the arena has no more, slabs of which every buffer is
 * idle are given back first, whatever their size; only then is a message refused.
 *
 * <p><b>Threads</b>: any. <b>Blocking</b>: a lock, and mapping memory, when a slab is cut; otherwise nobody waits, unless as many threads
 * as there are caches were all stopped inside of one.
 */
public final class MessagePool {

    /** Part of the limit that idle blocks of long messages may take: one over this. */
    private static final int IDLE_SHARE = 16;

    private final RegionArena arena;
    private volatile long limit;
    final LeakReports leaks;
    private final Depot[] depots = IntStream.range(0, BufferSize.CLASSES).mapToObj(i -> new Depot()).toArray(Depot[]::new);
    private final BufferCache[] caches;
    private final AtomicLong highWaterMark = new AtomicLong();

    /** Held while slabs are cut or given back. */
    private final Object lock = new Object();

    /** By the index in the number of a buffer. What it holds is set before a buffer of it is passed on; replaced when it is too short. */
    private volatile Slab[] slabs = new Slab[64];
    private volatile boolean closed;

    /** Blocks of long messages that are idle; under the lock. */
    private final IdleBlocks idleOutsize = new IdleBlocks();

    /** Written under the lock. */
    private volatile long misses;
    private volatile long takenDirectly;
    private volatile long givenDirectly;
    private long allocations;
    private long reserved;

    /**
     * A pool that holds nothing yet.
     *
     * @param arena where its memory comes from
     * @param limit most bytes that it takes from there
     * @param cleaner finds what leaked
     * @throws IllegalArgumentException if the system property {@code kaelix.leakDetection} has none of its values
     */
    public MessagePool(final RegionArena arena, final long limit, final Cleaner cleaner) {
        this(arena, limit, LeakReports.configured(cleaner));
    }

    MessagePool(final RegionArena arena, final long limit, final Cleaner cleaner, final LeakDetection leakDetection,
            final System.Logger log) {
        this(arena, limit, new LeakReports(leakDetection, log, cleaner));
    }

    private MessagePool(final RegionArena arena, final long limit, final LeakReports leaks) {
        this.arena = arena;
        this.limit = limit;
        this.leaks = leaks;
        // Twice as many as CPUs, a power of two: two threads that run rarely meet.
        final int count = Integer.highestOneBit(Runtime.getRuntime().availableProcessors() * 4 - 1);
        caches = IntStream.range(0, count).mapToObj(i -> new BufferCache()).toArray(BufferCache[]::new);
    }

    /**
     * Copies a frame.
     *
     * @param frame address, of memory that stays as it is meanwhile
     * @param headerLength bytes in front of the payload
     * @param length of the payload
     */
    RetainedMessage retain(final long frame, final int headerLength, final int length, final int publisherId, final Topic topic) {
        final int bytes = headerLength + length;
        final int sizeClass = BufferSize.of(bytes);
        final Slab slab;
        final int offset;
        if (sizeClass == BufferSize.OUTSIZE) {
            slab = takeOutsize(bytes);
            offset = 0;
        } else {
            final long buffer = take(sizeClass);
            slab = slabs[Slab.index(buffer)];
            offset = Slab.offset(buffer);
        }
        NativeMemory.copy(frame, slab.memory, offset, bytes);
        return share(slab, offset, headerLength, length, publisherId, topic);
    }

    private LeakWatch watch(final RetainedFrame message, final Runnable takeBack) {
        return leaks.watch(message, "a message of " + message.topic() + " was retained", "Release what is retained", takeBack);
    }

    /**
     * Copies what stands before the payload of a frame, and takes a reference to that.
     *
     * @param frame as above
     * @param shared holds the payload, as the caller does
     * @param start of the payload in it
     */
    RetainedMessage retain(final long frame, final int headerLength, final SharedBytes shared, final long start, final int length,
            final int publisherId, final Topic topic) {
        final long buffer = take(BufferSize.of(headerLength));
        final Slab slab = slabs[Slab.index(buffer)];
        final int offset = Slab.offset(buffer);
        NativeMemory.copy(frame, slab.memory, offset, headerLength);
        boolean held = false;
        try {
            held = shared.tryHold();
        } finally {
            if (!held) {
                give(slab, offset);
            }
        }
        if (!held) {
            throw new IllegalStateException("a message that is shown has no payload");
        }
        final RetainedFrame message = new RetainedFrame(this, slab, offset, headerLength, shared, start, length, publisherId, topic);
        if (leaks.watchesNext()) {
            message.watch(watch(message, () -> {
                give(slab, offset);
                shared.release();
            }));
        }
        return message;
    }

    /**
     * Memory for a payload, all zero, to be written by the calling thread.
     *
     * @throws KaelixException if there is no more
     * @throws IllegalStateException if this is closed
     */
    public Payload payload(final int length) {
        final PooledBytes bytes = buffer(length);
        if (!bytes.isFresh()) {
            // Others' bytes are no affair of whoever writes this.
            bytes.writable().fill((byte) 0);
        }
        return PayloadHandle.toWrite(bytes, leaks);
    }

    /** A payload that is complete: a copy. Else as {@link #payload(int)}. */
    public Payload payload(final MemorySegment source) {
        if (source.byteSize() > Integer.MAX_VALUE) {
            throw tooLong(source.byteSize());
        }
        final PooledBytes bytes = buffer((int) source.byteSize());
        try {
            bytes.writable().copyFrom(source);
        } catch (final RuntimeException | Error e) {
            bytes.release();
            throw e;
        }
        return PayloadHandle.complete(bytes, leaks);
    }

    PooledBytes buffer(final int length) {
        if (length < 0 || length > BufferSize.MAX_LENGTH) {
            throw tooLong(length);
        }
        if (closed) {
            throw closedException();
        }
        final int sizeClass = BufferSize.of(length);
        final PooledBytes bytes;
        if (sizeClass == BufferSize.OUTSIZE) {
            bytes = new PooledBytes(this, takeOutsize(length), 0, length);
        } else {
            final long buffer = take(sizeClass);
            bytes = new PooledBytes(this, slabs[Slab.index(buffer)], Slab.offset(buffer), length);
        }
        PayloadTable.PROCESS.add(bytes);
        return bytes;
    }

    private static IllegalArgumentException tooLong(final long length) {
        return new IllegalArgumentException("a payload has 0 to " + BufferSize.MAX_LENGTH + " bytes, not " + length
                + ": map a file, or send it in parts");
    }

    private static IllegalStateException closedException() {
        return new IllegalStateException("the streamer is closed: no more messages are retained or payloads made,"
                + " copy what must live longer");
    }

    private BufferCache lockCache() {
        final long id = Thread.currentThread().threadId();
        for (int at = (int) (id ^ id >>> 16);; at++) {
            final BufferCache cache = caches[at & caches.length - 1];
            if (cache.tryLock()) {
                return cache;
            }
            Thread.onSpinWait();
        }
    }

    /** A buffer of a class. */
    long take(final int sizeClass) {
        final long buffer;
        final boolean fromDepot;
        final BufferCache cache = lockCache();
        try {
            fromDepot = cache.isEmpty(sizeClass);
            buffer = cache.take(sizeClass, depots[sizeClass]);
        } finally {
            cache.unlock();
        }
        if (buffer == BufferCache.NONE) {
            return cut(sizeClass);
        }
        if (fromDepot) {
            markHighWater();
            reclaimIfClosed();
        }
        return buffer;
    }

    /** Where all others are empty: makes new ones, keeps the first, and leaves the rest to all. */
    private long cut(final int sizeClass) {
        final long first;
        synchronized (lock) {
            final long[] left = depots[sizeClass].pop();
            if (left != null) {
                // Of whoever cut or passed on meanwhile.
                pushAll(Arrays.copyOf(left, left.length - 1), sizeClass);
                first = left[left.length - 1];
            } else {
                final int bytes = BufferSize.bytes(sizeClass);
                final int slabBytes = BufferSize.slabBytes(sizeClass);
                final Slab slab = new Slab(allocate(slabBytes), sizeClass, freeIndex(), slabBytes / bytes);
                slabs[slab.index] = slab;
                first = slab.buffer(0);
                pushAll(IntStream.range(1, slab.buffers).mapToLong(i -> slab.buffer(i * bytes)).toArray(), sizeClass);
                misses++;
            }
            takenDirectly++;
        }
        markHighWater();
        return first;
    }

    /** A buffer that no class is long enough for. */
    Slab takeOutsize(final int bytes) {
        Slab slab;
        synchronized (lock) {
            slab = closed ? null : idleOutsize.take(bytes);
            if (slab == null) {
                slab = new Slab(allocate(BufferSize.outsizeBytes(bytes)), BufferSize.OUTSIZE, 0, 1);
                misses++;
            }
            takenDirectly++;
        }
        markHighWater();
        return slab;
    }

    /** Keeps a block for the next long message, instead of older ones if there are too many. */
    private void keep(final Slab slab) {
        final long most = limit / IDLE_SHARE;
        while (!idleOutsize.hasRoom(slab, most) && !idleOutsize.isEmpty()) {
            free(idleOutsize.takeOldest());
        }
        if (idleOutsize.hasRoom(slab, most)) {
            idleOutsize.add(slab);
        } else {
            free(slab);
        }
    }

    /** The slab that a buffer belongs to. */
    Slab slab(final long buffer) {
        return slabs[Slab.index(buffer)];
    }

    /** Lets whoever retains it share a buffer that its holder filled; the holder has the first reference. */
    RetainedFrame share(final Slab slab, final int offset, final int headerLength, final int length, final int publisherId,
            final Topic topic) {
        final RetainedFrame message = new RetainedFrame(this, slab, offset, headerLength, length, publisherId, topic);
        if (leaks.watchesNext()) {
            message.watch(watch(message, () -> give(slab, offset)));
        }
        return message;
    }

    /** Takes at most so many bytes from now on; what it has stays. */
    public void limit(final long bytes) {
        limit = bytes;
    }

    /** Longest message, payload and headers, that it can ever hold. */
    public long longest() {
        final long largestClass = BufferSize.bytes(BufferSize.CLASSES - 1);
        return limit > largestClass ? limit & -BufferSize.outsizeBytes(1) : limit < 1 ? 0 : Long.highestOneBit(limit);
    }

    private void pushAll(final long[] buffers, final int sizeClass) {
        final int magazine = BufferSize.magazine(sizeClass);
        for (int at = 0; at < buffers.length; at += magazine) {
            depots[sizeClass].push(Arrays.copyOfRange(buffers, at, Math.min(at + magazine, buffers.length)));
        }
    }

    private Block allocate(final int bytes) {
        if (closed) {
            throw closedException();
        }
        if (reserved + bytes > limit && !(reclaim() && reserved + bytes <= limit)) {
            throw new KaelixException("the pool of retained messages and payloads is full: " + outstanding() + " are outstanding, in "
                    + reserved + " bytes, " + bytes + " more are needed, the limit is " + limit + "; release some or raise memoryLimit");
        }
        Block block;
        try {
            block = arena.allocate(bytes);
        } catch (final KaelixException noMore) {
            if (!reclaim()) {
                throw noMore;
            }
            block = arena.allocate(bytes);
        }
        allocations++;
        reserved += block.segment().byteSize();
        return block;
    }

    private int freeIndex() {
        final Slab[] table = slabs;
        for (int i = 0; i < table.length; i++) {
            if (table[i] == null) {
                return i;
            }
        }
        slabs = Arrays.copyOf(table, 2 * table.length);
        return table.length;
    }

    /** Gives back slabs of which every buffer is idle; whether there were any. Once it is closed, those that are left wait for the rest. */
    private boolean reclaim() {
        final long before = reserved;
        while (!idleOutsize.isEmpty()) {
            free(idleOutsize.takeOldest());
        }
        for (int sizeClass = 0; sizeClass < BufferSize.CLASSES; sizeClass++) {
            final List<long[]> idle = gather(sizeClass);
            for (final long[] buffers : idle) {
                for (final long buffer : buffers) {
                    slabs[Slab.index(buffer)].gathered++;
                }
            }
            for (final long[] buffers : idle) {
                pushAll(Arrays.stream(buffers).filter(this::isKept).toArray(), sizeClass);
            }
        }
        for (final Slab slab : slabs.clone()) {
            if (slab != null && slab.gathered == slab.buffers) {
                free(slab);
            } else if (slab != null && !closed) {
                slab.gathered = 0;
            }
        }
        return reserved < before;
    }

    private boolean isKept(final long buffer) {
        final Slab slab = slabs[Slab.index(buffer)];
        return !closed && slab.gathered < slab.buffers;
    }

    private List<long[]> gather(final int sizeClass) {
        final List<long[]> idle = new ArrayList<>();
        for (final BufferCache cache : caches) {
            while (!cache.tryLock()) {
                Thread.onSpinWait();
            }
            try {
                idle.add(cache.drain(sizeClass));
            } finally {
                cache.unlock();
            }
        }
        for (long[] magazine = depots[sizeClass].pop(); magazine != null; magazine = depots[sizeClass].pop()) {
            idle.add(magazine);
        }
        return idle;
    }

    private void free(final Slab slab) {
        if (slab.sizeClass != BufferSize.OUTSIZE) {
            slabs[slab.index] = null;
        }
        reserved -= slab.block.segment().byteSize();
        slab.block.free();
    }

    /** Takes a buffer back, which nobody reads any more, or who does finds out. */
    void give(final Slab slab, final int offset) {
        if (closed || slab.sizeClass == BufferSize.OUTSIZE) {
            giveDirectly(slab);
            return;
        }
        final BufferCache cache = lockCache();
        try {
            cache.give(slab.buffer(offset), slab.sizeClass, depots[slab.sizeClass]);
        } finally {
            cache.unlock();
        }
        reclaimIfClosed();
    }

    /**
     * Behind whatever put buffers into a cache, a magazine out of the depot, too: close looks into the caches first, then into the depots,
     * and may have missed what went the other way.
     */
    private void reclaimIfClosed() {
        // SYNC: pairs with close(): either this finds it closed, or close finds the buffers in the cache, behind the cache's lock.
        if (closed) {
            synchronized (lock) {
                reclaim();
            }
        }
    }

    private void giveDirectly(final Slab slab) {
        synchronized (lock) {
            givenDirectly++;
            slab.gathered++;
            if (slab.gathered == slab.buffers) {
                if (slab.sizeClass == BufferSize.OUTSIZE && !closed) {
                    keep(slab);
                } else {
                    free(slab);
                }
            }
        }
    }

    private long outstanding() {
        long count = takenDirectly - givenDirectly;
        for (final BufferCache cache : caches) {
            count += cache.taken() - cache.given();
        }
        return count;
    }

    private void markHighWater() {
        final long count = outstanding();
        if (count > highWaterMark.get()) {
            highWaterMark.accumulateAndGet(count, Math::max);
        }
    }

    /** What it did until now. Takes the lock. */
    public PoolStatistics statistics() {
        markHighWater();
        synchronized (lock) {
            final long taken = takenDirectly + Arrays.stream(caches).mapToLong(BufferCache::taken).sum();
            return new PoolStatistics(taken - misses, misses, outstanding(), highWaterMark.get(), allocations, reserved, limit,
                    leaks.count());
        }
    }

    /** Retains no more. What is idle is given back now, what is retained when it is released. Again is without effect. */
    public void close() {
        synchronized (lock) {
            closed = true;
            reclaim();
        }
    }
}
