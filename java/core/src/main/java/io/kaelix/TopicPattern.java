// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.util.Objects;

/**
 * Topics that a subscriber wants: a topic's name, in which a token may be {@code *} (any one token), and the last may be
 * {@code >} (one or more tokens, the rest). {@code orders.*} matches {@code orders.eu} and not {@code orders.eu.new};
 * {@code orders.>} matches both; {@code >} matches every topic.
 *
 * @param text as written
 */
public record TopicPattern(String text) {

    /**
     * @throws IllegalArgumentException if the text is no topic name with wildcards as above; the message says where
     */
    public TopicPattern {
        Objects.requireNonNull(text, "text");
        // What is left when each wildcard is replaced by a letter must be a topic.
        final String[] tokens = text.split("\\.", -1);
        final StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i].equals(">") && i < tokens.length - 1) {
                throw new IllegalArgumentException("pattern '" + Topic.printable(text)
                        + "': '>' stands for the rest of a topic and must be the last token");
            }
            plain.append(i == 0 ? "" : ".").append(tokens[i].equals("*") || tokens[i].equals(">") ? "x" : tokens[i]);
        }
        try {
            new Topic(plain.toString());
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException("pattern '" + Topic.printable(text) + "': " + e.getMessage()
                    + ", a whole token may be '*', the last may be '>'", e);
        }
    }

    /** The same as the constructor, reads better in code. */
    public static TopicPattern of(final String text) {
        return new TopicPattern(text);
    }

    /** Matches this topic alone. */
    public static TopicPattern of(final Topic topic) {
        return new TopicPattern(topic.name());
    }

    /** Whether a topic is among those wanted. Allocates nothing. */
    public boolean matches(final Topic topic) {
        final String name = topic.name();
        int at = 0;
        int in = 0;
        while (at < text.length()) {
            if (in > name.length()) {
                return false;
            }
            final char c = text.charAt(at);
            if (c == '>') {
                return true;
            }
            final int patternEnd = tokenEnd(text, at);
            final int nameEnd = tokenEnd(name, in);
            if (c != '*' && !(patternEnd - at == nameEnd - in && text.regionMatches(at, name, in, nameEnd - in))) {
                return false;
            }
            at = patternEnd + 1;
            in = nameEnd + 1;
        }
        return in > name.length();
    }

    private static int tokenEnd(final String text, final int from) {
        final int dot = text.indexOf('.', from);
        return dot < 0 ? text.length() : dot;
    }

    @Override
    public String toString() {
        return text;
    }
}
