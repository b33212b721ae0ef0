// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stream;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.kaelix.memory.RegionArena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;

/**
 * The records, by id, in chunks: of 16 KiB for the first, so that few streams take little, and of 1 MiB for those from
 * {@value #FIRST_LARGE} on, so that a lookup among a million finds the chunk's own address in the cache.
 *
 * <p><b>Threads</b>: one at a time writes; any reads, with the id of a record that it may know of, see {@link Chunks}.
 */
final class StreamRecords {

    private static final int SMALL_SHIFT = 8;
    private static final int SMALL_RECORDS = 1 << SMALL_SHIFT;
    private static final int LARGE_SHIFT = 14;
    private static final int LARGE_RECORDS = 1 << LARGE_SHIFT;
    /** Records in small chunks: as many as in one large chunk. */
    private static final int FIRST_LARGE = LARGE_RECORDS;
    /** What the number of a large chunk is more than its records' ids divided by its length. */
    private static final int NUMBERS_AHEAD = (FIRST_LARGE >>> SMALL_SHIFT) - 1;
    private static final VarHandle LONG = JAVA_LONG.varHandle();
    private static final int UNSIGNED_SHORT = 0xFFFF;

    private final Chunks chunks;
    private final StreamNames names;

    StreamRecords(final RegionArena arena) {
        chunks = new Chunks(arena);
        names = new StreamNames(arena);
    }

    private MemorySegment chunk(final int id) {
        return chunks.get(number(id));
    }

    private static int number(final int id) {
        return id < FIRST_LARGE ? id >>> SMALL_SHIFT : (id >>> LARGE_SHIFT) + NUMBERS_AHEAD;
    }

    private static long offset(final int id) {
        return (long) (id & (id < FIRST_LARGE ? SMALL_RECORDS : LARGE_RECORDS) - 1) * StreamDescriptor.RECORD_BYTES;
    }

    /** Makes sure that there is a record for an id, which is at most one beyond those that there are. */
    void reserve(final int id) {
        if (number(id) == chunks.count()) {
            chunks.add((long) (id < FIRST_LARGE ? SMALL_RECORDS : LARGE_RECORDS) * StreamDescriptor.RECORD_BYTES);
        }
    }

    /** Generation and state. */
    long stamp(final int id) {
        // SYNC: pairs with stamp(id, stamp): what was written before it is seen.
        return (long) LONG.getAcquire(chunk(id), offset(id) + StreamDescriptor.STAMP_OFFSET);
    }

    /** Sets generation and state: all that was written before is seen by who sees them. */
    void stamp(final int id, final long stamp) {
        LONG.setRelease(chunk(id), offset(id) + StreamDescriptor.STAMP_OFFSET, stamp);
    }

    /** Writes all but the stamp. If it fails for want of memory for a long name, nothing is written. */
    void write(final int id, final NameKey key, final int partitions, final long millis) {
        final long restOrPlace = key.length() > StreamDescriptor.INLINE_BYTES ? names.store(key) : key.fourth();
        final MemorySegment chunk = chunk(id);
        final long offset = offset(id);
        chunk.set(JAVA_INT, offset + StreamDescriptor.HASH_OFFSET, key.hash());
        chunk.set(JAVA_SHORT, offset + StreamDescriptor.PARTITION_OFFSET, (short) key.partition());
        chunk.set(JAVA_SHORT, offset + StreamDescriptor.PARTITIONS_OFFSET, (short) partitions);
        chunk.set(JAVA_LONG, offset + StreamDescriptor.CREATED_OFFSET, millis);
        chunk.set(JAVA_LONG, offset + StreamDescriptor.DECLARED_OFFSET, millis);
        chunk.set(JAVA_LONG, offset + StreamDescriptor.NAME_OFFSET, key.first());
        chunk.set(JAVA_LONG, offset + StreamDescriptor.NAME_OFFSET + Long.BYTES, key.second());
        chunk.set(JAVA_LONG, offset + StreamDescriptor.NAME_OFFSET + 2 * Long.BYTES, key.third());
        // SYNC: pairs with tail(): who follows the place finds the chunk there, even if the record is being replaced as it is read.
        LONG.setRelease(chunk, offset + StreamDescriptor.TAIL_OFFSET, StreamDescriptor.tail(key.length(), restOrPlace));
    }

    /** Frees what its name takes elsewhere, and links it to another free record. */
    void free(final int id, final long nextFree) {
        final long tail = tail(id);
        final int length = StreamDescriptor.length(tail);
        if (length > StreamDescriptor.INLINE_BYTES) {
            names.free(StreamDescriptor.restOrPlace(tail), length);
        }
        chunk(id).set(JAVA_LONG, offset(id) + StreamDescriptor.NEXT_FREE_OFFSET, nextFree);
    }

    /** What a free record was linked to. */
    long nextFree(final int id) {
        return chunk(id).get(JAVA_LONG, offset(id) + StreamDescriptor.NEXT_FREE_OFFSET);
    }

    /** Whether it has this name and partition; only if the stamp stayed the same meanwhile, that means anything. */
    boolean matches(final int id, final NameKey key) {
        final MemorySegment chunk = chunk(id);
        final long offset = offset(id);
        if (chunk.get(JAVA_LONG, offset + StreamDescriptor.NAME_OFFSET) != key.first()
                || chunk.get(JAVA_LONG, offset + StreamDescriptor.NAME_OFFSET + Long.BYTES) != key.second()
                || chunk.get(JAVA_LONG, offset + StreamDescriptor.NAME_OFFSET + 2 * Long.BYTES) != key.third()
                || (chunk.get(JAVA_SHORT, offset + StreamDescriptor.PARTITION_OFFSET) & UNSIGNED_SHORT) != key.partition()) {
            return false;
        }
        final long tail = tail(id);
        if (key.length() <= StreamDescriptor.INLINE_BYTES) {
            return tail == StreamDescriptor.tail(key.length(), key.fourth());
        }
        return StreamDescriptor.length(tail) == key.length() && names.matches(StreamDescriptor.restOrPlace(tail), key);
    }

    /** A new string of the name. The record does not change meanwhile. */
    String name(final int id) {
        final long tail = tail(id);
        final byte[] ascii = new byte[StreamDescriptor.length(tail)];
        for (int i = 0; i < ascii.length; i++) {
            final int from = i & -Long.BYTES;
            final long word;
            if (from < StreamDescriptor.HEAD_BYTES) {
                word = chunk(id).get(JAVA_LONG, offset(id) + StreamDescriptor.NAME_OFFSET + from);
            } else if (ascii.length <= StreamDescriptor.INLINE_BYTES) {
                word = tail;
            } else {
                word = names.word(StreamDescriptor.restOrPlace(tail), from);
            }
            ascii[i] = (byte) (word >>> (i - from) * Byte.SIZE);
        }
        return new String(ascii, StandardCharsets.US_ASCII);
    }

    private long tail(final int id) {
        return (long) LONG.getAcquire(chunk(id), offset(id) + StreamDescriptor.TAIL_OFFSET);
    }

    int hash(final int id) {
        return chunk(id).get(JAVA_INT, offset(id) + StreamDescriptor.HASH_OFFSET);
    }

    int partition(final int id) {
        return chunk(id).get(JAVA_SHORT, offset(id) + StreamDescriptor.PARTITION_OFFSET) & UNSIGNED_SHORT;
    }

    int partitions(final int id) {
        return chunk(id).get(JAVA_SHORT, offset(id) + StreamDescriptor.PARTITIONS_OFFSET) & UNSIGNED_SHORT;
    }

    long createdMillis(final int id) {
        return chunk(id).get(JAVA_LONG, offset(id) + StreamDescriptor.CREATED_OFFSET);
    }

    long declaredMillis(final int id) {
        return (long) LONG.getOpaque(chunk(id), offset(id) + StreamDescriptor.DECLARED_OFFSET);
    }

    void declaredMillis(final int id, final long millis) {
        LONG.setOpaque(chunk(id), offset(id) + StreamDescriptor.DECLARED_OFFSET, millis);
    }

    /** Gives all memory back. */
    void close() {
        chunks.close();
        names.close();
    }
}
