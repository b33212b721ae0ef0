// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What a class logs meanwhile, which is not shown. */
final class LogRecords extends Handler implements AutoCloseable {

    private final List<LogRecord> records = new CopyOnWriteArrayList<>();
    private final Logger logger;
    private volatile boolean failing;

    private LogRecords(final Logger logger) {
        this.logger = logger;
    }

    static LogRecords of(final Class<?> type) {
        final LogRecords records = new LogRecords(Logger.getLogger(type.getName()));
        records.logger.setUseParentHandlers(false);
        records.logger.addHandler(records);
        return records;
    }

    List<LogRecord> all() {
        return records;
    }

    List<String> texts() {
        return records.stream().map(LogRecord::getMessage).toList();
    }

    /** Throws from now on. */
    void fail() {
        failing = true;
    }

    @Override
    public void publish(final LogRecord entry) {
        if (failing) {
            throw new IllegalStateException("no log");
        }
        records.add(entry);
    }

    @Override
    public void flush() {
        // There is nothing to flush.
    }

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
    }
}
