// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.verify;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.kaelix.Message;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A running 64-bit hash of messages: of their bytes, their lengths, and the order they came in. Two chains are equal if the same
 * messages were appended in the same order, and, but for one case in 2<sup>64</sup>, only then.
 *
 * <p>A word is spread over all 64 bits before it meets the chain, beside the chain's own multiplication and not behind it. Without
 * that, a flipped top bit stays one bit, which a flipped bit of the next word undoes.
 */
public final class HashChain {

    /** What a chain starts with. */
    public static final long EMPTY = 0x6B61656C69780001L;

    private static final ValueLayout.OfLong WORD = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long WORD_MULTIPLIER = 0xD1342543DE82EF95L;
    private static final long CHAIN_MULTIPLIER = 0x9FB21C651E98DF25L;
    private static final int WORD_ROTATION = 32;
    private static final int CHAIN_ROTATION = 29;

    private HashChain() {
    }

    /** The chain with bytes of a segment appended, as one message. */
    public static long append(final long chain, final MemorySegment bytes, final long offset, final int length) {
        long hash = mix(chain, length);
        int at = 0;
        for (; at <= length - Long.BYTES; at += Long.BYTES) {
            hash = mix(hash, bytes.get(WORD, offset + at));
        }
        if (at < length) {
            long rest = 0;
            for (int i = length - 1; i >= at; i--) {
                rest = rest << Byte.SIZE | bytes.get(JAVA_BYTE, offset + i) & 0xFF;
            }
            hash = mix(hash, rest);
        }
        return hash;
    }

    /** The chain with a received message appended: equal to that of the bytes that were sent. */
    public static long append(final long chain, final Message message) {
        final int length = message.length();
        long hash = mix(chain, length);
        int at = 0;
        for (; at <= length - Long.BYTES; at += Long.BYTES) {
            hash = mix(hash, message.getLong(at));
        }
        if (at < length) {
            long rest = 0;
            for (int i = length - 1; i >= at; i--) {
                rest = rest << Byte.SIZE | message.getByte(i) & 0xFF;
            }
            hash = mix(hash, rest);
        }
        return hash;
    }

    private static long mix(final long hash, final long word) {
        final long spread = Long.rotateLeft(word * WORD_MULTIPLIER, WORD_ROTATION) * WORD_MULTIPLIER;
        return Long.rotateLeft(hash ^ spread, CHAIN_ROTATION) * CHAIN_MULTIPLIER;
    }
}
