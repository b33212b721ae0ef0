// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import io.kaelix.Claim;
import io.kaelix.Publisher;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends messages that it makes up, written in place. Every word of every payload is another, so that nothing can be left out on
 * the way without the sum of all of them telling.
 */
final class LoadSender extends Sender {

    /** The golden ratio in 64 bits, odd: multiples of it meet every value once before the first comes again. */
    private static final long WORD_STEP = 0x9E3779B97F4A7C15L;

    /** Waits longer than this are slept, but for the last part of them. */
    private static final long SLEEP_NANOS = 200_000;
    private static final long WAKE_EARLY_NANOS = 100_000;

    private final int size;
    private final int batch;
    private final Pace pace;
    private final boolean crowded;
    private long word;

    /**
     * @param pace when each message is due, or null for as fast as it can
     */
    LoadSender(final Publisher publisher, final Workers workers, final boolean crowded, final int size, final int batch,
            final Pace pace) {
        super(publisher, workers, crowded, 0);
        this.size = size;
        this.batch = batch;
        this.pace = pace;
        this.crowded = crowded;
        // Publishers begin far apart, so that one's messages are not taken for another's.
        this.word = Long.rotateLeft(publisher.id() * WORD_STEP, Integer.SIZE);
    }

    @Override
    void send() {
        if (pace == null) {
            while (!workers.isStopping() && sendBatch()) {
                publishProgress();
            }
        } else {
            while (awaitDue(pace.dueNanos(messages)) && sendDue()) {
                publishProgress();
            }
        }
        publishProgress();
        bytes = messages * size;
    }

    private boolean sendBatch() {
        beginBatch();
        int left = batch;
        while (left > 0 && sendOne(sampledTimestamp())) {
            left--;
        }
        endBatch();
        return left == 0;
    }

    /** Sends what is due, a batch at the most. Each message carries when it was due: a stall counts for all that it held up. */
    private boolean sendDue() {
        beginBatch();
        final long now = System.nanoTime();
        boolean sent;
        int count = 0;
        long due = pace.dueNanos(messages);
        do {
            sent = sendOne(due);
            due = pace.dueNanos(messages);
        } while (sent && ++count < batch && due - now <= 0);
        endBatch();
        return sent;
    }

    private void beginBatch() {
        if (batch > 1) {
            publisher.beginBatch();
        }
    }

    private void endBatch() {
        if (batch > 1) {
            publisher.endBatch();
        }
    }

    private boolean sendOne(final long timestamp) {
        Claim claim = publisher.tryClaim(size, timestamp);
        if (!claim.isOpen()) {
            claim = claimWhenRoom(claim, timestamp);
            if (!claim.isOpen()) {
                return false;
            }
        }
        write(claim);
        claim.commit();
        messages++;
        return true;
    }

    private Claim claimWhenRoom(final Claim refused, final long timestamp) {
        Claim claim = refused;
        while (awaitRoom(claim.result())) {
            claim = publisher.tryClaim(size, timestamp);
            if (claim.isOpen()) {
                foundRoom();
                return claim;
            }
        }
        return claim;
    }

    private void write(final Claim claim) {
        final int size = this.size;
        long next = word;
        long sum = checksum;
        int offset = 0;
        for (; offset <= size - Long.BYTES; offset += Long.BYTES) {
            next += WORD_STEP;
            sum += next;
            claim.putLong(offset, next);
        }
        for (; offset < size; offset++) {
            next += WORD_STEP;
            final byte value = (byte) (next >>> Long.SIZE - Byte.SIZE);
            sum += value;
            claim.putByte(offset, value);
        }
        word = next;
        checksum = sum;
    }

    /** Waits for a time; false if the run should end before. */
    private boolean awaitDue(final long due) {
        while (!workers.isStopping()) {
            final long wait = due - System.nanoTime();
            if (wait <= 0) {
                return true;
            }
            if (wait > SLEEP_NANOS) {
                LockSupport.parkNanos(wait - WAKE_EARLY_NANOS);
            } else if (crowded) {
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
        }
        return false;
    }
}
