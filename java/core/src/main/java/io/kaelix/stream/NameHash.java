// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stream;

import java.util.SplittableRandom;

/**
 * Hash of a table's keys, unlike that of any other table: a list of names that collide cannot be prepared, say by who would have a
 * server spend its time on searches.
 */
final class NameHash {

    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    private final long first;
    private final long second;
    private final long third;
    private final long fourth;

    /** One of 2^64 at random. */
    NameHash() {
        final SplittableRandom random = new SplittableRandom();
        first = random.nextLong();
        second = random.nextLong();
        third = random.nextLong();
        fourth = random.nextLong();
    }

    /** Of all but the hash. */
    int of(final NameKey key) {
        long hash = fold(key.first() ^ first, key.second() ^ second) ^ fold(key.third() ^ third, key.fourth() ^ fourth);
        for (int from = 4 * Long.BYTES; from < key.length(); from += Long.BYTES) {
            hash = fold(hash ^ key.word(from), first | 1);
        }
        hash = fold(hash ^ (long) key.length() << Integer.SIZE ^ key.partition(), MULTIPLIER);
        return (int) (hash ^ hash >>> Integer.SIZE);
    }

    /** Both halves of the product: every bit of what comes in has a say in what comes out. */
    private static long fold(final long a, final long b) {
        return a * b ^ Math.unsignedMultiplyHigh(a, b);
    }
}
