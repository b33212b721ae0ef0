// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.report;

import java.util.ArrayDeque;
import java.util.Deque;

/** Writes HTML; every text and attribute value is escaped. For one thread. */
final class Html {

    private final StringBuilder out = new StringBuilder(1 << 16);
    private final Deque<String> open = new ArrayDeque<>();

    /** Starts an element; attributes are name, value, name, value, … */
    Html open(final String tag, final String... attributes) {
        start(tag, attributes);
        open.push(tag);
        return this;
    }

    /** Ends the innermost open element. */
    Html close() {
        out.append("</").append(open.pop()).append(">\n");
        return this;
    }

    /** A whole element with a text in it. */
    Html element(final String tag, final String text, final String... attributes) {
        start(tag, attributes);
        text(text);
        out.append("</").append(tag).append('>');
        return this;
    }

    /** An element that has no end: {@code meta}, {@code link}. */
    Html empty(final String tag, final String... attributes) {
        start(tag, attributes);
        return this;
    }

    Html text(final String text) {
        escape(text);
        return this;
    }

    /** What is HTML already, and trusted: from this package or a library. */
    Html trusted(final String html) {
        out.append(html);
        return this;
    }

    private void start(final String tag, final String... attributes) {
        out.append('<').append(tag);
        for (int i = 0; i < attributes.length; i += 2) {
            out.append(' ').append(attributes[i]).append("=\"");
            escape(attributes[i + 1]);
            out.append('"');
        }
        out.append('>');
    }

    private void escape(final String text) {
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c);
            }
        }
    }

    @Override
    public String toString() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("element " + open.peek() + " is still open");
        }
        return out.toString();
    }
}
