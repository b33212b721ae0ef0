// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stress;

import io.kaelix.Message;
import io.kaelix.MessageHandler;
import io.kaelix.memory.NativeMemory;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameMessage;

/** Receives frames of a {@link NumberedLane}: are they whole, and are they the next ones? */
public final class FrameCheck implements MessageHandler {

    private final int reads;
    private int frames;
    private int first = -1;
    private int last = -1;
    private boolean whole = true;
    private boolean contiguous = true;
    private boolean ascending = true;

    /** Knows nothing of what is to come. */
    public FrameCheck() {
        reads = 1;
    }

    /** Expects frame {@code first} as the first. */
    public FrameCheck(final int first) {
        this(first, 1);
    }

    /** Expects frame {@code first} as the first, and takes its time: reads each so many times over. */
    public FrameCheck(final int first, final int reads) {
        this.reads = reads;
        last = first - 1;
    }

    @Override
    public void onMessage(final Message message) {
        final int number = message.streamId();
        for (int read = 0; read < reads; read++) {
            whole &= isWhole((FrameMessage) message, number);
        }
        if (frames++ == 0) {
            first = number;
            contiguous &= last < 0 || number == last + 1;
        } else {
            contiguous &= number == last + 1;
        }
        ascending &= number > last;
        last = number;
    }

    private static boolean isWhole(final FrameMessage message, final int number) {
        final int length = message.length();
        boolean same = message.sequence() == number && length > 0 && length % Long.BYTES == 0;
        for (int offset = 0; same && offset < length; offset += Long.BYTES) {
            same = message.getLong(offset) == number;
        }
        // The commit word stands while its frame is being read: to zero it is the first that a writer does to a frame that was passed.
        final int word = NativeMemory.getIntAcquire(message.frame() + FrameDescriptor.LENGTH_OFFSET);
        return same && word == FrameDescriptor.HEADER_LENGTH + length;
    }

    /** How many came. */
    public int frames() {
        return frames;
    }

    /** Number of the first, -1 if none came. */
    public int first() {
        return first;
    }

    /** Whether all were whole, in order, and none was missing between them. */
    public boolean isContiguous() {
        return whole && contiguous;
    }

    /** Whether all were whole and in order. */
    public boolean isAscending() {
        return whole && ascending;
    }
}
