// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.memory;

import java.lang.foreign.Arena;

/**
 * A fence for two threads of which only one can afford it.
 *
 * <p>Thread A, on a hot path, stores {@code x} and loads {@code y}; thread B stores {@code y} and loads {@code x}; at least one must see the
 * other's store. With a full fence on both sides that holds, but A would pay for it each time. {@link #withAllThreads} instead makes
 * every thread of the process stop at a safepoint poll, which orders all it did before against all it does after. A's store and load have
 * no poll between them, so that both are before (B sees {@code x}) or both after (A sees {@code y}).
 *
 * <p>Closing a shared {@link Arena} does that: the JVM must make sure that no thread is inside an access to it.
 */
public final class Handshake {

    private Handshake() {
    }

    /** Blocks until every thread has passed a safepoint poll. */
    public static void withAllThreads() {
        Arena.ofShared().close();
    }
}
