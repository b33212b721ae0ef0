// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.numa;

/** Holds handles that change a thread to that thread. */
final class OwnThread {

    private OwnThread() {
    }

    static void check(final Thread owner, final String what) {
        final Thread current = Thread.currentThread();
        if (current != owner) {
            throw new IllegalStateException("thread \"" + owner.getName() + "\" was " + what + ", but \"" + current.getName()
                    + "\" closes the handle: close it on the thread that it is about");
        }
    }
}
