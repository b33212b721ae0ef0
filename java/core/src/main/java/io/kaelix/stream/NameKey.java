// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stream;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.kaelix.Topic;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * What a stream is looked up by: its name, eight bytes at a time as the records have it, and its partition. It comes as a string or as
 * bytes; each character is looked at once, and none is copied.
 *
 * <p><b>Threads</b>: each has one, which it uses for a lookup and then {@linkplain #clear clears}: so no lookup allocates.
 */
final class NameKey {

    /** Instead of a word with a character that is in no topic: no name in the table has such a word, since all are ASCII. */
    private static final long FOREIGN = -1;

    private static final char LAST_ASCII = 0x7F;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ThreadLocal<NameKey> KEYS = ThreadLocal.withInitial(NameKey::new);

    private String name;
    private MemorySegment bytes;
    private long offset;
    private int length;
    private int partition;
    private int hash;

    /** Its first words, zeros behind its end. */
    private long first;
    private long second;
    private long third;
    private long fourth;

    private NameKey() {
    }

    /** The thread's, of a name as a string. */
    static NameKey of(final String name, final int partition, final NameHash hash) {
        final NameKey key = KEYS.get();
        key.name = name;
        key.bytes = null;
        key.set(name.length(), partition, hash);
        return key;
    }

    /** The thread's, of a name in memory, which is that long. */
    static NameKey of(final MemorySegment bytes, final long offset, final int length, final int partition, final NameHash hash) {
        final NameKey key = KEYS.get();
        key.name = null;
        key.bytes = bytes;
        key.offset = offset;
        key.set(length, partition, hash);
        return key;
    }

    private void set(final int newLength, final int newPartition, final NameHash hashing) {
        length = newLength;
        partition = newPartition;
        first = word(0);
        second = word(Long.BYTES);
        third = word(2 * Long.BYTES);
        fourth = word(3 * Long.BYTES);
        hash = hashing.of(this);
    }

    /** Lets go of the name. */
    void clear() {
        name = null;
        bytes = null;
    }

    /** Whether a topic can have a name of this length. */
    static boolean isLength(final int length) {
        return length >= 1 && length <= Topic.MAX_LENGTH;
    }

    int length() {
        return length;
    }

    int partition() {
        return partition;
    }

    int hash() {
        return hash;
    }

    long first() {
        return first;
    }

    long second() {
        return second;
    }

    long third() {
        return third;
    }

    long fourth() {
        return fourth;
    }

    /** Eight bytes, zeros behind its end. */
    long word(final int from) {
        if (name == null) {
            return from + Long.BYTES <= length ? bytes.get(WORD, offset + from) : lastBytes(from);
        }
        return from + Long.BYTES <= length ? characters(from) : lastCharacters(from);
    }

    private long lastBytes(final int from) {
        long word = 0;
        for (int i = length - 1; i >= from; i--) {
            word = word << Byte.SIZE | bytes.get(JAVA_BYTE, offset + i) & 0xFF;
        }
        return word;
    }

    /** Without a loop, so that the JIT compiler looks at the string's coder and bounds once. */
    private long characters(final int from) {
        final String text = name;
        final char c0 = text.charAt(from);
        final char c1 = text.charAt(from + 1);
        final char c2 = text.charAt(from + 2);
        final char c3 = text.charAt(from + 3);
        final char c4 = text.charAt(from + 4);
        final char c5 = text.charAt(from + 5);
        final char c6 = text.charAt(from + 6);
        final char c7 = text.charAt(from + 7);
        if ((c0 | c1 | c2 | c3 | c4 | c5 | c6 | c7) > LAST_ASCII) {
            return FOREIGN;
        }
        final int low = c0 | c1 << 8 | c2 << 16 | c3 << 24;
        final int high = c4 | c5 << 8 | c6 << 16 | c7 << 24;
        return (long) high << Integer.SIZE | low;
    }

    private long lastCharacters(final int from) {
        final String text = name;
        long word = 0;
        int all = 0;
        for (int i = length - 1; i >= from; i--) {
            final char c = text.charAt(i);
            all |= c;
            word = word << Byte.SIZE | c;
        }
        return all > LAST_ASCII ? FOREIGN : word;
    }
}
