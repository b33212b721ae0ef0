// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** A task that has a result: its own future, so that there is one object for each. What depends on it runs on the same scheduler. */
final class ResultTask<T> extends CompletableFuture<T> implements Runnable {

    private static final VarHandle CLAIMED;

    static {
        try {
            CLAIMED = MethodHandles.lookup().findVarHandle(ResultTask.class, "claimed", boolean.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Executor executor;
    private Callable<? extends T> callable;
    /** By the worker that runs it, or by who cancels it before: one of the two. */
    private boolean claimed;

    ResultTask(final Callable<? extends T> callable, final Executor executor) {
        this.callable = callable;
        this.executor = executor;
    }

    @Override
    public void run() {
        if (!CLAIMED.compareAndSet(this, false, true)) {
            return;
        }
        final Callable<? extends T> work = callable;
        callable = null;
        // Whoever completed it does not need it to be run.
        if (isDone()) {
            return;
        }
        try {
            complete(work.call());
        } catch (final Throwable e) {
            completeExceptionally(e);
            Failures.count();
        }
    }

    /**
     * Before it has begun: then it never runs. While it runs, the future is cancelled and the run goes on, as with any CompletableFuture.
     */
    @Override
    public boolean cancel(final boolean mayInterruptIfRunning) {
        if (CLAIMED.compareAndSet(this, false, true)) {
            callable = null;
        }
        return super.cancel(mayInterruptIfRunning);
    }

    @Override
    public Executor defaultExecutor() {
        return executor;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new ResultTask<>(null, executor);
    }
}
