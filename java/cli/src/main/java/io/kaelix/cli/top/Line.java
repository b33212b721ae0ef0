// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

/** A line of a picture, of characters that take one column each and nothing that moves a cursor. */
record Line(String text, Style style) {

    /** How a line looks where a terminal can. */
    enum Style {
        /** As it is. */
        PLAIN,
        /** The head of a table. */
        TITLE,
        /** Something is lost, failed or unwell. */
        WARNING
    }

    private static final int FIRST_PRINTABLE = ' ';
    private static final int LAST_PRINTABLE = '~';
    private static final String CUT = "..";

    static Line plain(final String text) {
        return new Line(text, Style.PLAIN);
    }

    /** No longer than so many columns, its end cut. */
    Line upTo(final int width) {
        return text.length() <= width ? this : new Line(text.substring(0, Math.max(0, width)), style);
    }

    /**
     * A text of another process in exactly so many columns. Names are foreign: what is no printable ASCII, such as the start of an order
     * to the terminal, becomes a question mark. A name that is cut loses its middle, since the numbers that tell names apart are last.
     */
    static String foreign(final String name, final int width) {
        final String clean = clean(name);
        if (clean.length() > width && width > 2 * CUT.length()) {
            final int tail = (width - CUT.length()) / 2;
            return clean.substring(0, width - CUT.length() - tail) + CUT + clean.substring(clean.length() - tail);
        }
        return clean.length() > width ? clean.substring(0, width) : clean + " ".repeat(width - clean.length());
    }

    /** The same in as many columns as it has. */
    static String clean(final String name) {
        final StringBuilder clean = new StringBuilder();
        name.codePoints().forEach(c -> clean.append(c < FIRST_PRINTABLE || c > LAST_PRINTABLE ? '?' : (char) c));
        return clean.toString();
    }
}
