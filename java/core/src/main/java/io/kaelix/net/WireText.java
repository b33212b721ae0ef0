// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Text on the wire: UTF-8 without a length of its own. */
final class WireText {

    private WireText() {
    }

    /** Bytes that a text takes. */
    static int length(final String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Writes a text, and answers the offset behind it. */
    static int put(final String text, final ByteBuffer target, final int at) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        target.put(at, bytes);
        return at + bytes.length;
    }

    /** Refuses a text that takes more bytes than there may be. */
    static void check(final String what, final String text, final int most) {
        if (length(text) > most) {
            throw new IllegalArgumentException(what + " must have at most " + most + " bytes, not " + length(text));
        }
    }

    /** Without what would garble the terminal or the log that it ends up in: control characters are '?'. */
    static String printable(final String text) {
        final StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().map(c -> Character.isISOControl(c) ? '?' : c).forEach(printable::appendCodePoint);
        return printable.toString();
    }

    /** As much of a text as fits, cut between characters; what could not be encoded is '?'. */
    static String cut(final String text, final int most) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int end = Math.min(bytes.length, most);
        while (end < bytes.length && end > 0 && (bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
