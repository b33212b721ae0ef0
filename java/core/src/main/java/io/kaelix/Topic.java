// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.util.Objects;

/**
 * Name of a stream of messages: 1 to 255 characters, tokens of ASCII letters, digits, {@code -} and {@code _}, separated
 * by single dots, as in {@code orders.eu.new}.
 *
 * @param name as published and matched; case matters
 */
public record Topic(String name) implements Comparable<Topic> {

    /** Most characters in a name. */
    public static final int MAX_LENGTH = 255;

    /**
     * @throws IllegalArgumentException if the name breaks the rules above; the message says where
     */
    public Topic {
        Objects.requireNonNull(name, "name");
        if (name.isEmpty() || name.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "topic must have 1 to " + MAX_LENGTH + " characters, this has " + name.length());
        }
        int tokenStart = 0;
        for (int i = 0; i <= name.length(); i++) {
            if (i == name.length() || name.charAt(i) == '.') {
                if (i == tokenStart) {
                    throw new IllegalArgumentException("topic '" + printable(name) + "' has an empty token at character " + (i + 1)
                            + ": tokens are separated by single dots, with none at either end");
                }
                tokenStart = i + 1;
            } else if (!isTokenCharacter(name.charAt(i))) {
                throw new IllegalArgumentException("topic '" + printable(name) + "' has '" + printable(name.substring(i, i + 1))
                        + "' at character " + (i + 1) + ": tokens are letters, digits, '-' and '_'");
            }
        }
    }

    /** The same as the constructor, reads better in code. */
    public static Topic of(final String name) {
        return new Topic(name);
    }

    static boolean isTokenCharacter(final char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_';
    }

    /** Control characters would garble the terminal that the message ends up on. */
    static String printable(final String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Override
    public int compareTo(final Topic other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
