// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stream;

import io.kaelix.KaelixException;
import io.kaelix.Topic;
import io.kaelix.memory.RegionArena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * All streams by name and by id: a record of 64 bytes and some 16 bytes of index each, in native memory, so that a million cost what is in
 * this table alone. Ids are dense from 0 and fit a frame.
 *
 * <pre>{@code
 * int id = table.declare(Topic.of("orders.eu"));        // as many times as one likes: the same id
 * table.find(Topic.of("orders.eu"));               // id, or NOT_FOUND; no lock, no allocation
 * table.topic(id);                                 // made when first asked for, then one load
 * table.expire(id);                                // no name leads to it now
 * table.recycle(id);                               // no lane holds a frame of it: another stream may get the id
 * }</pre>
 *
 * <p><b>Threads</b>: any. What changes the table ({@link #declare}, {@link #expire}, {@link #recycle}, {@link #close}) takes its monitor,
 * so that there is one writer at a time; it calls nobody, and may be called under the registry's lock. Reading takes no lock, except that a
 * name that is not found while another one is being removed is looked up again under the monitor, and that {@link #topic} takes one when it
 * makes the object.
 *
 * <p><b>Blocking</b>: the monitor is held while memory is mapped, and while the index doubles, some 10 ms at a million.
 *
 * <p><b>A stream's name and partition</b> are its key: each partition of a topic is a stream, and an
 * unpartitioned topic is its partition 0.
 */
public final class StreamTable implements AutoCloseable {

    /** What {@link #find} answers for a name that no stream has. */
    public static final int NOT_FOUND = -1;

    /** Most streams at a time; expired ones that were not recycled count. */
    public static final int MAX_STREAMS = 1 << 26;

    /** Most partitions of a topic. */
    public static final int MAX_PARTITIONS = 0xFFFF;

    private final RegionArena arena;
    private final LongSupplier millis;
    private final int maxStreams;
    private final NameHash hash = new NameHash();
    private final StreamRecords records;
    private final StreamTopics topics = new StreamTopics();

    /** Replaced by a longer one when it is full; the old one is freed at once, see {@link #find}. */
    private volatile StreamIndex index;

    /** Odd while slots of the index move. */
    private volatile int removals;

    /** Ids are below it. */
    private volatile int limit;
    private volatile int count;
    private volatile boolean closed;

    /** The free id that is used next, plus 1; 0 if there is none. */
    private long firstFree;

    /**
     * An empty table, which takes memory with its first stream.
     *
     * @param arena where its memory comes from, and whose limit holds for it; stays the caller's
     */
    public StreamTable(final RegionArena arena) {
        this(arena, MAX_STREAMS, System::currentTimeMillis);
    }

    StreamTable(final RegionArena arena, final int maxStreams, final LongSupplier millis) {
        this.arena = arena;
        this.maxStreams = maxStreams;
        this.millis = millis;
        records = new StreamRecords(arena);
        index = new StreamIndex();
    }

    /** The id of a topic without partitions, which is a new one if there was none. As {@link #declare(Topic, int, int)}. */
    public int declare(final Topic topic) {
        return declare(topic, 0, 1);
    }

    /**
     * The id of a partition, which is a new one if there was none. What fails leaves the table as it was.
     *
     * @param partition its number, from 0
     * @param partitions how many the topic has
     * @throws IllegalArgumentException if there is no such partition, or it was declared as one of another number of partitions
     * @throws KaelixException if the memory for it exceeds the limit of the arena, or there are {@link #MAX_STREAMS} already
     * @throws IllegalStateException if the table is closed
     */
    public synchronized int declare(final Topic topic, final int partition, final int partitions) {
        if (partitions < 1 || partitions > MAX_PARTITIONS || partition < 0 || partition >= partitions) {
            throw new IllegalArgumentException("topic " + topic + " cannot have a partition " + partition + " of " + partitions
                    + ": numbers begin at 0, and there are at most " + MAX_PARTITIONS);
        }
        checkOpen();
        final NameKey key = NameKey.of(topic.name(), partition, hash);
        try {
            final int known = search(index, key);
            if (known == NOT_FOUND) {
                return add(topic, key, partitions);
            }
            if (records.partitions(known) != partitions) {
                throw new IllegalArgumentException("topic " + topic + " has " + records.partitions(known) + " partitions, not " + partitions
                        + ": all who use it must agree");
            }
            records.declaredMillis(known, millis.getAsLong());
            return known;
        } finally {
            key.clear();
        }
    }

    private int add(final Topic topic, final NameKey key, final int partitions) {
        final int id = firstFree == 0 ? limit : (int) (firstFree - 1);
        if (id == maxStreams) {
            throw new KaelixException("cannot add stream '" + topic + "': there are " + maxStreams
                    + " already, which is the most; let idle ones expire, or use fewer topics");
        }
        try {
            if (index.isFull()) {
                grow();
            }
            records.reserve(id);
            final long nextFree = firstFree == 0 ? 0 : records.nextFree(id);
            records.write(id, key, partitions, millis.getAsLong());
            firstFree = nextFree;
        } catch (final KaelixException e) {
            throw new KaelixException("cannot add stream '" + topic + "' to " + count + " others: " + e.getMessage(), e);
        }
        records.stamp(id, StreamDescriptor.stamp(StreamDescriptor.generation(records.stamp(id)), StreamState.ACTIVE));
        // Before the index leads to it: who finds an id that is not below the limit takes it for a stray.
        limit = Math.max(limit, id + 1);
        index.put(key.hash(), id);
        count++;
        return id;
    }

    private void grow() {
        final StreamIndex old = index;
        index = old.grown(arena);
        // SYNC: pairs with the second look at index in find(): whoever reads what the memory is cleared to also sees that it was replaced.
        VarHandle.fullFence();
        old.free();
    }

    /**
     * The id of a topic without partitions.
     *
     * @return its id, or {@link #NOT_FOUND}
     * @throws IllegalStateException if the table is closed
     */
    public int find(final Topic topic) {
        return find(topic.name(), 0);
    }

    /**
     * The id of a partition by the name of its topic, which may be any string.
     *
     * @return its id, or {@link #NOT_FOUND}
     * @throws IllegalStateException if the table is closed
     */
    public int find(final String name, final int partition) {
        return NameKey.isLength(name.length()) ? find(NameKey.of(name, partition, hash)) : NOT_FOUND;
    }

    /**
     * The id of a partition by the name of its topic in UTF-8, as it lies in memory.
     *
     * @return its id, or {@link #NOT_FOUND}
     * @throws IndexOutOfBoundsException if the segment is shorter
     * @throws IllegalStateException if the table is closed, or the memory of the name is gone
     */
    public int find(final MemorySegment bytes, final long offset, final int length, final int partition) {
        Objects.checkFromIndexSize(offset, length, bytes.byteSize());
        return NameKey.isLength(length) ? find(NameKey.of(bytes, offset, length, partition, hash)) : NOT_FOUND;
    }

    /**
     * Nothing is locked: a record that is replaced while it is compared shows that by its stamp. What is not found is not there, unless
     * slots moved meanwhile, or the index was replaced: then what was read may be anything, and so may what came of it. All memory is read
     * through its segment, so nothing worse can happen than an exception.
     */
    private int find(final NameKey key) {
        checkOpen();
        final int before = removals;
        final StreamIndex searched = index;
        try {
            final int id = search(searched, key);
            if (id != NOT_FOUND) {
                return id;
            }
            // SYNC: pairs with the fences in expire() and grow().
            VarHandle.acquireFence();
            if ((before & 1) == 0 && before == removals && searched == index && !closed) {
                return NOT_FOUND;
            }
            return findAlone(key);
        } catch (final RuntimeException e) {
            if (searched == index && !closed) {
                throw e;
            }
            return findAlone(key);
        } finally {
            key.clear();
        }
    }

    private synchronized int findAlone(final NameKey key) {
        checkOpen();
        return search(index, key);
    }

    private int search(final StreamIndex index, final NameKey key) {
        int position = index.home(key.hash());
        // Counted, because an index that is being freed may have no empty slot.
        for (int left = index.capacity(); left > 0; left--) {
            final long slot = index.slot(position);
            if (slot == StreamIndex.EMPTY) {
                return NOT_FOUND;
            }
            if (StreamIndex.hash(slot) == key.hash() && isActive(StreamIndex.id(slot), key)) {
                return StreamIndex.id(slot);
            }
            position = index.next(position);
        }
        return NOT_FOUND;
    }

    /** Whether it is an id, of a stream that is active, with this key. */
    private boolean isActive(final int id, final NameKey key) {
        if (id < 0 || id >= limit) {
            return false;
        }
        while (true) {
            final long stamp = records.stamp(id);
            if (!StreamDescriptor.isActive(stamp)) {
                return false;
            }
            final boolean matches = records.matches(id, key);
            VarHandle.acquireFence();
            if (records.stamp(id) == stamp) {
                return matches;
            }
        }
    }

    /**
     * The topic of a stream, expired ones included: frames of those may still be under way. The same object each time.
     *
     * @throws KaelixException if the id is not in use, which no frame's can be
     * @throws IllegalStateException if the table is closed and the topic was never asked for before
     */
    public Topic topic(final int id) {
        final Topic topic = topics.get(id);
        return topic != null ? topic : makeTopic(id);
    }

    /**
     * The topic of a stream, expired ones included, for a short while: what {@link #topic} keeps is not made for it.
     *
     * @return null if the id is not in use
     * @throws IllegalStateException if the table is closed
     */
    public Topic topicUnkept(final int id) {
        final Topic topic = topics.get(id);
        return topic != null ? topic : newTopic(id);
    }

    private synchronized Topic newTopic(final int id) {
        checkOpen();
        return id < 0 || id >= limit || state(id) == StreamState.FREE ? null : new Topic(records.name(id));
    }

    private Topic makeTopic(final int id) {
        // Not the table's own monitor: a receiver does not wait for an index to double.
        synchronized (topics) {
            final Topic madeBefore = topics.get(id);
            if (madeBefore != null) {
                return madeBefore;
            }
            checkOpen();
            if (id < 0 || id >= limit || state(id) == StreamState.FREE) {
                throw new KaelixException("corrupt frame: it names stream " + id + ", which is not in use; ids are below " + limit);
            }
            final Topic topic = new Topic(records.name(id));
            topics.put(id, topic);
            return topic;
        }
    }

    /**
     * Ends a stream: its name leads nowhere from now on, or to a new stream once it is declared again. The id is not used for another one
     * before it was {@linkplain #recycle recycled}, and its topic can still be asked for.
     *
     * @return false if it was not active
     * @throws IllegalStateException if the table is closed
     */
    public synchronized boolean expire(final int id) {
        final long stamp = records.stamp(checkId(id));
        if (!StreamDescriptor.isActive(stamp)) {
            return false;
        }
        records.stamp(id, StreamDescriptor.stamp(StreamDescriptor.generation(stamp) + 1, StreamState.EXPIRED));
        removals++;
        // SYNC: pairs with find(): whoever reads a slot that moved sees removals change.
        VarHandle.fullFence();
        index.remove(records.hash(id), id);
        removals++;
        count--;
        return true;
    }

    /**
     * Lets an id that expired be used again. The caller knows that no lane holds a frame of it, and no publisher writes one.
     *
     * @throws IllegalStateException if it has not expired, or the table is closed
     */
    public synchronized void recycle(final int id) {
        final long stamp = records.stamp(checkId(id));
        if (StreamDescriptor.state(stamp) != StreamState.EXPIRED) {
            throw new IllegalStateException("stream " + id + " is " + StreamDescriptor.state(stamp) + ": only what has expired is recycled");
        }
        synchronized (topics) {
            records.stamp(id, StreamDescriptor.stamp(StreamDescriptor.generation(stamp), StreamState.FREE));
            topics.remove(id);
        }
        records.free(id, firstFree);
        firstFree = id + 1L;
    }

    /** Streams that are active. */
    public int count() {
        return count;
    }

    /** All ids are below it, those that are not in use included. Never falls. */
    public int limit() {
        return limit;
    }

    /** Shows the ids of all active streams, in order. What changes meanwhile may be shown or not. */
    public void forEach(final IntConsumer action) {
        for (int id = 0; id < limit; id++) {
            if (state(id) == StreamState.ACTIVE) {
                action.accept(id);
            }
        }
    }

    /**
     * How many times a stream with this id has expired: who remembers it with the id can tell whether it still means the same stream.
     *
     * @throws IllegalArgumentException if no stream ever had the id
     */
    public int generation(final int id) {
        return StreamDescriptor.generation(records.stamp(checkId(id)));
    }

    /**
     * Where the id is in its life.
     *
     * @throws IllegalArgumentException if no stream ever had the id
     */
    public StreamState state(final int id) {
        return StreamDescriptor.state(records.stamp(checkId(id)));
    }

    /** Its number among the partitions of its topic, from 0. Means something while the stream is not recycled. */
    public int partition(final int id) {
        return records.partition(checkId(id));
    }

    /** How many partitions its topic has. Means something while the stream is not recycled. */
    public int partitions(final int id) {
        return records.partitions(checkId(id));
    }

    /** When it was declared first, in milliseconds since 1970. Means something while the stream is not recycled. */
    public long createdMillis(final int id) {
        return records.createdMillis(checkId(id));
    }

    /** When it was declared last, in milliseconds since 1970. Means something while the stream is not recycled. */
    public long declaredMillis(final int id) {
        return records.declaredMillis(checkId(id));
    }

    private int checkId(final int id) {
        checkOpen();
        if (id < 0 || id >= limit) {
            throw new IllegalArgumentException("no stream has the id " + id + ": ids are from 0 to " + (limit - 1));
        }
        return id;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the streamer is closed");
        }
    }

    /**
     * Gives all memory back. Topics that were asked for before can still be; all else throws, in threads that are at it now, too. Again is
     * without effect.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        synchronized (topics) {
            closed = true;
        }
        index.free();
        records.close();
    }
}
