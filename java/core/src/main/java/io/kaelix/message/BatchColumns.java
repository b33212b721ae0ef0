// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kaelix.KaelixException;
import io.kaelix.Message;
import io.kaelix.Topic;
import io.kaelix.memory.NativeMemory;
import io.kaelix.platform.Kernels;
import io.kaelix.platform.Platforms;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/**
 * The messages of a batch as rows: where each frame lies, and what stands in its header, column by column.
 *
 * <pre>
 *   offsets     where the frame begins              uint32
 *   timestamps  or Message.NO_TIMESTAMP             int64
 *   payloads    where the payload begins            uint32
 *   lengths     of the payload                      int32
 *   streams                                         int32
 *   sequences   low 32 bits                         int32
 * </pre>
 * Offsets count from the base of a run: consecutive rows whose frames lie in one piece of memory, a lane's ring or the batch's own copies.
 *
 * <p>A batch that is {@linkplain #retain retained} has all rows in memory of its own: runs in lanes were copied, in their order.
 *
 * <p><b>Safety</b>: columns are memory of their own, collected when nobody refers to it. What they say of frames was checked to lie
 * inside the base, even if the frames were overwritten since. That a base is mapped is for the caller to see to.
 *
 * <p><b>Threads</b>: one at a time.
 */
public final class BatchColumns {

    /**
     * Rows in one piece of memory.
     *
     * @param base what their offsets count from
     * @param message shows its frames
     * @param from first row
     * @param isCopy whether it is memory of the batch
     */
    record Run(MemorySegment base, FrameMessage message, int from, boolean isCopy) {
    }

    private static final int LONGEST_FRAME = Integer.MAX_VALUE & -FrameDescriptor.ALIGNMENT;

    private final int capacity;
    private final Kernels kernels = Platforms.current().kernels();
    private final MemorySegment offsets;
    private final MemorySegment columns;
    private final MemorySegment timestamps;
    private final MemorySegment payloads;
    private final MemorySegment lengths;
    private final MemorySegment streams;
    private final MemorySegment sequences;
    private final MemorySegment result = Arena.ofAuto().allocate(Kernels.WALK_RESULT_BYTES, Long.BYTES);
    private final List<Run> runs = new ArrayList<>();

    private int size;
    /** Copies of frames that would not stay where they are; null until there is one. */
    private MemorySegment copies;
    private MemorySegment readableCopies;
    private int copied;
    private boolean outOfRoom;
    /** What it has for itself until it is cleared; null while its rows lie in lanes. */
    private RetainedRows retained;
    /** Where the next copy goes that room was made for. */
    private MemorySegment target;
    private int targetOffset;

    /**
     * Without rows.
     *
     * @param capacity most rows
     */
    public BatchColumns(final int capacity) {
        this.capacity = capacity;
        offsets = Arena.ofAuto().allocate((long) capacity * Integer.BYTES, Integer.BYTES);
        columns = Arena.ofAuto().allocate((long) capacity * Kernels.ROW_BYTES, Long.BYTES);
        final long narrow = (long) capacity * Integer.BYTES;
        timestamps = columns.asSlice(0, 2 * narrow);
        payloads = columns.asSlice(2 * narrow, narrow);
        lengths = columns.asSlice(3 * narrow, narrow);
        streams = columns.asSlice(4 * narrow, narrow);
        sequences = columns.asSlice(5 * narrow, narrow);
    }

    /** Rows that there are. */
    public int size() {
        return size;
    }

    /** Rows that there is room for. */
    public int capacity() {
        return capacity;
    }

    /** Whether frames of it are copies, or all of it is its own. */
    public boolean isCopy() {
        if (retained != null) {
            return true;
        }
        for (int i = 0; i < runs.size(); i++) {
            if (runs.get(i).isCopy()) {
                return true;
            }
        }
        return false;
    }

    /** Whether there was a frame that could not be copied any more, so that lanes which have not had their turn come first next time. */
    public boolean isOutOfRoom() {
        return outOfRoom;
    }

    /** No rows any more. */
    public void clear() {
        size = 0;
        copied = 0;
        outOfRoom = false;
        target = null;
        runs.clear();
        final RetainedRows before = retained;
        if (before != null) {
            retained = null;
            before.release();
        }
    }

    /**
     * Makes all rows its own, until it is cleared: those that lie in lanes are copied to pooled memory. Once.
     *
     * @param topics knows all streams of the rows, until its end
     * @param atEnd is run once, when this is cleared or is garbage
     * @throws KaelixException if the pool is full or there is no memory. Nothing has changed then
     * @throws IllegalStateException if the pool is closed, likewise
     */
    public void retain(final IntFunction<Topic> topics, final Runnable atEnd) {
        final RetainedRows rows = RetainedRows.of(this, topics, atEnd);
        for (int i = 0; i < runs.size(); i++) {
            if (!runs.get(i).isCopy()) {
                move(runs.get(i), end(i), rows.run(i).base());
            }
        }
        for (int i = 0; i < runs.size(); i++) {
            runs.set(i, rows.run(i));
        }
        retained = rows;
    }

    /** Bytes of the frames of a run, each to the next multiple of 8. */
    int bytes(final int run) {
        int bytes = 0;
        for (int row = runs.get(run).from; row < end(run); row++) {
            bytes += step(row);
        }
        return bytes;
    }

    private int step(final int row) {
        final long at = (long) row * Integer.BYTES;
        return FrameDescriptor.step(payloads.get(JAVA_INT, at) - offsets.get(JAVA_INT, at) + lengths.get(JAVA_INT, at));
    }

    /** Copies the frames of a run one behind the other. Those that lie so are copied at once. */
    private void move(final Run run, final int end, final MemorySegment to) {
        int moved = 0;
        for (int row = run.from; row < end;) {
            final int first = offsets.get(JAVA_INT, (long) row * Integer.BYTES);
            int next = first;
            for (; row < end && offsets.get(JAVA_INT, (long) row * Integer.BYTES) == next; row++) {
                final long at = (long) row * Integer.BYTES;
                next += step(row);
                offsets.set(JAVA_INT, at, offsets.get(JAVA_INT, at) - first + moved);
                payloads.set(JAVA_INT, at, payloads.get(JAVA_INT, at) - first + moved);
            }
            NativeMemory.copy(run.base.address() + first, to.address() + moved, next - first);
            moved += next - first;
        }
    }

    /** Rows to come lie in this memory, which is a lane's. */
    public void beginRun(final MemorySegment base, final FrameMessage message) {
        begin(base, message, false);
    }

    private void begin(final MemorySegment base, final FrameMessage message, final boolean isCopy) {
        dropEmptyRun();
        runs.add(new Run(base, message, size, isCopy));
    }

    /** If the last run has no rows, its memory is not referred to any more. */
    public void dropEmptyRun() {
        if (!runs.isEmpty() && runs.getLast().from == size) {
            runs.removeLast();
        }
    }

    /**
     * Rows to come are copies.
     *
     * @param bytes for all copies together, if there is no memory for them yet
     * @param message of their lane
     * @throws KaelixException if there is none
     */
    public void beginCopies(final int bytes, final FrameMessage message) {
        prepareCopies(bytes);
        begin(readableCopies, message.in(readableCopies), true);
    }

    private void prepareCopies(final int bytes) {
        if (copies == null) {
            copies = allocate(bytes);
            readableCopies = copies.asReadOnly();
        }
    }

    private static MemorySegment allocate(final int bytes) {
        try {
            return Arena.ofAuto().allocate(bytes, FrameDescriptor.ALIGNMENT);
        } catch (final OutOfMemoryError e) {
            throw new KaelixException("no memory for " + bytes + " bytes of copies in a batch, the messages stay in the lane until there"
                    + " is: poll them for a handler, or start Java with a larger -XX:MaxDirectMemorySize", e);
        }
    }

    /** Address for a copy of a frame, or 0 if there is no room for it. A run of copies has begun. */
    public long roomForCopy(final int step) {
        if (step > copies.byteSize() - copied) {
            outOfRoom = true;
            return 0;
        }
        return copies.address() + copied;
    }

    /**
     * Adds the frame that was copied there.
     *
     * @param length of it, as it was checked
     * @return false if its headers do not fit into it: then it is not added
     */
    public boolean addCopy(final int length) {
        if (!add(copies, copied, length)) {
            return false;
        }
        copied += FrameDescriptor.step(length);
        return true;
    }

    /**
     * Makes room for one message that is more than a frame of its lane: among the copies, or in memory of its own.
     *
     * @param length of the frame that it will be
     * @param bytes for all copies together, if there is no memory for them yet
     * @throws KaelixException if there is no memory, or it can't be one frame
     */
    public void makeRoom(final long length, final int bytes) {
        if (length > LONGEST_FRAME) {
            throw new KaelixException("a message of " + length + " bytes with its headers does not fit into a batch, where it may have "
                    + LONGEST_FRAME + ": poll it for a handler");
        }
        prepareCopies(bytes);
        final int step = FrameDescriptor.step((int) length);
        final boolean fits = step <= copies.byteSize() - copied;
        target = fits ? copies : allocate(step);
        targetOffset = fits ? copied : 0;
    }

    /**
     * Adds what a message points at, as a frame that holds all of it, where room was made for it. It is a run of its own.
     *
     * @return false if its headers do not fit into it, as it was written over: then it is not added
     * @throws KaelixException if it is one of a file that was cut
     */
    public boolean addCopyOf(final FrameMessage message) {
        final int header = message.headerLength();
        final int length = (int) message.plainLength();
        final long address = target.address() + targetOffset;
        NativeMemory.copy(message.frame(), address, header);
        message.copyTo(0, target, (long) targetOffset + header, length - header);
        final int step = FrameDescriptor.step(length);
        target.asSlice((long) targetOffset + length, step - length).fill((byte) 0);
        NativeMemory.putLong(address, FrameDescriptor.firstWord(length,
                FrameDescriptor.plain(NativeMemory.getInt(address + FrameDescriptor.FLAGS_OFFSET))));
        if (target == copies) {
            begin(readableCopies, message.in(readableCopies), true);
            return addCopy(length);
        }
        final MemorySegment readable = target.asReadOnly();
        begin(readable, message.over(readable), true);
        return add(target, 0, length);
    }

    /**
     * Adds one frame.
     *
     * @param base of the run
     * @param offset of the frame in it
     * @param length of it, as it was checked
     * @return false if its headers do not fit into it: then it is not added
     */
    public boolean add(final MemorySegment base, final int offset, final int length) {
        final int flags = base.get(JAVA_INT, offset + FrameDescriptor.FLAGS_OFFSET);
        final int start = FrameDescriptor.payloadOffset(flags);
        if (start > length) {
            return false;
        }
        final long at = (long) size * Integer.BYTES;
        offsets.set(JAVA_INT, at, offset);
        timestamps.set(JAVA_LONG, 2 * at, (flags & FrameDescriptor.FLAG_TIMESTAMP) != 0
                ? base.get(JAVA_LONG, offset + FrameDescriptor.TIMESTAMP_OFFSET) : Message.NO_TIMESTAMP);
        payloads.set(JAVA_INT, at, offset + start);
        lengths.set(JAVA_INT, at, length - start);
        streams.set(JAVA_INT, at, base.get(JAVA_INT, offset + FrameDescriptor.STREAM_ID_OFFSET));
        sequences.set(JAVA_INT, at, base.get(JAVA_INT, offset + FrameDescriptor.SEQUENCE_OFFSET));
        size++;
        return true;
    }

    /**
     * Adds the frames from a position of a ring on.
     *
     * @param ring base of the run
     * @param bytes most to walk over
     * @param frames most to walk over
     * @param filter what has to hold for them, or null
     * @return the position behind the last frame walked over; {@link #walked} tells how many were
     */
    public long walk(final MemorySegment ring, final long position, final int bytes, final int frames, final FrameFilter filter) {
        kernels.walk(ring, position, bytes, frames, filter == null ? null : filter.terms(), offsets, columns, capacity, size, result);
        size = (int) result.get(JAVA_LONG, 16);
        return result.get(JAVA_LONG, 0);
    }

    /** Frames of the last walk. */
    public int walked() {
        return (int) result.get(JAVA_LONG, 8);
    }

    /** Takes the last rows away. */
    public void truncate(final int rows) {
        size = rows;
    }

    /** Takes away the rows from one on whose streams are not wanted. */
    public void keepStreams(final int from, final IntPredicate wanted) {
        int kept = from;
        for (int row = from; row < size; row++) {
            if (wanted.test(streams.get(JAVA_INT, (long) row * Integer.BYTES))) {
                if (kept != row) {
                    move(row, kept);
                }
                kept++;
            }
        }
        size = kept;
    }

    private void move(final int row, final int target) {
        final long at = (long) row * Integer.BYTES;
        final long to = (long) target * Integer.BYTES;
        offsets.set(JAVA_INT, to, offsets.get(JAVA_INT, at));
        timestamps.set(JAVA_LONG, 2 * to, timestamps.get(JAVA_LONG, 2 * at));
        payloads.set(JAVA_INT, to, payloads.get(JAVA_INT, at));
        lengths.set(JAVA_INT, to, lengths.get(JAVA_INT, at));
        streams.set(JAVA_INT, to, streams.get(JAVA_INT, at));
        sequences.set(JAVA_INT, to, sequences.get(JAVA_INT, at));
    }

    List<Run> runs() {
        return runs;
    }

    /** Behind the last row of a run. */
    int end(final int run) {
        return run + 1 < runs.size() ? runs.get(run + 1).from : size;
    }

    Kernels kernels() {
        return kernels;
    }

    MemorySegment payloads() {
        return payloads;
    }

    /** A column, with room for all rows. */
    public MemorySegment lengths() {
        return lengths;
    }

    /** A column, with room for all rows. */
    public MemorySegment streams() {
        return streams;
    }

    /** A column, with room for all rows. */
    public MemorySegment sequences() {
        return sequences;
    }

    /** A column, with room for all rows. */
    public MemorySegment timestamps() {
        return timestamps;
    }

    /**
     * Points the message of a run at the frame of a row.
     *
     * @return false if the frame was overwritten, so that it is none any more
     */
    boolean show(final Run run, final int row) {
        final long at = (long) row * Integer.BYTES;
        final int offset = offsets.get(JAVA_INT, at);
        final long frame = run.base.address() + offset;
        // Its length as it was checked, not as it may stand there now.
        return run.message.wrap(frame, payloads.get(JAVA_INT, at) - offset + lengths.get(JAVA_INT, at),
                NativeMemory.getInt(frame + FrameDescriptor.FLAGS_OFFSET));
    }
}
