// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import io.kaelix.KaelixException;
import io.kaelix.memory.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Bytes in native memory, and the count of references to them: those of {@link PayloadHandle}s, of frames in flight, of retained messages,
 * and of readers that show a message.
 *
 * <p>The memory stays as it is, and mapped, while a reference is held: who holds one may read by address. The last one frees it, and the
 * object is never used for other memory, so that a count that was 0 stays 0.
 *
 * <p><b>Threads</b>: any.
 */
public abstract class SharedBytes {

    private static final VarHandle REFERENCES;
    /** A thread of its own, while there is something to free: what users do with the common pool does not keep memory. */
    private static final ThreadPoolExecutor LATER = oneDaemon();
    /** So much may wait for that thread before those who take more free some of it themselves. */
    private static final int MOST_WAITING = 1_000;

    static {
        try {
            REFERENCES = MethodHandles.lookup().findVarHandle(SharedBytes.class, "references", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long length;
    private int index;
    private int generation;
    private volatile int references = 1;

    SharedBytes(final long length) {
        this.length = length;
    }

    private static ThreadPoolExecutor oneDaemon() {
        final ThreadPoolExecutor executor = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                task -> Thread.ofPlatform().daemon().name("kaelix-free").unstarted(task));
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** For the table, once, before anybody else knows it. */
    final void enter(final int at, final int as) {
        index = at;
        generation = as;
    }

    final int index() {
        return index;
    }

    final int generation() {
        return generation;
    }

    final long length() {
        return length;
    }

    /** References held. */
    final int references() {
        return references;
    }

    /** First byte. Valid for raw access while a reference is held. */
    abstract long address();

    /** All of it, read-only; throws once the memory is unmapped. */
    abstract MemorySegment segment();

    /** Frees the memory, when no reference is left; once. */
    abstract void free();

    /** Whether freeing takes no longer than a message does. */
    abstract boolean isFreedQuickly();

    /**
     * Behind a copy: what was copied are bytes, and nothing in their stead.
     *
     * @throws KaelixException if the file that they lie in was cut
     */
    abstract void checkWhole();

    /**
     * An error that the JVM threw while somebody read: it is rethrown, unless it is the file's.
     *
     * @return one that names the file
     */
    abstract KaelixException explain(InternalError fault);

    /**
     * One reference more, unless there is none any more.
     *
     * @return whether it was taken
     */
    final boolean tryHold() {
        int count;
        do {
            count = references;
            if (count == 0) {
                return false;
            }
            if (count == Integer.MAX_VALUE) {
                throw new IllegalStateException("a payload of " + length + " bytes has 2147483647 references: some are never released");
            }
        } while (!REFERENCES.compareAndSet(this, count, count + 1));
        return true;
    }

    /**
     * One reference less; the last frees the memory. The caller holds it.
     *
     * @return whether it was the last
     */
    final boolean release() {
        if (!drop()) {
            return false;
        }
        free();
        return true;
    }

    /** The same on a thread that must not wait, because it sends or receives: what takes long to free is freed by another. */
    public final void releaseSoon() {
        if (drop()) {
            if (isFreedQuickly()) {
                free();
            } else {
                LATER.execute(this::free);
            }
        }
    }

    /** Before more is taken: whoever maps files faster than they are freed would run out of descriptors. */
    static void freeBacklog() {
        Runnable oldest = LATER.getQueue().size() > MOST_WAITING ? LATER.getQueue().poll() : null;
        while (oldest != null) {
            oldest.run();
            oldest = LATER.getQueue().size() > MOST_WAITING ? LATER.getQueue().poll() : null;
        }
    }

    private boolean drop() {
        int count;
        do {
            count = references;
            if (count == 0) {
                throw new IllegalStateException("a payload of " + length + " bytes was given up once too often");
            }
            // SYNC: a full fence. What the others read, they read before the last one frees; and the count goes first, then what is written
            // next.
        } while (!REFERENCES.compareAndSet(this, count, count - 1));
        if (count > 1) {
            return false;
        }
        PayloadTable.PROCESS.remove(this);
        return true;
    }

    /** Copies to an address that the caller owns. */
    final void copyTo(final long offset, final long target, final long bytes) {
        try {
            NativeMemory.copy(address() + offset, target, bytes);
            checkWhole();
        } catch (final InternalError fault) {
            throw explain(fault);
        }
    }

    /** Copies to a segment. */
    final void copyTo(final long offset, final MemorySegment target, final long targetOffset, final long bytes) {
        try {
            MemorySegment.copy(segment(), offset, target, targetOffset, bytes);
            checkWhole();
        } catch (final InternalError fault) {
            throw explain(fault);
        }
    }
}
