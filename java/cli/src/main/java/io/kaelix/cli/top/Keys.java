// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import java.io.IOException;

/** Keys of a terminal: characters as they are, and the sequences that it sends for other keys as one number each. */
final class Keys {

    /** No key was pressed in time. */
    static final int NONE = -2;
    /** The terminal is gone. */
    static final int GONE = -1;
    static final int CTRL_C = 3;
    static final int CTRL_D = 4;
    /** Beyond all characters. */
    static final int UP = 0x110000;
    static final int DOWN = UP + 1;
    static final int PAGE_UP = UP + 2;
    static final int PAGE_DOWN = UP + 3;
    static final int HOME = UP + 4;
    static final int END = UP + 5;
    /** A key that means nothing here. */
    static final int OTHER = UP + 6;

    private static final int ESCAPE = 27;
    private static final int LONGEST_SEQUENCE = 16;
    /** The rest of a sequence follows at once; over a slow line, within this. */
    private static final int SEQUENCE_MILLIS = 50;

    private Keys() {
    }

    /** Where characters come from. */
    @FunctionalInterface
    interface Source {
        /** The next character, {@link #NONE} if there is none in time, {@link #GONE} at the end. */
        int read(long millis) throws IOException;
    }

    /** The next key, {@link #NONE} if there is none in time, {@link #GONE} at the end. */
    static int next(final Source source, final long millis) throws IOException {
        final int first = source.read(millis);
        if (first != ESCAPE) {
            return first;
        }
        final int second = source.read(SEQUENCE_MILLIS);
        if (second != '[' && second != 'O') {
            return OTHER;
        }
        final StringBuilder sequence = new StringBuilder();
        int c = source.read(SEQUENCE_MILLIS);
        while (c >= ' ' && c < '@' && sequence.length() < LONGEST_SEQUENCE) {
            sequence.append((char) c);
            c = source.read(SEQUENCE_MILLIS);
        }
        return c < 0 ? OTHER : named(sequence.append((char) c).toString());
    }

    private static int named(final String sequence) {
        return switch (sequence) {
            case "A" -> UP;
            case "B" -> DOWN;
            case "H", "1~", "7~" -> HOME;
            case "F", "4~", "8~" -> END;
            case "5~" -> PAGE_UP;
            case "6~" -> PAGE_DOWN;
            default -> OTHER;
        };
    }
}
