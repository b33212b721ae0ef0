// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import io.kaelix.Payload;
import io.kaelix.memory.RevocableSegment;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.Objects;

/**
 * One reference to shared bytes, or to a part of them, that a user holds. Once released it is dead: another one is another object.
 *
 * <p>The first handle of bytes that are new may be written: then it belongs to the thread that made it, which is why the segment for
 * writing can be taken away again at no cost; or to whoever comes, once that thread has ended. That segment keeps this object from becoming
 * garbage: memory that somebody can still write is never taken back as leaked.
 */
public class PayloadHandle implements Payload {

    private static final VarHandle RELEASED;

    static {
        try {
            RELEASED = MethodHandles.lookup().findVarHandle(PayloadHandle.class, "released", boolean.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final SharedBytes bytes;
    private final long offset;
    private final long length;
    private final LeakReports reports;
    /** Set before it is handed out, or never. */
    private LeakWatch watch;
    /** The thread that may write it, as long as that may. */
    private volatile Thread writer;
    /** What it writes through, once it has asked for it. */
    private RevocableSegment writing;
    private volatile boolean released;

    PayloadHandle(final SharedBytes bytes, final long offset, final long length, final LeakReports reports) {
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
        this.reports = reports;
    }

    /** The first one of bytes that are new, all zero, to be written. */
    static PayloadHandle toWrite(final PooledBytes bytes, final LeakReports reports) {
        final PayloadHandle handle = new PayloadHandle(bytes, 0, bytes.length(), reports);
        handle.writer = Thread.currentThread();
        handle.watchMaybe("made");
        return handle;
    }

    /** The first one of bytes that are complete. */
    static PayloadHandle complete(final PooledBytes bytes, final LeakReports reports) {
        final PayloadHandle handle = new PayloadHandle(bytes, 0, bytes.length(), reports);
        handle.watchMaybe("made");
        return handle;
    }

    /**
     * The handle behind the interface.
     *
     * @throws IllegalArgumentException if it is not one of ours
     */
    public static PayloadHandle of(final Payload payload) {
        if (!(Objects.requireNonNull(payload, "payload") instanceof final PayloadHandle handle)) {
            throw new IllegalArgumentException("a payload comes from MemoryStreamer.payload or Payload.map, this one is a "
                    + payload.getClass().getName());
        }
        return handle;
    }

    /** Has its leak told, if it is its turn to be watched. */
    final void watchMaybe(final String what) {
        if (reports.watchesNext()) {
            watch = reports.watch(this, "a payload of " + length + " bytes was " + what,
                    "Release each payload, share and slice", bytes::release);
        }
    }

    final long offset() {
        return offset;
    }

    final void check() {
        if (released) {
            throw releasedException();
        }
    }

    private IllegalStateException releasedException() {
        return new IllegalStateException("this payload of " + length
                + " bytes was released: share it once for each release, and use it before");
    }

    /** Before anybody else may see the bytes. */
    private void checkSealed() {
        check();
        final Thread writes = writer;
        if (writes != null) {
            endWriting(writes);
        }
    }

    private void endWriting(final Thread writes) {
        checkMayEnd(writes);
        if (writing != null) {
            if (Thread.currentThread() == writes) {
                writing.revoke();
            }
            writing = null;
        }
        // SYNC: pairs with the load in checkSealed: who finds nobody writing sees what was written.
        writer = null;
    }

    /** A thread that has ended writes no more, and what it wrote is seen by who finds it so: its segment was for no other. */
    private void checkMayEnd(final Thread writes) {
        if (Thread.currentThread() != writes && writes.isAlive()) {
            throw new IllegalStateException("this payload of " + length + " bytes is being written by thread " + ThreadNames.of(writes)
                    + ": have that thread seal, share or send it first");
        }
    }

    /**
     * Takes a reference, for a frame.
     *
     * @return the bytes, which the caller gives up again
     * @throws IllegalStateException if this was released, or is written by another thread
     */
    public final SharedBytes hold() {
        checkSealed();
        if (!bytes.tryHold()) {
            throw releasedException();
        }
        return bytes;
    }

    /** Writes a reference to it, in place. The caller holds the bytes. */
    public final void putReference(final long address) {
        ReferenceDescriptor.put(address, bytes, offset, length);
    }

    /** Copies some of it. Checks no bounds: a claim did. The caller holds the bytes. */
    public final void copyTo(final long address, final long from, final int count) {
        bytes.copyTo(offset + from, address, count);
    }

    @Override
    public final long length() {
        check();
        return length;
    }

    @Override
    public final MemorySegment segment() {
        check();
        final Thread writes = writer;
        if (writes != null) {
            checkMayEnd(writes);
        }
        return bytes.segment().asSlice(offset, length);
    }

    @Override
    public final MemorySegment writable() {
        check();
        if (writer != Thread.currentThread()) {
            throw new IllegalStateException(writer == null
                    ? "this payload of " + length + " bytes is complete: it can be written until it is shared, sliced, sent or sealed"
                    : "this payload of " + length + " bytes is written by the thread that made it, " + ThreadNames.of(writer));
        }
        if (writing == null) {
            writing = new RevocableSegment(((PooledBytes) bytes).writable(), this);
        }
        return writing.segment();
    }

    @Override
    public final Payload seal() {
        checkSealed();
        return this;
    }

    PayloadHandle another(final long from, final long count, final LeakReports by) {
        return new PayloadHandle(bytes, from, count, by);
    }

    private PayloadHandle another(final long from, final long count, final String what) {
        hold();
        final PayloadHandle handle = another(from, count, reports);
        handle.watchMaybe(what);
        return handle;
    }

    @Override
    public Payload share() {
        return another(offset, length, "shared");
    }

    @Override
    public Payload slice(final long from, final long to) {
        check();
        Objects.checkFromToIndex(from, to, length);
        return another(offset + from, to - from, "sliced");
    }

    @Override
    public final boolean release() {
        checkSealed();
        if (!RELEASED.compareAndSet(this, false, true)) {
            throw releasedException();
        }
        if (watch != null) {
            watch.end();
        }
        final boolean last = bytes.release();
        // Until here it is no leak.
        Reference.reachabilityFence(this);
        return last;
    }

    @Override
    public final String toString() {
        return released ? "Payload[released]" : "Payload[" + length + " bytes, " + bytes.references() + " references]";
    }
}
