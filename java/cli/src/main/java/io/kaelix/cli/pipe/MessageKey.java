// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.kaelix.cli.console.CommandException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Finds the key in a line: a field by its number, as {@code awk} counts them, or what a regular expression matches: its first group, or all
 * of it if there is none. Lines are bytes, and so is what the expression sees: a letter beyond ASCII is several of them.
 *
 * <p><b>Threads</b>: one.
 */
public final class MessageKey {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}");

    private final Matcher matcher;

    private MessageKey(final Pattern pattern) {
        matcher = pattern.matcher("");
    }

    /**
     * By what the command line says.
     *
     * @throws CommandException if that is neither a field nor an expression
     */
    public static MessageKey of(final String text) {
        if (NUMBER.matcher(text).matches()) {
            final int field = Integer.parseInt(text);
            if (field == 0) {
                throw CommandException.usage("--key 0: fields are counted from 1");
            }
            return new MessageKey(Pattern.compile("^[ \\t]*+(?:[^ \\t]++[ \\t]++){" + (field - 1) + "}([^ \\t]++)", Pattern.DOTALL));
        }
        try {
            // As the bytes of the lines are seen.
            return new MessageKey(Pattern.compile(new String(text.getBytes(UTF_8), ISO_8859_1)));
        } catch (final PatternSyntaxException e) {
            throw CommandException.usage("--key '" + text + "' is neither the number of a field nor a regular expression: "
                    + e.getDescription());
        }
    }

    /** The key of a line, or null if it has none. */
    byte[] find(final byte[] line, final int length) {
        matcher.reset(new String(line, 0, length, ISO_8859_1));
        if (!matcher.find()) {
            return null;
        }
        final String key = matcher.group(matcher.groupCount() > 0 ? 1 : 0);
        return key == null ? null : key.getBytes(ISO_8859_1);
    }
}
