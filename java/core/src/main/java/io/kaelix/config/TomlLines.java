// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.util.Arrays;

/**
 * A TOML text without the lines that say nothing, blank ones and comments, and which line of the file each of the others was. The time that
 * the parser takes grows with the third power of how many such lines follow each other: three thousand take minutes.
 *
 * <p>Only what is between strings is left out, and comments with characters that TOML forbids stay, for the parser to refuse.
 */
final class TomlLines {

    private static final char END = '\0';

    private static final String PARTING = ",.=[]{}";

    private final String text;
    private final StringBuilder kept;
    private int[] numbers = new int[64];
    private int count;
    private int parts;
    private int blanks;

    /** Of the multi-line string that the line begins in; {@link #END} if there is none. */
    private char quote = END;

    private TomlLines(final String text) {
        this.text = text;
        this.kept = new StringBuilder(text.length());
    }

    static TomlLines of(final String text) {
        final TomlLines lines = new TomlLines(text);
        int number = 1;
        for (int start = 0; start < text.length(); number++) {
            final int newline = text.indexOf('\n', start);
            final int end = newline < 0 ? text.length() : newline + 1;
            lines.line(number, start, end);
            start = end;
        }
        return lines;
    }

    /** The lines that are left. */
    String text() {
        return kept.toString();
    }

    /** How many are left. */
    int count() {
        return count;
    }

    /** How many commas, dots, equals signs and brackets stand outside of strings: a bound for what the parser makes of it. */
    int parts() {
        return parts;
    }

    /**
     * How many blank lines and comments are left, since they seem to be of a text of many lines. Where they are not (quotes can stand where
     * no text may begin) the parser takes its time for them.
     */
    int blanks() {
        return blanks;
    }

    /** The line of the file, from 1, that a line of the text was; the end of the text is behind the last. What is no line stays it. */
    int inFile(final int line) {
        return line < 1 ? line : line <= count ? numbers[line - 1] : count == 0 ? line : numbers[count - 1] + line - count;
    }

    private void line(final int number, final int start, final int end) {
        if (saysNothing(start, end)) {
            if (quote == END) {
                return;
            }
            blanks++;
        }
        if (count == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * count);
        }
        numbers[count++] = number;
        kept.append(text, start, end);
        scan(start, end);
    }

    private boolean saysNothing(final int start, final int end) {
        int at = start;
        while (at < end && isBlank(text.charAt(at))) {
            at++;
        }
        if (at < end && text.charAt(at) == '#') {
            while (at < end && (text.charAt(at) >= ' ' && text.charAt(at) != 0x7F || text.charAt(at) == '\t')) {
                at++;
            }
        }
        return text.startsWith("\r\n", at) || at == end || text.charAt(at) == '\n';
    }

    private static boolean isBlank(final char c) {
        return c == ' ' || c == '\t';
    }

    /** Follows strings through a line, to know whether the next begins inside of one. */
    private void scan(final int start, final int end) {
        int at = start;
        while (at < end) {
            final char c = text.charAt(at);
            if (quote != END) {
                at = inside(at, c);
            } else if (c == '#') {
                return;
            } else if (c != '"' && c != '\'') {
                parts += PARTING.indexOf(c) >= 0 ? 1 : 0;
                at++;
            } else if (text.startsWith(String.valueOf(c).repeat(3), at)) {
                quote = c;
                at += 3;
            } else {
                at = afterString(at + 1, end, c);
            }
        }
    }

    /** One step in a multi-line string: it ends with the last three of three to five quotes. */
    private int inside(final int at, final char c) {
        if (c == '\\' && quote == '"') {
            return at + 2;
        }
        if (c != quote) {
            return at + 1;
        }
        int run = 1;
        while (run < 5 && at + run < text.length() && text.charAt(at + run) == quote) {
            run++;
        }
        if (run >= 3) {
            quote = END;
        }
        return at + run;
    }

    /** Behind the end of a string of one line. */
    private int afterString(final int start, final int end, final char c) {
        int at = start;
        while (at < end && text.charAt(at) != c) {
            at += text.charAt(at) == '\\' && c == '"' ? 2 : 1;
        }
        return at + 1;
    }
}
