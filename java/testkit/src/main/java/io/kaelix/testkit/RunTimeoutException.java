// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit;

/**
 * A run of the {@link PerformanceTestHarness} did not end in its time: most likely its handler hangs, or is slower than the load. The cause
 * shows where its receiving thread was.
 */
public final class RunTimeoutException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * @param message how far the run was, where it hangs, the remedy
     * @param stack of the thread that receives
     */
    public RunTimeoutException(final String message, final StackTraceElement[] stack) {
        super(message, new Whereabouts(stack));
    }

    /** Where the receiving thread was. */
    private static final class Whereabouts extends Exception {

        private static final long serialVersionUID = 1L;

        Whereabouts(final StackTraceElement[] stack) {
            super("the receiving thread was here", null, false, true);
            setStackTrace(stack);
        }
    }
}
