// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

/** Receives the messages of a poll, one at a time, on the thread that polls. */
@FunctionalInterface
public interface MessageHandler {

    /**
     * One message. It may do as it likes but poll the same subscriber. An exception that it throws ends the poll and reaches the
     * caller of it; the message counts as received.
     *
     * @param message valid until this returns, on this thread alone: the same object shows the next message then. Copy what must
     *     outlive the call
     */
    void onMessage(Message message);
}
