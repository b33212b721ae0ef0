// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static io.kaelix.message.FrameDescriptor.FLAG_MORE;

import io.kaelix.KaelixException;
import io.kaelix.RetainedMessage;
import io.kaelix.Topic;
import io.kaelix.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A message that is put together from its parts: as the one frame that was too long for the lane, in memory of its own.
 *
 * <p>Used again for the next one. <b>Threads</b>: its reader's; memory that was retained is shared, and
 * counted, by a {@link RetainedFrame}.
 */
final class Assembly {

    private final MessagePool pool;

    private int streamId;
    private int sequence;
    private int headerLength;
    private int length;
    /** Bytes of payload that are there. */
    private int filled;

    private MemorySegment memory;
    private long address;
    /** Buffer of the pool; null if it is the garbage collector's. */
    private Slab slab;
    private int offset;
    /** Who shares the buffer, this included; null while nobody does. */
    private RetainedFrame shared;

    /** @param pool null if there is none: the garbage collector frees the memory then */
    Assembly(final MessagePool pool) {
        this.pool = pool;
    }

    /**
     * Begins a message.
     *
     * @param frame its first part
     * @param flags that part's
     * @param total bytes of payload in all parts
     * @throws KaelixException if there is no memory; nothing has changed then
     */
    void begin(final long frame, final int flags, final int total) {
        final int header = FrameDescriptor.payloadOffset(flags);
        allocate(header + total);
        NativeMemory.copy(frame, address, header);
        NativeMemory.putLong(address, FrameDescriptor.firstWord(header + total, flags & ~FLAG_MORE));
        streamId = NativeMemory.getInt(address + FrameDescriptor.STREAM_ID_OFFSET);
        sequence = NativeMemory.getInt(address + FrameDescriptor.SEQUENCE_OFFSET);
        headerLength = header;
        length = total;
        filled = 0;
    }

    private void allocate(final int bytes) {
        slab = null;
        if (pool == null) {
            allocateCollected(bytes);
            return;
        }
        try {
            allocatePooled(bytes);
        } catch (final KaelixException noMemory) {
            // Always the same words, for who reports what is new: how much is missing stands in the cause.
            throw new KaelixException("no memory to put a long message together, it stays in the lane until there is: release retained"
                    + " messages, or launch with a larger memoryLimit or a smaller maxMessageLength", noMemory);
        } catch (final IllegalStateException closed) {
            // What was sent before the close is still received.
            allocateCollected(bytes);
        }
    }

    private void allocatePooled(final int bytes) {
        final int sizeClass = BufferSize.of(bytes);
        if (sizeClass == BufferSize.OUTSIZE) {
            slab = pool.takeOutsize(bytes);
            offset = 0;
        } else {
            final long buffer = pool.take(sizeClass);
            slab = pool.slab(buffer);
            offset = Slab.offset(buffer);
        }
        memory = slab.memory;
        address = slab.block.address() + offset;
    }

    private void allocateCollected(final int bytes) {
        try {
            memory = Arena.ofAuto().allocate(bytes, FrameDescriptor.ALIGNMENT);
        } catch (final OutOfMemoryError e) {
            throw new KaelixException("no memory to put a long message together: start Java with a larger -XX:MaxDirectMemorySize", e);
        }
        address = memory.address();
    }

    /** Adds bytes of payload, which there is room for. */
    void add(final long from, final int bytes) {
        NativeMemory.copy(from, address + headerLength + filled, bytes);
        filled += bytes;
    }

    /** Bytes of payload that are missing. */
    int missing() {
        return length - filled;
    }

    int streamId() {
        return streamId;
    }

    int sequence() {
        return sequence;
    }

    /** Where the frame lies. */
    long address() {
        return address;
    }

    /** Memory that it lies in, read-only. */
    MemorySegment memory() {
        return memory.asReadOnly();
    }

    int headerLength() {
        return headerLength;
    }

    /** Bytes of payload. */
    int length() {
        return length;
    }

    /** Whether {@link #retain} can share its memory. */
    boolean isPooled() {
        return slab != null;
    }

    /** Shares its memory, instead of a copy. */
    RetainedMessage retain(final int publisherId, final Topic topic) {
        if (shared == null) {
            shared = pool.share(slab, offset, headerLength, length, publisherId, topic);
        }
        return shared.retain();
    }

    /** Gives the memory back, or leaves it to those who retained it. */
    void close() {
        if (shared != null) {
            shared.release();
            shared = null;
        } else if (slab != null) {
            pool.give(slab, offset);
        }
        slab = null;
        memory = null;
    }
}
