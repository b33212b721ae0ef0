// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

/**
 * Is told when the handler of a {@link Subscription} throws. The message counts as received, and the stream goes on.
 *
 * <p><b>Threads</b>: called on the thread that called the handler, right behind it. What it throws itself is logged, and otherwise ignored.
 */
@FunctionalInterface
public interface ErrorHandler {

    /**
     * Called for each message whose handler threw.
     *
     * @param message that it was given, readable until this returns
     * @param error that it threw
     */
    void onError(Message message, Throwable error);
}
