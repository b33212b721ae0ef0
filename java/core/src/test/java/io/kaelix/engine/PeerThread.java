// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A second thread that lives through a test and does what it is told, step by step. */
final class PeerThread implements AutoCloseable {

    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("peer").factory());

    /** Does it there, and gives its result or failure. */
    <T> T call(final Callable<T> work) throws Exception {
        return result(thread.submit(work));
    }

    /** Begins it there. */
    <T> Future<T> begin(final Callable<T> work) {
        return thread.submit(work);
    }

    static <T> T result(final Future<T> future) throws Exception {
        try {
            return future.get(EngineFixture.DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (final ExecutionException e) {
            if (e.getCause() instanceof final Error error) {
                throw error;
            }
            throw (Exception) e.getCause();
        } catch (final TimeoutException e) {
            throw new AssertionError("the peer thread does not come back", e);
        }
    }

    /** A gate that one thread opens and another waits at. */
    static final class Gate {

        private final CompletableFuture<Void> opened = new CompletableFuture<>();

        void open() {
            opened.complete(null);
        }

        void pass() {
            try {
                result(opened);
            } catch (final Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Waits for what it does, and ends it. */
    @Override
    public void close() {
        thread.close();
    }
}
