// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import io.kaelix.Message;
import io.kaelix.Publisher;
import io.kaelix.cli.verify.Sent;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends with one publisher, and keeps what the check at the end needs.
 *
 * <p><b>Threads</b>: one, but for {@link #progress}; {@link #sent} when that one has ended.
 */
abstract class Sender implements Workers.Task {

    /** One message of this many carries the time it was sent at, unless all do: a power of two. */
    private static final int SAMPLE_INTERVAL = 1024;

    protected final Publisher publisher;
    protected final Workers workers;
    protected long messages;
    protected long bytes;
    protected long checksum;

    private final int publisherId;
    private final Backoff backoff;
    private final AtomicLong progress = new AtomicLong();

    Sender(final Publisher publisher, final Workers workers, final boolean crowded, final long checksum) {
        this.publisher = publisher;
        this.publisherId = publisher.id();
        this.workers = workers;
        this.backoff = new Backoff(crowded);
        this.checksum = checksum;
    }

    @Override
    public final void run() throws Exception {
        try (publisher) {
            send();
        }
    }

    /** Sends until there is no more, or {@link Workers#isStopping}. */
    abstract void send() throws Exception;

    /** The time for every so many messages, for the others none: a clock reading costs as much as a message. */
    protected final long sampledTimestamp() {
        return (messages & SAMPLE_INTERVAL - 1) == 0 ? System.nanoTime() : Message.NO_TIMESTAMP;
    }

    /**
     * After a message was refused: waits a little if it makes sense to send it again.
     *
     * @return whether it does
     */
    protected final boolean awaitRoom(final long result) {
        if (result != Publisher.BACK_PRESSURED || workers.isStopping()) {
            return false;
        }
        backoff.idle();
        return true;
    }

    /** A message that had to wait was sent. */
    protected final void foundRoom() {
        backoff.reset();
    }

    /** Shows {@link #progress} what was sent so far. */
    protected final void publishProgress() {
        progress.setRelease(messages);
    }

    /** Messages sent so far, or a little less. Any thread. */
    final long progress() {
        return progress.getAcquire();
    }

    /** What it sent, when it has ended. */
    final Sent sent() {
        return new Sent(publisherId, messages, bytes, checksum);
    }
}
