// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stream;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * A name as the table compares it: eight bytes at a time, little-endian, zeros behind its end. It comes as a string or as bytes, the other
 * is null, and nothing is copied or allocated to look at it.
 */
final class NameWords {

    /** Instead of a word with a character that is in no topic; no stored name has such a word, since it is no ASCII. */
    private static final long FOREIGN = -1;

    private static final char LAST_ASCII = 0x7F;
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final long seed;
    private final long secret;

    /** With a hash of its own, so that no list of names that collide can be prepared. */
    NameWords() {
        this(new SplittableRandom());
    }

    private NameWords(final SplittableRandom random) {
        seed = random.nextLong();
        secret = random.nextLong() | 1;
    }

    /** Eight bytes of a name. */
    static long word(final String name, final MemorySegment bytes, final long offset, final int length, final int from) {
        return name != null ? word(name, length, from) : word(bytes, offset, length, from);
    }

    private static long word(final String name, final int length, final int from) {
        long word = 0;
        int all = 0;
        for (int i = Math.min(length, from + Long.BYTES) - 1; i >= from; i--) {
            final char c = name.charAt(i);
            all |= c;
            word = word << Byte.SIZE | c;
        }
        return all <= LAST_ASCII ? word : FOREIGN;
    }

    private static long word(final MemorySegment bytes, final long offset, final int length, final int from) {
        if (from + Long.BYTES <= length) {
            return bytes.get(WORD, offset + from);
        }
        long word = 0;
        for (int i = length - 1; i >= from; i--) {
            word = word << Byte.SIZE | bytes.get(JAVA_BYTE, offset + i) & 0xFF;
        }
        return word;
    }

    /** Of a name and a partition. */
    int hash(final String name, final MemorySegment bytes, final long offset, final int length, final int partition) {
        long hash = seed ^ ((long) length << Integer.SIZE | partition) * MULTIPLIER;
        for (int from = 0; from < length; from += Long.BYTES) {
            hash = fold(hash ^ word(name, bytes, offset, length, from), secret);
        }
        hash = fold(hash, MULTIPLIER);
        return (int) (hash ^ hash >>> Integer.SIZE);
    }

    /** Both halves of the product: every bit of what comes in has a say in every bit of what comes out. */
    private static long fold(final long a, final long b) {
        return a * b ^ Math.unsignedMultiplyHigh(a, b);
    }
}
