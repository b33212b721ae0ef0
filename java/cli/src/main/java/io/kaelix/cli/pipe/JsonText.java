// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * JSON as bytes, in an array that grows and is used again.
 *
 * <p><b>Threads</b>: one.
 */
final class JsonText {

    private static final byte[] HEX = "0123456789abcdef".getBytes(UTF_8);
    /** What one byte may become. */
    private static final int LONGEST_ESCAPE = 6;
    private static final int LONGEST_NUMBER = 20;

    private byte[] bytes = new byte[4096];
    private int length;

    void clear() {
        length = 0;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** As it is. */
    JsonText ascii(final String text) {
        final int added = text.length();
        reserve(added);
        for (int i = 0; i < added; i++) {
            bytes[length + i] = (byte) text.charAt(i);
        }
        length += added;
        return this;
    }

    JsonText number(final long value) {
        if (value < 0) {
            return ascii(Long.toString(value));
        }
        reserve(LONGEST_NUMBER);
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        long rest = value;
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    /** A text. */
    JsonText quoted(final String text) {
        final byte[] utf8 = text.getBytes(UTF_8);
        return quotedUtf8(utf8, utf8.length);
    }

    /** Bytes that need no escape. */
    JsonText quotedPlain(final byte[] plain) {
        reserve(plain.length + 2L);
        bytes[length++] = '"';
        System.arraycopy(plain, 0, bytes, length, plain.length);
        length += plain.length;
        bytes[length++] = '"';
        return this;
    }

    /** A text that is valid UTF-8. */
    JsonText quotedUtf8(final byte[] utf8, final int count) {
        reserve((long) count + 2);
        bytes[length++] = '"';
        for (int i = 0; i < count; i++) {
            final byte b = utf8[i];
            if (b >= 0 && b < ' ' || b == '"' || b == '\\') {
                reserve(LONGEST_ESCAPE + count - i + 1L);
                escape(b);
            } else {
                bytes[length++] = b;
            }
        }
        bytes[length++] = '"';
        return this;
    }

    private void escape(final byte b) {
        bytes[length++] = '\\';
        switch (b) {
            case '"', '\\' -> bytes[length++] = b;
            case '\n' -> bytes[length++] = 'n';
            case '\r' -> bytes[length++] = 'r';
            case '\t' -> bytes[length++] = 't';
            default -> {
                bytes[length++] = 'u';
                bytes[length++] = '0';
                bytes[length++] = '0';
                bytes[length++] = HEX[b >> 4];
                bytes[length++] = HEX[b & 0xF];
            }
        }
    }

    private void reserve(final long more) {
        if (more > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Math.max(length + more, 2L * bytes.length), Integer.MAX_VALUE - 8));
        }
    }
}
