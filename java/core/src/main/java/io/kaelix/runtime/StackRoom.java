// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

/**
 * Whether the calling thread has stack left for what must not stop half-way: with a lock in hand, or where links of a structure are open.
 *
 * <p>A stack that overflows does so at any call. Where it is asked for room first, it overflows here instead, before anything has happened.
 */
final class StackRoom {

    /** Calls of each other, of 32 bytes at the least and a hundred or so before they are compiled: some kilobytes, a tenth of a microsecond. */
    private static final int CALLS = 128;

    private StackRoom() {
    }

    /** @throws StackOverflowError if a dozen calls further on it might be thrown */
    static void require() {
        if (take(CALLS, 1, 2, 3) == 0) {
            throw new AssertionError("a sum of numbers above 0 is above 0");
        }
    }

    private static long take(final int calls, final long one, final long two, final long three) {
        return calls == 0 ? one : take(calls - 1, two, three, one) + two;
    }
}
