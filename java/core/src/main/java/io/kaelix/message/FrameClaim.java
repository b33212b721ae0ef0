// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import io.kaelix.Claim;
import io.kaelix.memory.NativeMemory;
import io.kaelix.memory.Padded;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.Objects;

/**
 * A publisher's claim: shows the payload of the frame that was claimed last, to the publisher's thread, while it is open.
 *
 * <p>Whatever thread calls, whenever: it fails a check before any access to memory, unless it is the publisher's and the claim is open.
 */
public final class FrameClaim extends Padded implements Claim {

    private static final int CLOSED = -1;
    private static final VarHandle LENGTH;

    static {
        try {
            LENGTH = MethodHandles.lookup().findVarHandle(FrameClaim.class, "length", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Target target;

    /** The publisher's thread, once it has one. */
    private Thread owner;
    private long payload;
    private int headerLength;
    /** Negative while it is not open. */
    private int length = CLOSED;
    private long result;

    /** Claims of this publisher's. */
    public FrameClaim(final Target target) {
        this.target = target;
    }

    /** Whose claims these are from now on. */
    public void own(final Thread thread) {
        owner = thread;
    }

    /**
     * Opens it: from here on its publisher touches the lane. Nothing may be written before {@link #point}.
     *
     * <p>What stands there already is not stored again, here and below: while the lines of the ring are on their way from the reader's core,
     * each store waits in the CPU's store buffer, and how many messages fit into that limits a stream.
     */
    public void open(final int payloadLength) {
        length = payloadLength;
    }

    /** Points it at its frame. */
    public void point(final long frame, final int frameHeaderLength) {
        payload = frame + frameHeaderLength;
        if (headerLength != frameHeaderLength) {
            headerLength = frameHeaderLength;
        }
    }

    /** It was not granted, or its publisher is closed. */
    public void refuse(final long why) {
        result = why;
        LENGTH.setRelease(this, CLOSED);
    }

    /** Its frame was committed or given up. */
    public void close() {
        if (result != 0) {
            result = 0;
        }
        // SYNC: pairs with isHeldAcquire.
        LENGTH.setRelease(this, CLOSED);
    }

    /** Whether its publisher may touch the lane by it, for another thread: if not, what the publisher did before is visible. */
    public boolean isHeldAcquire() {
        return (int) LENGTH.getAcquire(this) != CLOSED;
    }

    @Override
    public boolean isOpen() {
        return length >= 0;
    }

    @Override
    public long result() {
        return isOpen() ? 0 : result;
    }

    @Override
    public int length() {
        return Math.max(0, length);
    }

    private void check() {
        if (length < 0 || Thread.currentThread() != owner) {
            throw new IllegalStateException(isOpen()
                    ? "a claim is written by the thread that claimed, " + ThreadNames.of(owner)
                    : result < 0 ? "the claim was not granted, its result is " + result : "the claim is not open");
        }
    }

    /** Written as one comparison with a limit that does not change, so that a loop over the payload is checked once, before it. */
    private long at(final int offset, final int bytes) {
        check();
        return NativeMemory.base(payload) + Objects.checkIndex(offset, length - (bytes - 1));
    }

    private long range(final int offset, final int bytes) {
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
        NativeMemory.copy(source, sourceOffset, range(offset, bytes), bytes);
        Reference.reachabilityFence(target);
        return this;
    }

    @Override
    public Claim putBytes(final int offset, final byte[] source, final int sourceOffset, final int bytes) {
        NativeMemory.copy(source, sourceOffset, range(offset, bytes), bytes);
        Reference.reachabilityFence(target);
        return this;
    }

    @Override
    public long commit() {
        check();
        return target.commit(headerLength, length, false);
    }

    @Override
    public long commit(final int bytes) {
        check();
        Objects.checkFromToIndex(0, bytes, length);
        return target.commit(headerLength, bytes, bytes != length);
    }

    @Override
    public void abort() {
        check();
        target.abort();
    }

    /** Where a claim goes: the publisher. It holds the memory for as long as it is reachable, and closes the claim. */
    public abstract static class Target extends Padded {

        /** Publishes the frame claimed last, with so many bytes of payload behind its header; the position behind it. */
        protected abstract long commit(int headerLength, int length, boolean shorter);

        /** Forgets the frame claimed last. */
        protected abstract void abort();
    }
}
