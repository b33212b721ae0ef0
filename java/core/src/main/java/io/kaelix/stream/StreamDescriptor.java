// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stream;

/**
 * Layout of a stream's record: one cache line, whose place is its id.
 *
 * <pre>
 *    0       1       2       3       4       5       6       7
 *   +-------+-------+-------+-------+-------+-------+-------+-------+
 *  0|          generation           |             state             |  the stamp, stored last
 *   +-------------------------------+---------------+---------------+
 *  8|         hash of name          |   partition   |  partitions   |
 *   +-------------------------------+---------------+---------------+
 * 16|  created, milliseconds since 1970; FREE: the next free id + 1 |
 *   +---------------------------------------------------------------+
 * 24|  declared last, milliseconds since 1970                       |
 *   +---------------------------------------------------------------+
 * 32|  name, its first 24 bytes, zeros behind its end               |
 *   |                                                               |
 * 48|                                                               |
 *   +-------------------------------------------------------+-------+
 * 56|  7 more bytes; or, of more than 31, place of the rest | length|
 *   +-------------------------------------------------------+-------+
 * </pre>
 *
 * <p>The last word is read at once, so that a length never meets another name's place. A reader takes the stamp before and after the
 * rest: the same stamp with the state {@link StreamState#ACTIVE} means that what lies between belongs together.
 */
final class StreamDescriptor {

    /** Bytes of a record. */
    static final int RECORD_BYTES = 64;

    /** Offset of the stamp: generation in the low half, state in the high one. */
    static final int STAMP_OFFSET = 0;

    /** Offset of the hash. */
    static final int HASH_OFFSET = 8;

    /** Offset of the partition's number, unsigned. */
    static final int PARTITION_OFFSET = 12;

    /** Offset of the number of partitions of the topic, unsigned. */
    static final int PARTITIONS_OFFSET = 14;

    /** Offset of the time of its creation. */
    static final int CREATED_OFFSET = 16;

    /** Offset of the link to the next free record. */
    static final int NEXT_FREE_OFFSET = CREATED_OFFSET;

    /** Offset of the time at which it was declared last. */
    static final int DECLARED_OFFSET = 24;

    /** Offset of the name. */
    static final int NAME_OFFSET = 32;

    /** Bytes of a name that are in the record however long it is. */
    static final int HEAD_BYTES = 24;

    /** Longest name that is in the record as a whole. */
    static final int INLINE_BYTES = 31;

    /** Offset of the word that ends the name, or leads to its end. */
    static final int TAIL_OFFSET = NAME_OFFSET + HEAD_BYTES;

    private static final int LENGTH_SHIFT = 56;
    private static final long TAIL_MASK = (1L << LENGTH_SHIFT) - 1;
    private static final StreamState[] STATES = StreamState.values();

    private StreamDescriptor() {
    }

    static long stamp(final int generation, final StreamState state) {
        return (long) state.ordinal() << Integer.SIZE | Integer.toUnsignedLong(generation);
    }

    static int generation(final long stamp) {
        return (int) stamp;
    }

    static StreamState state(final long stamp) {
        return STATES[(int) (stamp >>> Integer.SIZE)];
    }

    static boolean isActive(final long stamp) {
        return stamp >>> Integer.SIZE == StreamState.ACTIVE.ordinal();
    }

    /** The last word. */
    static long tail(final int length, final long restOrPlace) {
        return (long) length << LENGTH_SHIFT | restOrPlace & TAIL_MASK;
    }

    static int length(final long tail) {
        return (int) (tail >>> LENGTH_SHIFT);
    }

    static long restOrPlace(final long tail) {
        return tail & TAIL_MASK;
    }
}
