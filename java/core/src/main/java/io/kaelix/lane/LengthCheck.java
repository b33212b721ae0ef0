// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import io.kaelix.KaelixException;
import io.kaelix.memory.NativeMemory;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameMessage;

/**
 * Checks a length word before it is followed. It was loaded once: what is checked is what is used.
 *
 * <p>A ring is written by the publisher's process; a stray pointer or a truncated file must end in an error that names the lane, not in a
 * reader that runs through memory.
 */
final class LengthCheck {

    private LengthCheck() {
    }

    /**
     * Bytes to skip for a padding word. Padding is there because a frame did not fit, so it is shorter than the longest frame; it lies
     * below intent, so that a ring full of stray padding ends in an error too, and not in a walk round and round.
     */
    static int padding(final int word, final long position, final Lane lane) {
        final int bytes = -word;
        final long index = position & lane.capacity() - 1;
        if (bytes <= 0 || (bytes & FrameDescriptor.ALIGNMENT - 1) != 0 || bytes > LaneDescriptor.maxFrameLength(lane.capacity())
                || bytes > lane.capacity() - index || position + bytes > lane.intent()) {
            throw corrupt(word, index, lane);
        }
        return bytes;
    }

    /** Bytes to the next frame for a length that is not 0 and no padding. */
    static int frame(final int word, final long index, final int capacity, final int maxFrameLength, final Lane lane) {
        if (!isFrame(word, maxFrameLength)) {
            throw corrupt(word, index, lane);
        }
        return step(word, index, capacity, lane);
    }

    /**
     * Whether a word can be the length of a frame, and so is neither 0 nor padding. One comparison, as each
     * reader makes it for each message.
     */
    static boolean isFrame(final int word, final int maxFrameLength) {
        return Integer.compareUnsigned(word - FrameDescriptor.HEADER_LENGTH, maxFrameLength - FrameDescriptor.HEADER_LENGTH) <= 0;
    }

    /** Bytes to the next frame for a length that {@link #isFrame can be one}. */
    static int step(final int word, final long index, final int capacity, final Lane lane) {
        if (word > capacity - index) {
            throw corrupt(word, index, lane);
        }
        return FrameDescriptor.step(word);
    }

    /** For a frame that a message can't show: its headers do not fit into it, or its reference does not make sense. */
    static KaelixException corruptFrame(final FrameMessage message, final int length, final long index, final Lane lane) {
        final int flags = NativeMemory.getInt(lane.ring() + index + FrameDescriptor.FLAGS_OFFSET);
        if (message.isGone() || (flags & FrameDescriptor.FLAG_REFERENCE) != 0 && FrameDescriptor.payloadOffset(flags) <= length) {
            return new KaelixException("corrupt frame at byte " + index + " of the lane of publisher " + lane.publisherId()
                    + ": its reference of " + (length - FrameDescriptor.payloadOffset(flags)) + " bytes leads to no payload, or not into it"
                    + "; something wrote over it; this lane can't be read on");
        }
        return corruptHeaders(length, index, lane);
    }

    /** For a frame whose headers do not fit into it. */
    static KaelixException corruptHeaders(final int length, final long index, final Lane lane) {
        return new KaelixException("corrupt frame at byte " + index + " of the lane of publisher " + lane.publisherId()
                + ": its headers end behind its " + length + " bytes; something wrote over it; this lane can't be read on");
    }

    private static KaelixException corrupt(final int word, final long index, final Lane lane) {
        return new KaelixException("corrupt length " + word + " at byte " + index + " of the lane of publisher " + lane.publisherId()
                + " (capacity " + lane.capacity() + "): something wrote over it; this lane can't be read on");
    }
}
