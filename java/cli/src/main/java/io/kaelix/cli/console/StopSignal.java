// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.console;

/**
 * The user's wish that the command ends early and says what it did so far: Ctrl-C.
 *
 * <p><b>Threads</b>: any.
 */
public final class StopSignal {

    private boolean requested;
    private Runnable listener;

    /** Asks for it. Again is without effect. */
    public void request() {
        final Runnable told;
        synchronized (this) {
            requested = true;
            notifyAll();
            told = listener;
            listener = null;
        }
        if (told != null) {
            told.run();
        }
    }

    /** Whether it was asked for. */
    public synchronized boolean isRequested() {
        return requested;
    }

    /** Waits until it is asked for, or this thread is interrupted, which it stays. */
    public synchronized void await() {
        try {
            while (!requested) {
                wait();
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs an action when it is asked for, or now if it was: at most once. Replaces the action that was given before. */
    public void onRequest(final Runnable action) {
        synchronized (this) {
            if (!requested) {
                listener = action;
                return;
            }
        }
        action.run();
    }
}
