// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * What plain Java does over arrays: with a branch, which is mispredicted as often as the rarer outcome happens, and without, where each index
 * is stored and then overwritten by the next unless it matches.
 */
final class JavaLoops {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Packed pieces begin on multiples of it. */
    private static final int ALIGNMENT = 8;

    private JavaLoops() {
    }

    static long filterBranching(final long[] values, final int from, final int length, final long operand, final int[] indices) {
        int found = 0;
        for (int i = 0; i < length; i++) {
            if (values[from + i] > operand) {
                indices[found++] = i;
            }
        }
        return found;
    }

    static long filterBranchFree(final long[] values, final int from, final int length, final long operand, final int[] indices) {
        int found = 0;
        for (int i = 0; i < length; i++) {
            final long value = values[from + i];
            indices[found] = i;
            // The top bit of this is operand < value, whatever overflows: arithmetic, so that no compiler adds a branch.
            found += (int) ((operand & ~value | ~(operand ^ value) & operand - value) >>> Long.SIZE - 1);
        }
        return found;
    }

    static long filterBranching(final int[] values, final int from, final int length, final int operand, final int[] indices) {
        int found = 0;
        for (int i = 0; i < length; i++) {
            if (values[from + i] > operand) {
                indices[found++] = i;
            }
        }
        return found;
    }

    static long filterBranchFree(final int[] values, final int from, final int length, final int operand, final int[] indices) {
        int found = 0;
        for (int i = 0; i < length; i++) {
            indices[found] = i;
            found += (int) ((long) operand - values[from + i] >>> Long.SIZE - 1);
        }
        return found;
    }

    static long filterBranching(final double[] values, final int from, final int length, final double operand, final int[] indices) {
        int found = 0;
        for (int i = 0; i < length; i++) {
            if (values[from + i] > operand) {
                indices[found++] = i;
            }
        }
        return found;
    }

    static long filterBranchFree(final double[] values, final int from, final int length, final double operand, final int[] indices) {
        int found = 0;
        for (int i = 0; i < length; i++) {
            indices[found] = i;
            found += values[from + i] > operand ? 1 : 0;
        }
        return found;
    }

    static long filterIds(final int[] ids, final int from, final int length, final long[] set, final int[] indices) {
        final int bits = set.length * Long.SIZE;
        int found = 0;
        for (int i = 0; i < length; i++) {
            final int id = ids[from + i];
            indices[found] = i;
            if (id >= 0 && id < bits) {
                found += (int) (set[id >> 6] >>> id & 1);
            }
        }
        return found;
    }

    static long gather(final byte[] records, final int[] offsets, final int field, final long[] column) {
        for (int i = 0; i < offsets.length; i++) {
            column[i] = (long) LONG.get(records, offsets[i] + field);
        }
        return column[0];
    }

    static long aggregate(final long[] values, final int from, final int length) {
        long sum = 0;
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        for (int i = from; i < from + length; i++) {
            sum += values[i];
            min = Math.min(min, values[i]);
            max = Math.max(max, values[i]);
        }
        return sum ^ min ^ max;
    }

    static long aggregate(final double[] values, final int from, final int length) {
        double sum = 0;
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (int i = from; i < from + length; i++) {
            sum += values[i];
            min = Math.min(min, values[i]);
            max = Math.max(max, values[i]);
        }
        return Double.doubleToRawLongBits(sum + min + max);
    }

    static long newlines(final byte[] text, final int from, final int length, final int[] positions) {
        int found = 0;
        for (int i = 0; i < length; i++) {
            if (text[from + i] == '\n') {
                positions[found++] = i;
            }
        }
        return found;
    }

    /** By the JDK's class, whose update is an intrinsic. */
    static long crc32c(final byte[] bytes, final int piece) {
        final CRC32C crc = new CRC32C();
        long sum = 0;
        for (int at = 0; at < bytes.length; at += piece) {
            crc.reset();
            crc.update(bytes, at, piece);
            sum += crc.getValue();
        }
        return sum;
    }

    /** The JDK's decoder, which validates. */
    static long decode(final byte[] bytes, final int length, final CharBuffer chars) {
        final ByteBuffer source = ByteBuffer.wrap(bytes, 0, length);
        StandardCharsets.UTF_8.newDecoder().decode(source, chars.clear(), true);
        return source.position();
    }

    /** What the kernel does, gaps included. */
    static long pack(final byte[] records, final int[] offsets, final int[] lengths, final byte[] target, final int[] targetOffsets) {
        int used = 0;
        for (int i = 0; i < offsets.length; i++) {
            final int length = lengths[i];
            System.arraycopy(records, offsets[i], target, used, length);
            targetOffsets[i] = used;
            final int next = used + length + (ALIGNMENT - 1) & -ALIGNMENT;
            for (int gap = used + length; gap < next; gap++) {
                target[gap] = 0;
            }
            used = next;
        }
        return used;
    }
}
