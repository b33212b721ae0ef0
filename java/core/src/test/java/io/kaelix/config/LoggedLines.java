// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.text.MessageFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Keeps what a class logs, as {@code LEVEL text}, and keeps it from the console. */
final class LoggedLines implements AutoCloseable {

    final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger;
    private final Handler handler = new Handler() {
        @Override
        public void publish(final LogRecord line) {
            final Object[] parameters = line.getParameters();
            lines.add(line.getLevel() + " " + (parameters == null ? line.getMessage() : MessageFormat.format(line.getMessage(), parameters)));
        }

        @Override
        public void flush() {
        }

        @Override
        public void close() {
        }
    };

    LoggedLines(final Class<?> by) {
        logger = Logger.getLogger(by.getName());
        logger.setUseParentHandlers(false);
        logger.addHandler(handler);
    }

    @Override
    public void close() {
        logger.removeHandler(handler);
        logger.setUseParentHandlers(true);
    }
}
