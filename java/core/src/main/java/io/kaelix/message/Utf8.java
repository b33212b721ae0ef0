// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.kaelix.memory.NativeMemory;
import java.lang.foreign.MemorySegment;

/**
 * Text as UTF-8, written where it belongs: {@link String#getBytes} would make an array first. Half a surrogate pair becomes '?', as there.
 *
 * <p>A character beyond ASCII is a sequence of up to four bytes, which is held in a long: the first byte lowest, their number in the top
 * byte.
 */
final class Utf8 {

    private static final int COUNT_SHIFT = 56;
    private static final int ASCII = 0x80;

    private Utf8() {
    }

    /** Bytes that a text takes. */
    static int length(final String text) {
        final int chars = text.length();
        long bytes = 0;
        for (int i = 0; i < chars; i++) {
            final char c = text.charAt(i);
            bytes++;
            if (c >= ASCII) {
                final int codePoint = text.codePointAt(i);
                bytes += count(sequence(codePoint)) - 1;
                i += Character.charCount(codePoint) - 1;
            }
        }
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    /** Writes a text into an array, which has room for it. */
    static void encode(final String text, final byte[] target, final int offset) {
        final int chars = text.length();
        int at = offset;
        for (int i = 0; i < chars; i++) {
            final char c = text.charAt(i);
            if (c < ASCII) {
                target[at++] = (byte) c;
            } else {
                final int codePoint = text.codePointAt(i);
                i += Character.charCount(codePoint) - 1;
                long sequence = sequence(codePoint);
                for (int left = count(sequence); left > 0; left--, sequence >>>= Byte.SIZE) {
                    target[at++] = (byte) sequence;
                }
            }
        }
    }

    /** Writes a text into native memory, which has room for it. */
    static void encode(final String text, final long address) {
        final int chars = text.length();
        long at = NativeMemory.base(address);
        for (int i = 0; i < chars; i++) {
            final char c = text.charAt(i);
            if (c < ASCII) {
                NativeMemory.putByte(at++, (byte) c);
            } else {
                final int codePoint = text.codePointAt(i);
                i += Character.charCount(codePoint) - 1;
                long sequence = sequence(codePoint);
                for (int left = count(sequence); left > 0; left--, sequence >>>= Byte.SIZE) {
                    NativeMemory.putByte(at++, (byte) sequence);
                }
            }
        }
    }

    /** Whether bytes are those of a text. */
    static boolean equals(final String text, final MemorySegment memory, final long offset, final int length) {
        final int chars = text.length();
        final long end = offset + length;
        long at = offset;
        for (int i = 0; i < chars; i++) {
            final char c = text.charAt(i);
            if (c < ASCII) {
                if (at == end || memory.get(JAVA_BYTE, at++) != c) {
                    return false;
                }
            } else {
                final int codePoint = text.codePointAt(i);
                i += Character.charCount(codePoint) - 1;
                long sequence = sequence(codePoint);
                for (int left = count(sequence); left > 0; left--, sequence >>>= Byte.SIZE) {
                    if (at == end || memory.get(JAVA_BYTE, at++) != (byte) sequence) {
                        return false;
                    }
                }
            }
        }
        return at == end;
    }

    private static int count(final long sequence) {
        return (int) (sequence >>> COUNT_SHIFT);
    }

    /** The bytes of a character that is not ASCII. */
    private static long sequence(final int codePoint) {
        if (codePoint < 0x800) {
            return 2L << COUNT_SHIFT | tail(codePoint, 0) << 8 | 0xC0 | codePoint >> 6;
        }
        if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
            return 1L << COUNT_SHIFT | '?';
        }
        if (codePoint < Character.MIN_SUPPLEMENTARY_CODE_POINT) {
            return 3L << COUNT_SHIFT | tail(codePoint, 0) << 16 | tail(codePoint, 6) << 8 | 0xE0 | codePoint >> 12;
        }
        return 4L << COUNT_SHIFT | tail(codePoint, 0) << 24 | tail(codePoint, 6) << 16 | tail(codePoint, 12) << 8 | 0xF0 | codePoint >> 18;
    }

    /** A byte that is not the first: six bits of the character. */
    private static long tail(final int codePoint, final int shift) {
        return 0x80 | codePoint >> shift & 0x3F;
    }
}
