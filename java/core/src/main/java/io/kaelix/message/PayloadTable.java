// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * All bytes that frames may refer to, by index and generation: a frame holds numbers, no objects.
 *
 * <p>One for the process: a mapped file belongs to no streamer, and what one streamer made may be sent by another. Bytes are in it from
 * when they are made until the last reference is given up. An index is used again, with the next generation; an object is not. So a key of
 * bytes that are gone finds nothing, or others, whose generation differs; and one that finds the object just before it goes fails to take a
 * reference, because there is none left.
 *
 * <p><b>Threads</b>: any. {@link #acquire} takes no lock; the others hold one for a few stores, or while the table is copied to a longer
 * one.
 */
final class PayloadTable {

    /** Of this process. */
    static final PayloadTable PROCESS = new PayloadTable();

    private static final VarHandle ENTRY = MethodHandles.arrayElementVarHandle(SharedBytes[].class);
    private static final int FEW = 64;

    private volatile SharedBytes[] entries = new SharedBytes[FEW];
    /** Of the next user of each index. */
    private int[] generations = new int[FEW];
    /** Indexes below {@code used} that are free, a stack. */
    private int[] free = new int[FEW];
    private int freeCount;
    private int used;

    /** Enters bytes that nobody knows yet. */
    synchronized void add(final SharedBytes bytes) {
        if (freeCount == 0 && used == entries.length) {
            // Before an index is taken: if there is no memory for a longer table, this one is as it was.
            generations = Arrays.copyOf(generations, 2 * used);
            free = Arrays.copyOf(free, 2 * used);
            entries = Arrays.copyOf(entries, 2 * used);
        }
        final int index = freeCount > 0 ? free[--freeCount] : used++;
        bytes.enter(index, generations[index]++);
        ENTRY.setRelease(entries, index, bytes);
    }

    /** Takes out bytes that have no reference any more; once. */
    synchronized void remove(final SharedBytes bytes) {
        ENTRY.setRelease(entries, bytes.index(), null);
        free[freeCount++] = bytes.index();
    }

    /**
     * Takes a reference.
     *
     * @return the bytes, or null if there are none of that key any more, or never were
     */
    SharedBytes acquire(final int index, final int generation) {
        // SYNC: who has a key from a frame sees the table that it was entered in, for it was entered before the frame was published. An
        // entry of a shorter table that was taken out meanwhile has no references to give.
        final SharedBytes[] table = entries;
        if (index < 0 || index >= table.length) {
            return null;
        }
        final SharedBytes found = (SharedBytes) ENTRY.getAcquire(table, index);
        return found != null && found.generation() == generation && found.tryHold() ? found : null;
    }
}
