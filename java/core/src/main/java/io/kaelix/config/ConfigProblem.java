// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.util.Objects;

/**
 * One thing that is wrong with a configuration.
 *
 * @param where name of the file or of the variable; {@code code} for what the program itself set
 * @param line in the file, from 1; 0 if there is none
 * @param column in the line, from 1; 0 if there is none
 * @param key that it is about, as {@code runtime.worker_threads}; empty if it is about none
 * @param text what is wrong, what is allowed and what to do, in one line
 */
public record ConfigProblem(String where, int line, int column, String key, String text) {

    private static final int LONGEST = 500;

    /** Whatever the text quotes, it is one printable line of bounded length. */
    public ConfigProblem {
        Objects.requireNonNull(key, "key");
        where = Shown.path(where);
        text = Shown.plain(text, LONGEST);
    }

    /** One line: {@code kaelix.toml:3:18: runtime.worker_threads must be …}. */
    public String message() {
        return where + (line > 0 ? ":" + line + ':' + column : "") + ": " + text;
    }

    @Override
    public String toString() {
        return message();
    }
}
