// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.util.regex.Pattern;

/** What the parser says about a text that is not TOML, with what to do about it. */
final class Syntax {

    private static final Pattern LINE = Pattern.compile("line (\\d{1,9}), column ");

    /** What is met first in a line tells a heading from a key and from a comment. */
    private static final String HEADING_ENDS = "[=#\n";

    private Syntax() {
    }

    /** The parser's message, with a remedy where it has none; the lines that it mentions are those of the file. */
    static String explain(final String told, final TomlLines lines) {
        final String message = LINE.matcher(told)
                .replaceAll(match -> "line " + lines.inFile(Integer.parseInt(match.group(1))) + ", column ");
        if (message.contains("previously defined")) {
            return message + ": keep one of the two";
        }
        return message.startsWith("Nesting") ? message + ": no key of a configuration has more than three" : message;
    }

    /** Whether a line, from 1, may be a heading: if it is broken, nobody knows what the keys below it belong to. */
    static boolean mayBeHeading(final String text, final int line) {
        int start = 0;
        for (int i = 1; i < line; i++) {
            start = text.indexOf('\n', start) + 1;
            if (start == 0) {
                return false;
            }
        }
        // Also behind what should not be there: a space that is none, a byte order mark, the rest of a word.
        while (start < text.length() && HEADING_ENDS.indexOf(text.charAt(start)) < 0) {
            start++;
        }
        return start < text.length() && text.charAt(start) == '[';
    }
}
