// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.kaelix.bench.trial.TrialException;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import java.util.function.Supplier;

/** A server that is one thread, which does its work in turns. */
final class PollingServer implements Link.Server {

    private static final long END_MILLIS = 10_000;

    private final String address;
    private final Thread thread;
    private final Closeable behind;
    private final Supplier<Map<String, Double>> figures;
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
        this(address, turn, behind, Map::of);
    }

    /**
     * The same with figures.
     *
     * @param figures of any thread
     */
    PollingServer(final String address, final Turn turn, final Closeable behind, final Supplier<Map<String, Double>> figures) {
        this.address = address;
        this.behind = behind;
        this.figures = figures;
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
    public Map<String, Double> figures() {
        return figures.get();
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
