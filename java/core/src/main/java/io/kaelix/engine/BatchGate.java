// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;

/**
 * Who may be at what a batch holds.
 *
 * <pre>
 *   subscriber's ── retain ──► kept: for whichever thread takes it, one at a time ── release ──► subscriber's again
 *   its thread, inside of enter and exit                                            ── close ────► nobody's
 * </pre>
 *
 * <p>While the batch is its subscriber's, it is entered as that is, so that no close on another thread takes a lane from under it. Once it
 * is kept the subscriber has no part in it: a flag is taken, so that no release on another thread takes memory from under it.
 *
 * <p><b>Threads</b>: any.
 */
final class BatchGate {

    private static final VarHandle IN_USE;

    static {
        try {
            IN_USE = MethodHandles.lookup().findVarHandle(BatchGate.class, "inUse", boolean.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final LaneSubscriber subscriber;
    private final LaneBatch batch;
    /** Topics of what is kept, else null. Set by the subscriber's thread, taken away by whoever is inside. */
    private volatile KeptTopics kept;
    /** Whether a thread is at what is kept. */
    private volatile boolean inUse;
    private volatile boolean closed;

    BatchGate(final LaneSubscriber subscriber, final LaneBatch batch) {
        this.subscriber = subscriber;
        this.batch = batch;
    }

    /** Topics of what is kept; null while the batch is its subscriber's. */
    KeptTopics kept() {
        return kept;
    }

    /** Before a poll into it. */
    void checkFillable() {
        if (closed) {
            throw new IllegalStateException("this batch is closed: make another");
        }
        if (kept != null) {
            throw new IllegalStateException("this batch is retained: release it before you poll into it, or poll into another");
        }
    }

    /** For what looks at numbers and columns only. */
    void checkThread() {
        if (kept == null) {
            subscriber.checkThread();
        }
    }

    /** Before the batch touches messages: from here to {@link #exit} they stay. */
    void enter() {
        if (kept != null) {
            enterKept();
        } else {
            enterFilled();
        }
    }

    /** The same of one that is its subscriber's, by that one's thread. */
    void enterFilled() {
        subscriber.enter();
        if (!subscriber.holds(batch)) {
            subscriber.exit();
            throw new IllegalStateException(closed ? "this batch is closed: make another"
                    : "this batch holds nothing: its messages were released, or it was not filled yet; poll into it");
        }
    }

    /** The same of one that is kept. */
    void enterKept() {
        // SYNC: pairs with the store in exitKept: who takes it sees what the one before did.
        if (!IN_USE.compareAndSet(this, false, true)) {
            throw new IllegalStateException("this batch is in use, by another thread or by whoever calls this handler: one at a time");
        }
        if (kept == null) {
            exitKept();
            throw new IllegalStateException("this batch was released by another thread");
        }
    }

    /** What {@link #enter} began ends. */
    void exit() {
        // As it was found there: only who is inside changes it, and he leaves in another way.
        if (kept != null) {
            exitKept();
        } else {
            subscriber.exit();
        }
    }

    private void exitKept() {
        inUse = false;
        // Until here it is no leak.
        Reference.reachabilityFence(batch);
    }

    /** It is kept from here on, by the subscriber's thread, inside. */
    void keep(final KeptTopics topics) {
        kept = topics;
    }

    /** It is not any more; leaves. By who entered. */
    void endKept(final boolean forGood) {
        closed |= forGood;
        kept = null;
        exitKept();
    }

    /** Not to be filled any more. */
    void close() {
        closed = true;
    }
}
