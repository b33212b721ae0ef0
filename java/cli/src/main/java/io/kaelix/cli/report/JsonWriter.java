// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.report;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes JSON objects of numbers, texts, truths, arrays and objects: all that a report needs. Names and texts may hold any characters. */
public final class JsonWriter {

    private final StringBuilder text = new StringBuilder();
    private boolean first;

    public JsonWriter beginObject() {
        text.append('{');
        first = true;
        return this;
    }

    public JsonWriter beginObject(final String name) {
        return name(name).beginObject();
    }

    public JsonWriter endObject() {
        text.append('}');
        first = false;
        return this;
    }

    /** An object in an array. */
    public JsonWriter beginElement() {
        separate();
        return beginObject();
    }

    public JsonWriter beginArray(final String name) {
        name(name).text.append('[');
        first = true;
        return this;
    }

    public JsonWriter endArray() {
        text.append(']');
        first = false;
        return this;
    }

    /** An array of whole numbers, each of which may be null. */
    public JsonWriter numbers(final String name, final Collection<Integer> values) {
        name(name).text.append(values.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]")));
        return this;
    }

    /** An array of texts. */
    public JsonWriter texts(final String name, final Collection<String> values) {
        beginArray(name);
        for (final String value : values) {
            separate();
            quoted(value);
        }
        return endArray();
    }

    public JsonWriter field(final String name, final boolean value) {
        name(name).text.append(value);
        return this;
    }

    /** A whole number, or null. */
    public JsonWriter field(final String name, final Long value) {
        name(name).text.append(value);
        return this;
    }

    public JsonWriter field(final String name, final long value) {
        name(name).text.append(value);
        return this;
    }

    /** A finite number with this many decimals. */
    public JsonWriter field(final String name, final double value, final int decimals) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(name + " is " + value + ", for which JSON has no number");
        }
        name(name).text.append(String.format(Locale.ROOT, "%." + decimals + "f", value));
        return this;
    }

    public JsonWriter field(final String name, final String value) {
        return name(name).quoted(value);
    }

    public String text() {
        return text.toString();
    }

    private void separate() {
        if (!first) {
            text.append(',');
        }
        first = false;
    }

    private JsonWriter name(final String name) {
        separate();
        quoted(name).text.append(':');
        return this;
    }

    private JsonWriter quoted(final String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            final char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (c < ' ' || isLoneSurrogate(value, i)) {
                        text.append(String.format("\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
        return this;
    }

    /** Half of a character has no bytes in UTF-8. */
    private static boolean isLoneSurrogate(final String value, final int at) {
        final char c = value.charAt(at);
        return Character.isHighSurrogate(c) && (at + 1 == value.length() || !Character.isLowSurrogate(value.charAt(at + 1)))
                || Character.isLowSurrogate(c) && (at == 0 || !Character.isHighSurrogate(value.charAt(at - 1)));
    }
}
