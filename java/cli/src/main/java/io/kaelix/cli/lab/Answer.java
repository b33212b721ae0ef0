// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.lab;

import java.util.Objects;

/**
 * What was asked of the machine and what was obtained, in the same words where they are the same.
 *
 * @param asked as a reader of the table sees it
 * @param obtained as read back from the kernel
 * @param why one line that explains a difference; empty if there is nothing to explain
 */
record Answer(String asked, String obtained, String why) {

    Answer {
        Objects.requireNonNull(asked, "asked");
        Objects.requireNonNull(obtained, "obtained");
        Objects.requireNonNull(why, "why");
    }

    /** An answer that explains itself. */
    static Answer of(final Object asked, final Object obtained) {
        return new Answer(asked.toString(), obtained.toString(), "");
    }

    /** Whether what was obtained is what was asked. */
    boolean equal() {
        return asked.equals(obtained);
    }
}
