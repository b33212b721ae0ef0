// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

/**
 * Something that a {@link Loop} serves: a connection, or what accepts them.
 *
 * <p>One thread: the loop's.
 */
abstract class Served {

    /** Turn of the loop until which it counts as active. */
    long activeUntil;
    /** Whether the loop has it. */
    boolean added;
    /** Whether it is among the active ones. */
    boolean active;
    /** Whether its socket may have something, where the selector is asked for that. */
    boolean ready;

    /**
     * Does what there is to do.
     *
     * @param now {@link System#nanoTime}
     * @param readable whether its socket may have something
     * @return how much was done
     */
    abstract int turn(long now, boolean readable);

    /** No turn comes any more: gives up what it holds. */
    abstract void stop();

    /** Whether it is served no more. */
    abstract boolean isOver();

    /** A turn of it, or what it was told to do, threw: others go on without it. */
    void failed(final Throwable failure) {
        System.getLogger(Loop.class.getName()).log(System.Logger.Level.ERROR, "a connection failed, and is given up", failure);
        stop();
    }

    /** Whether it is looked at in each turn for a while after it was active; else only when its socket has something, and now and then. */
    boolean isWatched() {
        return true;
    }
}
