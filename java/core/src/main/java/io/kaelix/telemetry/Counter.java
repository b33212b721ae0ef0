// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A 64-bit value that other processes can read while it changes: one of a {@link CounterFile}, outside of the heap, two cache lines from
 * the next.
 *
 * <p><b>Threads</b>: one thread writes ({@link #set}, {@link #add}, {@link #increment}, {@link #close}): what it adds may be lost if
 * others write as well. Any thread reads. Nothing blocks; a change is a load and a store, and allocates nothing.
 *
 * <p><b>Ordering</b>: who sees a value sees what its writer did before.
 *
 * <p><b>After the end</b>: a counter that is closed, whose file is closed, or for which the file had no room, goes on counting and is
 * shown to nobody. Its place in the file goes to another one: do not write in one thread while another one closes it.
 *
 * {@snippet :
 * CounterFile file = CounterFile.create(CounterFile.defaultDirectory(), "orders");
 * Counter rejected = file.counter("orders.rejected", Metric.Kind.COUNTER, "orders", "desk 7");
 * rejected.increment();
 * System.out.println(rejected.key() + " of " + rejected.owner() + ": " + rejected.get());
 * }
 */
public final class Counter implements AutoCloseable {

    private final CounterFile file;
    private final int slot;
    private final long id;
    private final String key;
    private final String owner;
    /** Where it stands; not in the file any more once it is closed. */
    private MemorySegment cell;
    private boolean shown;

    /**
     * A place in a file.
     *
     * @param slot of the file, or {@link SlotTable#NONE}: it is not shown
     */
    Counter(final CounterFile file, final int slot, final long id, final String key, final String owner, final MemorySegment cell) {
        this.file = file;
        this.slot = slot;
        this.id = id;
        this.key = key;
        this.owner = owner;
        this.cell = Objects.requireNonNull(cell);
        this.shown = slot != SlotTable.NONE;
    }

    /** A place that nobody sees. */
    static MemorySegment hiddenCell() {
        return Arena.ofAuto().allocate(2L * CounterDescriptor.VALUE_STRIDE, CounterDescriptor.VALUE_STRIDE);
    }

    /** Replaces the value. */
    public void set(final long value) {
        // SYNC: pairs with get, and with the passes of a reader in another process.
        CounterDescriptor.WORD.setRelease(cell, 0L, value);
    }

    /** Adds to the value; at 2<sup>63</sup> it wraps round. */
    public void add(final long amount) {
        final MemorySegment here = cell;
        CounterDescriptor.WORD.setRelease(here, 0L, here.get(CounterDescriptor.LONG, 0) + amount);
    }

    /** Adds 1. */
    public void increment() {
        add(1);
    }

    /** Where it stands, for any thread. */
    public long get() {
        // SYNC: pairs with set and add.
        return (long) CounterDescriptor.WORD.getAcquire(cell, 0L);
    }

    /** Its number, from 1 on, that no other counter or histogram of the file has ever had; 0 if it was never shown. */
    public long id() {
        return id;
    }

    /** What it counts, such as {@code lane.bytes}. */
    public String key() {
        return key;
    }

    /** Whose it is. */
    public String owner() {
        return owner;
    }

    /** Whether readers see it: the file had room for it, and neither of the two is closed. */
    public boolean isShown() {
        synchronized (file) {
            return shown && file.isOpen();
        }
    }

    /** Takes it out of the file. A second call does nothing. */
    @Override
    public void close() {
        synchronized (file) {
            if (shown) {
                final MemorySegment shownCell = cell;
                cell = hiddenCell();
                shown = false;
                try {
                    cell.set(CounterDescriptor.LONG, 0, shownCell.get(CounterDescriptor.LONG, 0));
                    file.freeCounter(slot);
                } catch (final InternalError cutOff) {
                    // The file has lost its memory, and with it the value: nobody sees the place any more.
                }
            }
        }
    }

    /** What it counts, whose it is, and where it stands. */
    @Override
    public String toString() {
        return key + " of " + owner + ": " + get();
    }
}
