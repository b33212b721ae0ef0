// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.console;

/**
 * One line on a terminal that is redrawn while a run goes on; nothing at all where there is no terminal.
 *
 * <p><b>Threads</b>: one.
 */
public final class ProgressLine {

    private static final String START_OF_LINE = "\r";
    private static final String CLEAR_TO_END = "\u001b[K";

    private final Terminal terminal;
    private boolean drawn;

    /** On the terminal's standard error. */
    public ProgressLine(final Terminal terminal) {
        this.terminal = terminal;
    }

    /** Whether anybody sees it. */
    public boolean isLive() {
        return terminal.live();
    }

    /** Shows a text in place of the last one. */
    public void draw(final String text) {
        if (isLive()) {
            terminal.err().print(START_OF_LINE + text + CLEAR_TO_END);
            terminal.err().flush();
            drawn = true;
        }
    }

    /** Leaves the line empty for what comes next. */
    public void clear() {
        if (drawn) {
            terminal.err().print(START_OF_LINE + CLEAR_TO_END);
            terminal.err().flush();
            drawn = false;
        }
    }
}
