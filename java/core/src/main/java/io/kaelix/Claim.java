// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.lang.foreign.MemorySegment;

/**
 * Space in a lane for one message, written in place: building the message is publishing it, nothing is copied.
 *
 * <p>Each publisher has one claim, and hands it out again and again; it is open from a {@link Publisher#tryClaim} that was granted
 * until {@link #commit} or {@link #abort}. Anything else done to a claim that is not open throws
 * {@link IllegalStateException}, as does using it on another thread than the publisher's.
 *
 * <p>The space is not cleared: write every byte that you commit. Offsets are bytes of the payload, numbers are little-endian,
 * an offset outside throws {@link IndexOutOfBoundsException}.
 *
 * {@snippet :
 * Claim claim = publisher.tryClaim(16);
 * if (claim.isOpen()) {
 *     claim.putLong(0, id).putDouble(8, price).commit();
 * }
 * }
 */
public interface Claim {

    /** Whether it was granted and neither committed nor aborted yet. */
    boolean isOpen();

    /**
     * What the last {@link Publisher#tryClaim} came to: at least 0 if it was granted, else {@link Publisher#BACK_PRESSURED},
     * {@link Publisher#CLOSED}, {@link Publisher#TOO_LONG} or {@link Publisher#DROPPED}.
     */
    long result();

    /** Bytes claimed, 0 if it is not open. */
    int length();

    /** Writes a byte. */
    Claim putByte(int offset, byte value);

    /** Writes a 32-bit integer. */
    Claim putInt(int offset, int value);

    /** Writes a 64-bit integer. */
    Claim putLong(int offset, long value);

    /** Writes a double. */
    Claim putDouble(int offset, double value);

    /** Writes bytes of a segment. */
    Claim putBytes(int offset, MemorySegment source, long sourceOffset, int length);

    /** Writes bytes of an array. */
    Claim putBytes(int offset, byte[] source, int sourceOffset, int length);

    /**
     * Publishes all of it.
     *
     * @return position of the lane behind the message, or {@link Publisher#CLOSED} if the streamer was closed since the claim
     */
    long commit();

    /**
     * Publishes the first {@code length} bytes of it.
     *
     * @throws IndexOutOfBoundsException if that is more than was claimed; the claim stays open
     */
    long commit(int length);

    /** Gives the space back: nothing is published. */
    void abort();
}
