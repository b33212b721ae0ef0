// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static io.kaelix.lane.LaneDescriptor.CAPACITY_OFFSET;
import static io.kaelix.lane.LaneDescriptor.INTENT_OFFSET;
import static io.kaelix.lane.LaneDescriptor.MAGIC;
import static io.kaelix.lane.LaneDescriptor.MAGIC_OFFSET;
import static io.kaelix.lane.LaneDescriptor.PUBLISHER_ID_OFFSET;
import static io.kaelix.lane.LaneDescriptor.REFUSALS_OFFSET;
import static io.kaelix.lane.LaneDescriptor.RING_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_ACTIVE;
import static io.kaelix.lane.LaneDescriptor.SLOT_FREE;
import static io.kaelix.lane.LaneDescriptor.SLOT_OWNER_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_POSITION_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_STATE_MASK;
import static io.kaelix.lane.LaneDescriptor.SLOT_STATE_OFFSET;
import static io.kaelix.lane.LaneDescriptor.STATE_CLOSED;
import static io.kaelix.lane.LaneDescriptor.STATE_OFFSET;
import static io.kaelix.lane.LaneDescriptor.TAIL_OFFSET;
import static io.kaelix.lane.LaneDescriptor.USED_SLOTS_OFFSET;

import io.kaelix.KaelixException;
import io.kaelix.Start;
import io.kaelix.memory.Block;
import io.kaelix.memory.NativeMemory;
import io.kaelix.memory.Padded;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;

/**
 * A ring of frames with one writer and up to 64 gating readers: its memory, who is attached, and its end.
 *
 * <p><b>Threads</b>: attaching and detaching ({@link #createWriter}, {@code join…}, {@link #leave}, {@link #evict}, {@link #release})
 * happens under the registry's lock, whoever calls. {@link #close} and what only reads may be called from anywhere. The writer and each
 * reader belong to one thread.
 *
 * <p><b>Lifetime</b>: each participant, writer or reader, holds the lane. The last to let go frees its memory.
 */
public final class Lane extends Padded {

    private static final int OPEN = 0;
    private static final int WRITER_CLOSED = 1;
    private static final int CLOSED = 2;
    private static final int ATTENTION = 4;
    private static final int ABANDONED = 8;
    private static final VarHandle ENDING;

    static {
        try {
            ENDING = MethodHandles.lookup().findVarHandle(Lane.class, "ending", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Block block;
    private final Consumer<Block> disposal;
    private final MemorySegment ringSegment;
    private final long control;
    private final long ring;
    private final int capacity;
    private final int publisherId;
    private final String name;
    private final PayloadsInFlight payloads;
    /** Whether other processes may take part in it: then slots are taken and freed under a lock of theirs, too. */
    private final boolean shared;
    private int participants;
    /** Of the participants; changed under the registry's lock, read by the writer. */
    private volatile int lossyReaders;
    /** For its writer, which looks at them on its slow path alone. */
    private volatile int latencySampling;
    private volatile long backpressureEvent;
    /** On the heap, as it is read for each message sent; of {@link #close}, the control block tells other processes. */
    private volatile int ending = OPEN;

    /**
     * Makes a lane in a zeroed block.
     *
     * @param block at least {@link LaneDescriptor#laneBytes} long, owned by the lane from here on
     * @param capacity of the ring, a power of two
     */
    public Lane(final Block block, final int capacity, final int publisherId) {
        this(block, capacity, publisherId, Block::free);
    }

    /**
     * Makes a lane that leaves freeing its memory, which takes a while, to somebody else.
     *
     * @param disposal is given the block under the registry's lock, when the last participant is gone
     */
    public Lane(final Block block, final int capacity, final int publisherId, final Consumer<Block> disposal) {
        this(block, capacity, publisherId, "streams#" + publisherId, disposal);
    }

    /** The same with a name for reports. */
    public Lane(final Block block, final int capacity, final int publisherId, final String name, final Consumer<Block> disposal) {
        this(block, capacity, publisherId, name, disposal, false);
        initialise();
    }

    /** Makes a lane of zeroed memory. */
    void initialise() {
        NativeMemory.putInt(control + CAPACITY_OFFSET, capacity);
        NativeMemory.putInt(control + PUBLISHER_ID_OFFSET, publisherId);
        LaneMarks.record(control, 0, 0, System.currentTimeMillis());
        NativeMemory.putLongRelease(control + MAGIC_OFFSET, MAGIC);
    }

    /** @param shared whether other processes may take part in it */
    Lane(final Block block, final int capacity, final int publisherId, final String name, final Consumer<Block> disposal,
            final boolean shared) {
        if (Integer.bitCount(capacity) != 1 || capacity < LaneDescriptor.MIN_CAPACITY
                || block.segment().byteSize() < LaneDescriptor.laneBytes(capacity)) {
            throw new IllegalArgumentException("a ring of " + capacity + " bytes, which must be a power of two of at least "
                    + LaneDescriptor.MIN_CAPACITY + ", needs a block of " + LaneDescriptor.laneBytes(capacity) + " bytes, not "
                    + block.segment().byteSize());
        }
        this.block = block;
        this.disposal = disposal;
        this.capacity = capacity;
        this.publisherId = publisherId;
        this.name = name;
        this.control = block.address();
        this.ring = control + RING_OFFSET;
        this.payloads = new PayloadsInFlight(LaneDescriptor.raiseStep(capacity));
        this.ringSegment = block.segment().asSlice(RING_OFFSET, capacity).asReadOnly();
        this.shared = shared;
        // Payloads are memory of one process: what others may read is copied, as for readers that nobody waits for.
        this.lossyReaders = shared ? 1 : 0;
    }

    /** Its memory. */
    public Block block() {
        return block;
    }

    /** Number of the publisher whose lane this is. */
    public int publisherId() {
        return publisherId;
    }

    /** What reports call it. */
    public String name() {
        return name;
    }

    /**
     * Has one message in about so many bytes timed; 0 for none. From any thread, for its writer and all its readers, from the next
     * sixteenth of a ring on.
     */
    public void sampleLatency(final int bytes) {
        latencySampling = bytes;
    }

    int latencySampling() {
        return latencySampling;
    }

    /** Has it told to the flight recorder when the writer has waited for space for so many nanoseconds; 0 for never. From any thread. */
    public void tellBackpressure(final long nanos) {
        backpressureEvent = nanos;
    }

    long backpressureEvent() {
        return backpressureEvent;
    }

    /** How often the writer was refused space. */
    public long refusals() {
        return NativeMemory.getLongAcquire(control + REFUSALS_OFFSET);
    }

    /** Messages that end before the tail, as {@link LaneWalk#framesBefore}. From any thread that keeps the lane. */
    public long frames() {
        return LaneWalk.framesBefore(this, tail());
    }

    /** Bytes in the ring. */
    public int capacity() {
        return capacity;
    }

    /** The ring as a read-only segment that throws once the memory is gone. */
    public MemorySegment ringSegment() {
        return ringSegment;
    }

    /** The ring, for who reads a socket into it. */
    MemorySegment writableRing() {
        return block.segment().asSlice(RING_OFFSET, capacity);
    }

    /** What frames refer to: the writer's, as long as there is one. */
    PayloadsInFlight payloads() {
        return payloads;
    }

    /**
     * Whether a reader is attached for whom payloads are copied into frames: nobody waits for it, or its frames leave the process. One that
     * joins meanwhile may be missed.
     */
    public boolean hasLossyReaders() {
        return lossyReaders != 0;
    }

    /** So many more gating readers want bytes. */
    void wantBytes(final int readers) {
        lossyReaders += readers;
    }

    long control() {
        return control;
    }

    long ring() {
        return ring;
    }

    /** Position behind the last frame that was published. */
    public long tail() {
        // SYNC: pairs with the release in LaneWriter.publish: the word at this position was zeroed or is a frame's.
        return NativeMemory.getLongAcquire(control + TAIL_OFFSET);
    }

    /** Position that the writer writes below. */
    long intent() {
        return NativeMemory.getLongAcquire(control + INTENT_OFFSET);
    }

    /** Whether no more frames will be published. */
    public boolean isClosed() {
        // SYNC: pairs with close(): who sees it closed sees the frames committed before.
        return (ending & CLOSED) != 0;
    }

    /** Whether neither it nor its writer was closed, and its writer need not {@linkplain #requestAttention look up}. */
    public boolean isOpen() {
        return ending == OPEN;
    }

    /** Whether its writer was told to stop. */
    public boolean isWriterClosed() {
        return (ending & WRITER_CLOSED) != 0;
    }

    /** Tells its writer to stop. What it published stays. */
    public void closeWriter() {
        ENDING.getAndBitwiseOr(this, WRITER_CLOSED);
    }

    /** Asks the writer to look, before its next frame, at what it is to be told: it costs no load of its own until then. */
    public void requestAttention() {
        ENDING.getAndBitwiseOr(this, ATTENTION);
    }

    /** Whether the writer was asked to. */
    public boolean isAttentionRequested() {
        return (ending & ATTENTION) != 0;
    }

    /** The writer looked. */
    public void clearAttention() {
        ENDING.getAndBitwiseAnd(this, ~ATTENTION);
    }

    /** Whether no frame that begins before a position can be read any more by who joins: the writer may write over the last of them. */
    public boolean hasPassed(final long position) {
        return intent() > position + capacity;
    }

    /** Tells the writer and all readers that no more frames come. Waits for nobody. */
    public void close() {
        NativeMemory.putLongRelease(control + STATE_OFFSET, STATE_CLOSED);
        end();
    }

    /** The same for the readers of this process alone: its writer, in another one, has ended it. */
    public void end() {
        ENDING.getAndBitwiseOr(this, CLOSED);
    }

    /** For the readers of this process it ends here, whatever is in it still: they were asked to leave. */
    public void abandon() {
        ENDING.getAndBitwiseOr(this, CLOSED | ABANDONED);
    }

    boolean isAbandoned() {
        return (ending & ABANDONED) != 0;
    }

    public boolean isShared() {
        return shared;
    }

    /** A participant more, beside the readers: its writer. */
    public void hold() {
        participants++;
    }

    /** Makes the one writer. Whoever has it {@linkplain #hold holds} the lane. */
    public LaneWriter createWriter() {
        return new LaneWriter(this);
    }

    /**
     * A gating reader from the tail on: it misses nothing that is published after this returns.
     *
     * @throws KaelixException if all 64 slots are taken
     */
    public LaneReader join() {
        return join(Start.latest(), Patience.UNLIMITED);
    }

    /**
     * A gating reader from the oldest mark whose frames are all there still.
     *
     * @throws KaelixException if all 64 slots are taken
     */
    public LaneReader joinOldest() {
        return join(Start.oldest(), Patience.UNLIMITED);
    }

    /**
     * A gating reader: it misses nothing from where it starts.
     *
     * @param start with {@link Start#latest} the tail; else a mark whose frames are all there still
     * @param patience how long it may hold the writer up
     * @throws KaelixException if all 64 slots are taken, or the lane is corrupt
     */
    public LaneReader join(final Start start, final Patience patience) {
        return join(start, patience, 0);
    }

    /** The same for whom a slot is to name: see {@link SharedSlots}. */
    public LaneReader join(final Start start, final Patience patience, final long owner) {
        final int slot = takeSlot(SharedSlots.pending(owner));
        final LaneMarks.Mark mark = new LaneMarks.Mark();
        while (true) {
            final long count = LaneMarks.count(control);
            for (long number = mark.find(start, control, count); number < count; number++) {
                if (mark.load(control, number) && tryJoinAt(slot, mark.position)) {
                    final LaneReader reader = attach(slot, mark, start instanceof Start.Latest);
                    // Only now: on its way to the tail it is behind.
                    patience.store(LaneDescriptor.slot(control, slot));
                    NativeMemory.putLong(LaneDescriptor.slot(control, slot) + SLOT_OWNER_OFFSET, owner);
                    return reader;
                }
            }
        }
    }

    /** A reader that never gates and may lose frames, from the tail on. */
    public LossyLaneReader joinLossy() {
        return joinLossy(Start.latest());
    }

    /**
     * The same from elsewhere.
     *
     * @param start as with {@link #join(Start, Patience)}; what is overwritten from then on is lost
     */
    public LossyLaneReader joinLossy(final Start start) {
        return attach(new LossyLaneReader(this, start, 0, 0));
    }

    /**
     * The same from a boundary on that may have been overwritten since.
     *
     * @param frames messages that end before it
     */
    public LossyLaneReader joinLossy(final long position, final long frames) {
        return attach(new LossyLaneReader(this, null, position, frames));
    }

    private LossyLaneReader attach(final LossyLaneReader reader) {
        participants++;
        lossyReaders++;
        return reader;
    }

    /** One of those is gone. */
    void releaseLossy() {
        lossyReaders--;
        release();
    }

    /** A free slot, with nothing of its last reader but the number of the next. */
    private int takeSlot(final long owner) {
        final int slot = Long.numberOfTrailingZeros(~NativeMemory.getLong(control + USED_SLOTS_OFFSET));
        if (slot == LaneDescriptor.SLOTS) {
            throw new KaelixException("the lane of publisher " + publisherId + " has " + LaneDescriptor.SLOTS
                    + " readers, no more fit: close a subscriber, or share one among handlers");
        }
        final long address = LaneDescriptor.slot(control, slot);
        Patience.UNLIMITED.store(address);
        NativeMemory.putLong(address + SLOT_OWNER_OFFSET, owner);
        NativeMemory.putInt(address + SLOT_STATE_OFFSET, (NativeMemory.getInt(address + SLOT_STATE_OFFSET) | SLOT_STATE_MASK) + 1);
        return slot;
    }

    /** Whether a reader whose slot says {@code position} may start there. */
    private boolean tryJoinAt(final int slot, final long position) {
        if (intent() > position + capacity) {
            // Not even worth a try, and a slot so far back would hold the writer up until the next one.
            return false;
        }
        final long address = LaneDescriptor.slot(control, slot);
        NativeMemory.putLongRelease(address + SLOT_POSITION_OFFSET, position);
        final int free = NativeMemory.getInt(address + SLOT_STATE_OFFSET) & ~SLOT_STATE_MASK;
        NativeMemory.putIntRelease(address + SLOT_STATE_OFFSET, free | SLOT_ACTIVE);
        NativeMemory.putLongRelease(control + USED_SLOTS_OFFSET,
                NativeMemory.getLong(control + USED_SLOTS_OFFSET) | 1L << slot);
        // SYNC: pairs with the full fence in LaneWriter.raise. Either the writer sees this slot, and does not pass position +
        // capacity, or this sees the intent that it raised before it looked.
        VarHandle.fullFence();
        return intent() <= position + capacity;
    }

    /**
     * A reader whose slot gates from a mark on. Only marks know how many frames lie before them: who starts at the tail walks there from
     * the newest mark, a sixteenth of the ring as a rule, which nobody overwrites meanwhile, and gates from there on.
     */
    private LaneReader attach(final int slot, final LaneMarks.Mark mark, final boolean atTail) {
        long position = mark.position;
        long frames = mark.frames;
        // Behind the fence of tryJoinAt, which is what it proves: see PayloadsInFlight.
        final long tail = tail();
        if (atTail) {
            try {
                frames += LaneWalk.frames(this, position, tail);
            } catch (final KaelixException corrupt) {
                leave(slot);
                throw corrupt;
            }
            position = tail;
            NativeMemory.putLongRelease(LaneDescriptor.slot(control, slot) + SLOT_POSITION_OFFSET, position);
        }
        participants++;
        return new LaneReader(this, slot, position, frames, tail);
    }

    /** A gating reader of this process in a slot that was taken for it. */
    LaneReader adopt(final int slot, final long frames, final long joined) {
        participants++;
        return new LaneReader(this, slot, NativeMemory.getLongAcquire(LaneDescriptor.slot(control, slot) + SLOT_POSITION_OFFSET), frames,
                joined);
    }

    /** A reader of the slot is another process's. */
    void lend() {
        participants--;
    }

    /** Frees the slot of a gating reader, so that it gates no longer. Its owner calls this, or who holds proof of its death. */
    void leave(final int slot) {
        if (shared) {
            SharedSlots.retire(this, slot);
            return;
        }
        freeSlot(slot);
    }

    /** Under all locks that there are. */
    void freeSlot(final int slot) {
        final long address = LaneDescriptor.slot(control, slot);
        // SYNC: pairs with the acquire of used slots in LaneWriter.raise: the reader's last reads happen before it is passed.
        NativeMemory.putLongRelease(control + USED_SLOTS_OFFSET,
                NativeMemory.getLong(control + USED_SLOTS_OFFSET) & ~(1L << slot));
        final long state = address + SLOT_STATE_OFFSET;
        NativeMemory.putIntRelease(state, NativeMemory.getInt(state) & ~SLOT_STATE_MASK | SLOT_FREE);
    }

    /** Lets the writer pass a reader that is too slow: it learns of it before it follows another frame. */
    public void evict(final LaneReader reader) {
        final long slot = LaneDescriptor.slot(control, reader.slot());
        final int state = NativeMemory.getIntAcquire(slot + SLOT_STATE_OFFSET);
        if ((state & SLOT_STATE_MASK) == SLOT_ACTIVE) {
            LaneEviction.evict(slot, state, Math.max(0, tail() - reader.position()), 0);
        }
    }

    /** Readers that gate the writer, or did until they were evicted. */
    public int usedSlots() {
        return Long.bitCount(NativeMemory.getLongAcquire(control + USED_SLOTS_OFFSET));
    }

    /** A participant is gone. */
    public void release() {
        if (--participants == 0) {
            payloads.releaseUpTo(Long.MAX_VALUE);
            disposal.accept(block);
        }
    }
}
