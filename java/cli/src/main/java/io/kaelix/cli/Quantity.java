// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Digits and a unit right behind them.
 *
 * @param value at least 0
 * @param unit letters, or none
 */
record Quantity(long value, String unit) {

    /** So many digits fit a long. */
    private static final Pattern SYNTAX = Pattern.compile("([0-9]{1,18})([A-Za-z]*)");

    /** Null if the text is none. */
    static Quantity parse(final String text) {
        final Matcher matcher = SYNTAX.matcher(text);
        return matcher.matches() ? new Quantity(Long.parseLong(matcher.group(1)), matcher.group(2)) : null;
    }
}
