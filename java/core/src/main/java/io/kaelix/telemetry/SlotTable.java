// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;

/**
 * The records of a counter file's counters, or of its histograms, and which of them are free. Those that were freed first are used again
 * first: a thread that still writes to what another one closed should meet nobody there.
 *
 * <p><b>Threads</b>: under the lock of its file.
 */
final class SlotTable {

    /** There is no room. */
    static final int NONE = -1;

    private final RandomAccessFile file;
    private final MemorySegment mapped;
    private final long records;
    private final long values;
    private final int valueLength;
    private final int usedOffset;
    private final int capacity;
    private final int chunk;
    private final ArrayDeque<Integer> free = new ArrayDeque<>();
    private int used;
    private int reserved;

    /**
     * A table of which nothing is used.
     *
     * @param usedOffset where the header tells how many were ever in use
     * @param chunk how many get their pages at a time
     */
    SlotTable(final RandomAccessFile file, final MemorySegment mapped, final long records, final long values, final int valueLength,
            final int usedOffset, final int capacity, final int chunk) {
        this.file = file;
        this.mapped = mapped;
        this.records = records;
        this.values = values;
        this.valueLength = valueLength;
        this.usedOffset = usedOffset;
        this.capacity = capacity;
        this.chunk = chunk;
    }

    /**
     * Takes a record, and the value that belongs to it, which nobody sees as yet.
     *
     * @return its number, or {@link #NONE}: all are in use
     * @throws IOException if the file system has no pages for more of them
     */
    int take() throws IOException {
        final Integer freed = free.poll();
        if (freed != null) {
            return freed;
        }
        if (used == capacity) {
            return NONE;
        }
        if (used == reserved) {
            reserve(Math.min(capacity, reserved + chunk));
        }
        return used++;
    }

    /** Has the pages of the next ones written, which can fail; a store to a page that the file system cannot give would end the process. */
    void reserve(final int upTo) throws IOException {
        zero(records + (long) reserved * CounterDescriptor.RECORD_LENGTH, (upTo - reserved) * CounterDescriptor.RECORD_LENGTH);
        zero(values + (long) reserved * valueLength, (upTo - reserved) * valueLength);
        reserved = upTo;
    }

    private void zero(final long from, final int length) throws IOException {
        file.seek(from);
        file.write(new byte[length]);
    }

    /** Pages for the first of them. */
    void reserveFirst() throws IOException {
        reserve(Math.min(capacity, chunk));
    }

    /** Where the value of a record lies. */
    MemorySegment value(final int slot) {
        return mapped.asSlice(values + (long) slot * valueLength, valueLength);
    }

    /** Shows a record that was taken. */
    void show(final int slot, final long id, final CounterLabel label) {
        final MemorySegment record = mapped.asSlice(records + (long) slot * CounterDescriptor.RECORD_LENGTH,
                CounterDescriptor.RECORD_LENGTH);
        label.write(record);
        record.set(CounterDescriptor.LONG, CounterDescriptor.ID_OFFSET, id);
        value(slot).fill((byte) 0);
        // SYNC: pairs with the passes of CounterReader: who finds the odd word finds the record and the zero.
        CounterDescriptor.WORD.setRelease(record, (long) CounterDescriptor.WORD_OFFSET, id << 1 | 1);
        if (slot == used - 1) {
            CounterDescriptor.INT_WORD.setRelease(mapped, (long) usedOffset, used);
        }
    }

    /** Takes a record out of sight; it is used again later. */
    void free(final int slot) {
        final long at = records + (long) slot * CounterDescriptor.RECORD_LENGTH + CounterDescriptor.WORD_OFFSET;
        CounterDescriptor.WORD.setRelease(mapped, at, mapped.get(CounterDescriptor.LONG, at) & ~1L);
        // SYNC: pairs with the passes of CounterReader: the record is written anew only behind its even word.
        VarHandle.storeStoreFence();
        free.add(slot);
    }
}
