// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps each line, as {@code LEVEL text}. */
final class CounterLog implements System.Logger {

    final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public String getName() {
        return "counters";
    }

    @Override
    public boolean isLoggable(final Level level) {
        return true;
    }

    @Override
    public void log(final Level level, final ResourceBundle bundle, final String text, final Throwable thrown) {
        lines.add(level + " " + text);
    }

    @Override
    public void log(final Level level, final ResourceBundle bundle, final String format, final Object... params) {
        lines.add(level + " " + format);
    }
}
