// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

/** Logs what tasks throw, with its stack. */
final class LoggingErrorHandler implements TaskErrorHandler {

    private static final System.Logger LOGGER = System.getLogger(TaskScheduler.class.getName());

    @Override
    public void onError(final Runnable task, final Throwable error) {
        LOGGER.log(System.Logger.Level.ERROR, "a task failed, the worker goes on: " + task.getClass().getName() + ": " + error, error);
    }
}
