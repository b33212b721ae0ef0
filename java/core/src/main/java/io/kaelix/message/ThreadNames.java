// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

/** Names threads in error messages. */
public final class ThreadNames {

    private ThreadNames() {
    }

    /** A thread's name, or, since virtual threads have none, its number. */
    public static String of(final Thread thread) {
        return thread.getName().isEmpty() ? "#" + thread.threadId() : thread.getName();
    }
}
