// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import java.util.List;

/** Lines as what a terminal is sent. */
final class Ansi {

    /** The other screen, so that what was on this one is there afterwards; no cursor. */
    static final String ENTER = "\u001b[?1049h\u001b[?25l\u001b[H\u001b[2J";
/** Empties the other screen first: tmux, if it was resized meanwhile, brings lines of it along. */
    static final String LEAVE = "\u001b[0m\u001b[H\u001b[2J\u001b[?25h\u001b[?1049l";

    private static final String TO_END_OF_LINE = "\u001b[K";
    private static final String PLAIN = "\u001b[0m";
    private static final String BOLD_RED = "\u001b[1;31m";
    private static final String BOLD = "\u001b[1m";
    private static final String REVERSE = "\u001b[7m";

    private Ansi() {
    }

    /**
     * A frame over the one before: nothing is cleared before it is written over, so nothing flickers.
     *
     * @param lines none longer than {@code width}
     * @param colours whether warnings are red, or bold alone
     */
    static String frame(final List<Line> lines, final int width, final boolean colours) {
        final StringBuilder frame = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            final Line line = lines.get(i);
            // Each line at its place: line ends would scroll a terminal that has just become smaller.
            frame.append("\u001b[").append(i + 1).append(";1H");
            switch (line.style()) {
                case TITLE -> frame.append(REVERSE).append(line.text()).append(" ".repeat(width - line.text().length())).append(PLAIN);
                case WARNING -> frame.append(colours ? BOLD_RED : BOLD).append(line.text()).append(PLAIN);
                default -> frame.append(line.text());
            }
            // Behind the last column a terminal waits for the next character: what is erased there is the last one.
            frame.append(line.text().length() < width && line.style() != Line.Style.TITLE ? TO_END_OF_LINE : "");
        }
        return frame.toString();
    }
}
