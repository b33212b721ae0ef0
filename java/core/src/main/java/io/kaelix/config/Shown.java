// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.util.List;

/** Foreign texts and values as messages show them: cut to a length, and without what would garble a terminal. */
final class Shown {

    private static final int MOST = 60;
    private static final int LONGEST_PATH = 4096;

    private Shown() {
    }

    /** A path, as messages and logs show it. */
    static String path(final Object path) {
        return plain(path.toString(), LONGEST_PATH);
    }

    /** In quotes. */
    static String quoted(final String text) {
        return '"' + plain(text, MOST) + '"';
    }

    /** On one line, printable, of at most so many characters. */
    static String plain(final String text, final int most) {
        final int end = text.length() <= most ? text.length() : text.offsetByCodePoints(0, Math.min(most, text.codePointCount(0, most)));
        final StringBuilder shown = new StringBuilder(end + 1);
        text.substring(0, end).codePoints().map(c -> isPrintable(c) ? c : '?').forEach(shown::appendCodePoint);
        return end < text.length() ? shown.append('…').toString() : shown.toString();
    }

    /** Whether a terminal shows it where it stands, and does nothing else. */
    static boolean isPrintable(final int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    /** What it is and what it says. */
    static String value(final Object value) {
        return switch (value) {
            case null -> "null";
            case String text -> "the text " + quoted(text);
            case Long number -> number.toString();
            case Boolean truth -> truth.toString();
            case Double number -> "the fraction " + number;
            case List<?> list -> "a list";
            case Written.Kind kind -> kind.text();
            default -> "the value " + quoted(value.toString());
        };
    }
}
