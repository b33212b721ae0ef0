// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.util.regex.Pattern;

/** What the parser says about a text that is not TOML, with what to do about it. */
final class Syntax {

    private static final Pattern LINE = Pattern.compile("line (\\d{1,9}), column ");

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

    /** Whether a line, from 1, begins as a heading does: if it is broken, nobody knows what the keys below it belong to. */
    static boolean isHeading(final String text, final int line) {
        int start = 0;
        for (int i = 1; i < line; i++) {
            start = text.indexOf('\n', start) + 1;
            if (start == 0) {
                return false;
            }
        }
        while (start < text.length() && (text.charAt(start) == ' ' || text.charAt(start) == '\t')) {
            start++;
        }
        return start < text.length() && text.charAt(start) == '[';
    }
}
