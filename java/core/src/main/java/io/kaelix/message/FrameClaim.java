// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import io.kaelix.Claim;
import io.kaelix.memory.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Objects;

/**
 * A publisher's claim: shows the payload of the frame that was claimed last, to the publisher's thread, while it is open.
 *
 * <p>Between claims its owner is null: whatever thread calls, it fails the one check that comes before any access to memory.
 */
public final class FrameClaim implements Claim {

    private final Target target;

    private Thread owner;
    private long payload;
    private int headerLength;
    private int length;
    private long result;

    /** Claims of this publisher's. */
    public FrameClaim(final Target target) {
        this.target = target;
    }

    /** Opens it for this thread. */
    public void open(final Thread thread, final long frame, final int frameHeaderLength, final int payloadLength) {
        payload = frame + frameHeaderLength;
        headerLength = frameHeaderLength;
        length = payloadLength;
        result = 0;
        owner = thread;
    }

    /** It was not granted, or its publisher is closed. */
    public void refuse(final long why) {
        owner = null;
        result = why;
    }

    @Override
    public boolean isOpen() {
        return owner != null;
    }

    @Override
    public long result() {
        return result;
    }

    @Override
    public int length() {
        return isOpen() ? length : 0;
    }

    private void check() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException(owner != null
                    ? "a claim is written by the thread that claimed, " + ThreadNames.of(owner)
                    : result < 0 ? "the claim was not granted, its result is " + result : "the claim is not open");
        }
    }

    private long at(final int offset, final int bytes) {
        check();
        return payload + Objects.checkFromIndexSize(offset, bytes, length);
    }

    @Override
    public Claim putByte(final int offset, final byte value) {
        NativeMemory.putByte(at(offset, Byte.BYTES), value);
        Reference.reachabilityFence(target);
        return this;
    }

    @Override
    public Claim putInt(final int offset, final int value) {
        NativeMemory.putInt(at(offset, Integer.BYTES), value);
        Reference.reachabilityFence(target);
        return this;
    }

    @Override
    public Claim putLong(final int offset, final long value) {
        NativeMemory.putLong(at(offset, Long.BYTES), value);
        Reference.reachabilityFence(target);
        return this;
    }

    @Override
    public Claim putDouble(final int offset, final double value) {
        NativeMemory.putDouble(at(offset, Double.BYTES), value);
        Reference.reachabilityFence(target);
        return this;
    }

    @Override
    public Claim putBytes(final int offset, final MemorySegment source, final long sourceOffset, final int bytes) {
        NativeMemory.copy(source, sourceOffset, at(offset, bytes), bytes);
        Reference.reachabilityFence(target);
        return this;
    }

    @Override
    public Claim putBytes(final int offset, final byte[] source, final int sourceOffset, final int bytes) {
        NativeMemory.copy(source, sourceOffset, at(offset, bytes), bytes);
        Reference.reachabilityFence(target);
        return this;
    }

    @Override
    public long commit() {
        check();
        owner = null;
        return target.commit(headerLength + length);
    }

    @Override
    public long commit(final int bytes) {
        check();
        Objects.checkFromToIndex(0, bytes, length);
        owner = null;
        return target.commit(headerLength + bytes);
    }

    @Override
    public void abort() {
        check();
        owner = null;
        target.abort();
    }

    /** Where a claim goes: the publisher. It holds the memory for as long as it is reachable. */
    public interface Target {

        /** Publishes the frame claimed last, {@code frameLength} bytes of it; the position behind it. */
        long commit(int frameLength);

        /** Forgets the frame claimed last. */
        void abort();
    }
}
