// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Idle buffers of one size that no thread keeps for itself: a stack of magazines, by compare-and-set (Treiber).
 *
 * <p>Each push makes a node of its own, which is never pushed again: a node that is seen on top twice is the same one, with the same next,
 * so that the ABA problem cannot occur. That costs an object for each magazine, not for each message.
 *
 * <p><b>Threads</b>: any. Lock-free.
 */
final class Depot {

    /**
     * One magazine in the stack.
     *
     * @param magazine full of buffers
     * @param next below it, or null
     */
    private record Node(long[] magazine, Node next) {
    }

    private static final VarHandle TOP;

    static {
        try {
            TOP = MethodHandles.lookup().findVarHandle(Depot.class, "top", Node.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile Node top;

    /** Puts a magazine on top, which nobody changes from here on. */
    void push(final long[] magazine) {
        Node seen;
        Node node;
        do {
            seen = top;
            node = new Node(magazine, seen);
        } while (!TOP.compareAndSet(this, seen, node));
    }

    /** Takes the top one off, or answers null if there is none. */
    long[] pop() {
        while (true) {
            final Node seen = top;
            if (seen == null) {
                return null;
            }
            if (TOP.compareAndSet(this, seen, seen.next)) {
                return seen.magazine;
            }
        }
    }
}
