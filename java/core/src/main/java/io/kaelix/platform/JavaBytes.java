// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Kernels over bytes in plain Java. */
final class JavaBytes {

    private static final ValueLayout.OfLong WORD = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final byte NEWLINE = '\n';
    private static final long NEWLINES = 0x0A0A_0A0A_0A0A_0A0AL;
    private static final long LOW_BITS = 0x7F7F_7F7F_7F7F_7F7FL;
    private static final long TOP_BITS = 0x8080_8080_8080_8080L;

    private static final int RESULT_COUNT = 0;
    private static final int RESULT_SCANNED = Long.BYTES;
    private static final int RESULT_POSITIONS = Kernels.NEWLINES_HEADER_BYTES;

    private JavaBytes() {
    }

    /**
     * Eight bytes at a time, read as little endian whatever the machine is, so that the lowest set bit belongs to the first byte.
     */
    static int newlines(final MemorySegment data, final long offset, final int length, final MemorySegment out, final int capacity) {
        int found = 0;
        int at = 0;
        for (; at <= length - Long.BYTES; at += Long.BYTES) {
            for (long marks = markNewlines(data.get(WORD, offset + at)); marks != 0; marks &= marks - 1) {
                final int position = at + Long.numberOfTrailingZeros(marks) / Byte.SIZE;
                put(out, found++, position);
                if (found == capacity) {
                    return finish(out, found, position + 1);
                }
            }
        }
        for (; at < length; at++) {
            if (data.get(JAVA_BYTE, offset + at) == NEWLINE) {
                put(out, found++, at);
                if (found == capacity) {
                    return finish(out, found, at + 1);
                }
            }
        }
        return finish(out, found, length);
    }

    /**
     * The top bit of each byte that is a newline, and no other bit. After the exclusive or, a newline is a zero byte;
     * adding 0x7F to the low seven bits carries into the top bit exactly if one of them is set, and never into the next
     * byte.
     */
    static long markNewlines(final long word) {
        final long zeroes = word ^ NEWLINES;
        return ~((zeroes & LOW_BITS) + LOW_BITS | zeroes | LOW_BITS);
    }

    private static void put(final MemorySegment out, final int index, final int position) {
        out.set(JAVA_INT, RESULT_POSITIONS + (long) index * Integer.BYTES, position);
    }

    private static int finish(final MemorySegment out, final int found, final int scanned) {
        out.set(JAVA_LONG, RESULT_COUNT, found);
        out.set(JAVA_LONG, RESULT_SCANNED, scanned);
        return found;
    }

    /** Whether every piece lies inside, and all together are not too long; if not, nothing was read. */
    static boolean crc32c(final MemorySegment base, final MemorySegment offsets, final MemorySegment lengths, final int count,
            final MemorySegment crcs) {
        long total = 0;
        for (int i = 0; i < count; i++) {
            total += unsigned(lengths, i);
            if (unsigned(offsets, i) + unsigned(lengths, i) > base.byteSize()) {
                return false;
            }
        }
        if (total > Kernels.MAX_BYTES) {
            return false;
        }
        final CRC32C crc = new CRC32C();
        for (int i = 0; i < count; i++) {
            crc.reset();
            crc.update(base.asSlice(unsigned(offsets, i), unsigned(lengths, i)).asByteBuffer());
            crcs.set(JAVA_INT, (long) i * Integer.BYTES, (int) crc.getValue());
        }
        return true;
    }

    static long unsigned(final MemorySegment numbers, final int index) {
        return Integer.toUnsignedLong(numbers.get(JAVA_INT, (long) index * Integer.BYTES));
    }

    /** Bytes before the first that is not ASCII. */
    static int validAscii(final MemorySegment data, final long offset, final int length) {
        int at = 0;
        while (at <= length - Long.BYTES && (data.get(WORD, offset + at) & TOP_BITS) == 0) {
            at += Long.BYTES;
        }
        while (at < length && data.get(JAVA_BYTE, offset + at) >= 0) {
            at++;
        }
        return at;
    }

    /** Bytes before the first sequence that is not well-formed: table 3-7 of the Unicode standard. */
    static int validUtf8(final MemorySegment data, final long offset, final int length) {
        int at = 0;
        while (at < length) {
            if (at <= length - Long.BYTES && (data.get(WORD, offset + at) & TOP_BITS) == 0) {
                at += Long.BYTES;
                continue;
            }
            final int bytes = sequence(data, offset + at, length - at);
            if (bytes == 0) {
                return at;
            }
            at += bytes;
        }
        return length;
    }

    /** Length of the well-formed sequence that begins here, or 0. */
    private static int sequence(final MemorySegment data, final long at, final int rest) {
        final int first = data.get(JAVA_BYTE, at) & 0xFF;
        if (first < 0x80) {
            return 1;
        }
        if (first < 0xC2 || first > 0xF4) {
            return 0;
        }
        final int bytes = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        if (rest < bytes) {
            return 0;
        }
        // Only the second byte's range depends on the first: no overlong forms, no surrogates, nothing above U+10FFFF.
        final int second = data.get(JAVA_BYTE, at + 1) & 0xFF;
        final int lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        final int highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        if (second < lowest || second > highest) {
            return 0;
        }
        for (int i = 2; i < bytes; i++) {
            if ((data.get(JAVA_BYTE, at + i) & 0xC0) != 0x80) {
                return 0;
            }
        }
        return bytes;
    }
}
