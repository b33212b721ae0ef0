// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.kaelix.bench.trial.TrialException;
import java.io.Closeable;
import java.io.IOException;

/** A server that is one thread, which does its work in turns. */
final class PollingServer implements Link.Server {

    private static final long END_MILLIS = 10_000;

    private final String address;
    private final Thread thread;
    private final Closeable behind;
    private volatile boolean stopping;
    private volatile Throwable failure;

    /** A turn: what there is to do now. */
    @FunctionalInterface
    interface Turn {

        void run() throws Exception;
    }

    /**
     * Starts.
     *
     * @param behind what is closed when the thread has ended
     */
    PollingServer(final String address, final Turn turn, final Closeable behind) {
        this.address = address;
        this.behind = behind;
        thread = Thread.ofPlatform().daemon().name("server").start(() -> {
            try {
                while (!stopping) {
                    turn.run();
                }
            } catch (final Throwable e) {
                failure = e;
            }
        });
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public void close() throws IOException, TrialException {
        stopping = true;
        try {
            thread.join(END_MILLIS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new TrialException("the server's thread is stuck in its system");
        }
        behind.close();
        if (failure != null) {
            throw new TrialException("the server failed: " + failure);
        }
    }
}
