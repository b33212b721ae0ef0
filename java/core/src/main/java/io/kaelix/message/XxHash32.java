// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * XXH32 with seed 0, by its public specification: the stable hash of partition keys, the same on every machine and in any language.
 *
 * <p>Four lanes take 16 bytes in turn; what is left goes into their sum by fours, then one by one; the end mixes every bit with every other.
 */
final class XxHash32 {

    private static final int PRIME_1 = 0x9E3779B1;
    private static final int PRIME_2 = 0x85EBCA77;
    private static final int PRIME_3 = 0xC2B2AE3D;
    private static final int PRIME_4 = 0x27D4EB2F;
    private static final int PRIME_5 = 0x165667B1;
    private static final int STRIPE = 16;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private XxHash32() {
    }

    /** Of the 8 bytes of a number, little-endian. */
    static int hash(final long number) {
        int hash = PRIME_5 + Long.BYTES;
        hash = mixInt(hash, (int) number);
        hash = mixInt(hash, (int) (number >>> Integer.SIZE));
        return avalanche(hash);
    }

    /** Of the first bytes of an array. */
    static int hash(final byte[] bytes, final int length) {
        int at = 0;
        int hash = PRIME_5;
        if (length >= STRIPE) {
            int lane1 = PRIME_1 + PRIME_2;
            int lane2 = PRIME_2;
            int lane3 = 0;
            int lane4 = -PRIME_1;
            for (; at <= length - STRIPE; at += STRIPE) {
                lane1 = round(lane1, (int) INT.get(bytes, at));
                lane2 = round(lane2, (int) INT.get(bytes, at + 4));
                lane3 = round(lane3, (int) INT.get(bytes, at + 8));
                lane4 = round(lane4, (int) INT.get(bytes, at + 12));
            }
            hash = Integer.rotateLeft(lane1, 1) + Integer.rotateLeft(lane2, 7) + Integer.rotateLeft(lane3, 12)
                    + Integer.rotateLeft(lane4, 18);
        }
        hash += length;
        for (; at <= length - Integer.BYTES; at += Integer.BYTES) {
            hash = mixInt(hash, (int) INT.get(bytes, at));
        }
        for (; at < length; at++) {
            hash = Integer.rotateLeft(hash + (bytes[at] & 0xFF) * PRIME_5, 11) * PRIME_1;
        }
        return avalanche(hash);
    }

    private static int round(final int lane, final int input) {
        return Integer.rotateLeft(lane + input * PRIME_2, 13) * PRIME_1;
    }

    private static int mixInt(final int hash, final int input) {
        return Integer.rotateLeft(hash + input * PRIME_3, 17) * PRIME_4;
    }

    private static int avalanche(final int hash) {
        int mixed = hash;
        mixed = (mixed ^ mixed >>> 15) * PRIME_2;
        mixed = (mixed ^ mixed >>> 13) * PRIME_3;
        return mixed ^ mixed >>> 16;
    }
}
