// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static io.kaelix.message.FrameDescriptor.FLAGS_OFFSET;
import static io.kaelix.message.FrameDescriptor.FLAG_REFERENCE;
import static io.kaelix.message.FrameDescriptor.FLAG_TIMESTAMP;
import static io.kaelix.message.FrameDescriptor.HEADER_LENGTH;
import static io.kaelix.message.FrameDescriptor.SEQUENCE_OFFSET;
import static io.kaelix.message.FrameDescriptor.STREAM_ID_OFFSET;
import static io.kaelix.message.FrameDescriptor.TIMESTAMP_OFFSET;

import io.kaelix.Headers;
import io.kaelix.KaelixException;
import io.kaelix.Message;
import io.kaelix.MessageHandler;
import io.kaelix.RetainedMessage;
import io.kaelix.StreamerConfig;
import io.kaelix.Topic;
import io.kaelix.memory.NativeMemory;
import io.kaelix.memory.Padded;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * Shows the frame that it points at as a message. Frames that are parts of one it keeps, and shows what they are put together.
 *
 * <p><b>Threads</b>: its reader's, from {@link #wrap} to {@link #clear}. Reads check that it is open and the thread first, then the range.
 */
public final class FrameMessage extends Padded implements Message {

    /** Of {@link #take}: the frame is no part of a message, but corrupt. */
    public static final int CORRUPT = -1;

    /** Of {@link #take}: the frame is a part, and nothing is complete yet. */
    public static final int PART = 0;

    /** Of {@link #take}: the frame completes a message, to be {@linkplain #deliver delivered}. */
    public static final int WHOLE = 1;

    /** Of {@link #take}: the frame ends a message of which the first parts were not seen. */
    public static final int MISSED = 2;

    private static final int ENDED = -1;

    private final IntFunction<Topic> topics;
    final int publisherId;
    private final MemorySegment memory;
    final MessagePool pool;
    final int maxMessageLength;
    private final FrameHeaders headers = new FrameHeaders(new HeadersInFrame(this), false);

    private Thread owner;
    private long frame;
    private long payload;
    /** Negative while it points at no frame. */
    private int length = ENDED;
    /** Null until there is a part of a message. */
    private Assembler assembler;
    /** What it shows, if it was put together from parts; else null. */
    private Assembly whole;

    /** What the last frame with a reference refers to; held, until there is another one or {@link #clear}. */
    private SharedBytes shared;
    /** Where the payload of that frame lies; 0 if there was none. Another frame's lies elsewhere. */
    private long sharedPayload;
    /** Whether somebody was told that the file which that is was cut. */
    private boolean told;
    /** Bytes of that frame before the reference. */
    private int sharedHeader;
    /** Whether the frame that was refused last refers to bytes that are gone. */
    private boolean gone;
    /** Shows frames of the same publisher that were copied; null until there are some. */
    private FrameMessage copied;

    /**
     * @param memory read-only segment that all frames lie in, for {@link #payload}
     * @param publisherId whose frames these are
     * @param topics gives the topic of a stream id
     * @param pool where messages that are retained go, and parts are put together
     * @param maxMessageLength longest payload that is put together
     */
    public FrameMessage(final MemorySegment memory, final int publisherId, final IntFunction<Topic> topics, final MessagePool pool,
            final int maxMessageLength) {
        this.maxMessageLength = maxMessageLength;
        this.pool = pool;
        this.memory = memory;
        this.publisherId = publisherId;
        this.topics = topics;
    }

    /** The same with the longest message that there is by default. */
    public FrameMessage(final MemorySegment memory, final int publisherId, final IntFunction<Topic> topics, final MessagePool pool) {
        this(memory, publisherId, topics, pool, StreamerConfig.defaults().maxMessageLength());
    }

    /** The same for a reader whose messages nobody can retain. */
    public FrameMessage(final MemorySegment memory, final int publisherId, final IntFunction<Topic> topics) {
        this(memory, publisherId, topics, null);
    }

    /** The same for frames of its publisher that were copied to other memory. */
    FrameMessage over(final MemorySegment other) {
        return new FrameMessage(other, publisherId, topics, pool, maxMessageLength);
    }

    /** The same, kept for the next time. */
    FrameMessage in(final MemorySegment other) {
        copied = copied == null || copied.memory != other ? over(other) : copied;
        return copied;
    }

    /**
     * Whose it is, from the next {@link #wrap} on. Stored once: the collector is told of each store of a reference by one into a table,
     * whose lines reader and writer would share.
     */
    public void open(final Thread thread) {
        if (owner != thread) {
            owner = thread;
        }
    }

    /**
     * Points it at a frame, whose length was checked to lie inside the ring.
     *
     * @return false, and it points where it did, if the frame is no message: it is a part of one, which is to be {@linkplain #take taken};
     *     or it {@linkplain #isGone is gone}; or it is corrupt: its headers would end behind it, or its reference does not make sense
     * @throws io.kaelix.KaelixException if the message before was one of a file that was cut meanwhile
     */
    public boolean wrap(final long address, final int frameLength, final int flags) {
        if (flags == FrameDescriptor.VERSION_BITS) {
            // Nothing but a payload. A branch that the CPU guesses, where the sum below would have to wait for the word that holds the
            // flags: so the lines behind the frame's first one are already on their way from the writer's core while that word is.
            point(address, HEADER_LENGTH, frameLength);
            return true;
        }
        if (gone) {
            gone = false;
        }
        final int offset = FrameDescriptor.payloadOffset(flags);
        if (offset > frameLength || FrameDescriptor.isPart(flags)) {
            return false;
        }
        if ((flags & FLAG_REFERENCE) != 0) {
            return frameLength - offset == ReferenceDescriptor.LENGTH && pointAtShared(address, offset);
        }
        point(address, offset, frameLength);
        return true;
    }

    /**
     * Points it at the bytes that a frame refers to, and holds them: so they stay, whatever becomes of the frame. A reader that is cut off
     * while its handler is at the message sees at worst a frame header that is written over; a lossy one has nobody else who holds them.
     */
    private boolean pointAtShared(final long address, final int offset) {
        // Each is loaded once, as others may write there by now; what is checked is what is used.
        final long reference = address + offset;
        final int index = NativeMemory.getInt(reference + ReferenceDescriptor.INDEX_OFFSET);
        final int generation = NativeMemory.getInt(reference + ReferenceDescriptor.GENERATION_OFFSET);
        final long start = NativeMemory.getLong(reference + ReferenceDescriptor.START_OFFSET);
        final long bytes = NativeMemory.getLong(reference + ReferenceDescriptor.LENGTH_OFFSET);
        if (shared == null || shared.index() != index || shared.generation() != generation) {
            dropShared(!told);
            told = false;
            shared = PayloadTable.PROCESS.acquire(index, generation);
        }
        if (shared == null) {
            gone = true;
            return false;
        }
        if (bytes < 0 || bytes > Integer.MAX_VALUE || start < 0 || start > shared.length() - bytes) {
            return false;
        }
        frame = address;
        payload = shared.address() + start;
        length = (int) bytes;
        sharedPayload = payload;
        sharedHeader = offset;
        return true;
    }

    /** @param checked whether the handler is to hear that what it may have read was no longer there */
    private void dropShared(final boolean checked) {
        final SharedBytes before = shared;
        if (before != null) {
            shared = null;
            sharedPayload = 0;
            try {
                if (checked) {
                    before.checkWhole();
                }
            } finally {
                before.releaseSoon();
            }
        }
    }

    /** Whether the frame that was refused last refers to bytes that nobody holds any more, if they ever were. */
    public boolean isGone() {
        return gone;
    }

    /**
     * Behind a poll: whether what its handler read of a file was there, unless it was told already.
     *
     * @throws io.kaelix.KaelixException if the file was cut
     */
    public void checkWhole() {
        if (shared != null && !told) {
            shared.checkWhole();
        }
    }

    /**
     * An error that the JVM threw while it was shown: rethrown, unless it comes from a file that was cut.
     *
     * @return one that names the file
     */
    public KaelixException explain(final InternalError fault) {
        if (shared == null) {
            throw fault;
        }
        final KaelixException explained = shared.explain(fault);
        told = true;
        return explained;
    }

    private void copyShared(final long from, final MemorySegment target, final long targetOffset, final int bytes) {
        try {
            shared.copyTo(from, target, targetOffset, bytes);
        } catch (final KaelixException cut) {
            told = true;
            throw cut;
        }
    }

    private boolean isShared() {
        return payload == sharedPayload;
    }

    private void point(final long address, final int offset, final int frameLength) {
        frame = address;
        payload = address + offset;
        length = frameLength - offset;
    }

    /**
     * Takes a frame that {@link #wrap} refused: keeps what it holds, if it is a part of a message. The one that completed a message may be
     * taken again, until that is delivered.
     *
     * @param fromStart whether this reader saw all frames of the lane, so that no message can have begun before
     * @return {@link #CORRUPT}, {@link #PART}, {@link #WHOLE} or {@link #MISSED}
     * @throws io.kaelix.KaelixException if the part does not belong where it is, or there is no memory for the message. Nothing has changed
     *     then, and the frame may be taken again
     */
    public int take(final long address, final int frameLength, final int flags, final boolean fromStart) {
        if (!FrameDescriptor.isPart(flags) || FrameDescriptor.payloadOffset(flags) > frameLength) {
            return CORRUPT;
        }
        if (whole != null) {
            return WHOLE;
        }
        if (assembler == null) {
            assembler = new Assembler(publisherId, pool, maxMessageLength);
        }
        final int taken = assembler.take(address, frameLength, flags, fromStart);
        if (taken == WHOLE) {
            whole = assembler.completed();
        }
        return taken;
    }

    /** Points it at the message that was put together. Whether a filter, if any, holds for that; if not, it is counted and let go of. */
    public boolean isWanted(final FrameFilter filter) {
        point(whole.address(), whole.headerLength(), whole.headerLength() + whole.length());
        if (filter == null || filter.holds(this)) {
            return true;
        }
        filter.passOver(1);
        clear();
        letGo();
        return false;
    }

    /** Shows the message that was put together, and {@linkplain #isWanted is wanted}, to a handler, and lets go of it. */
    public void deliver(final MessageHandler handler) {
        try {
            handler.onMessage(this);
        } finally {
            clear();
            letGo();
        }
    }

    private void letGo() {
        if (whole != null) {
            assembler.close(whole);
            whole = null;
        }
    }

    /** Whether there are parts of a message that is not complete. */
    public boolean hasParts() {
        return assembler != null && (whole != null || assembler.hasParts());
    }

    /** Gives back the memory of the parts that it has: no more come, or some were lost. By its reader's thread, or behind its end. */
    public void dropParts() {
        letGo();
        if (assembler != null) {
            assembler.drop();
        }
    }

    /** Makes it unreadable. */
    public void clear() {
        if (length != ENDED) {
            length = ENDED;
        }
        if (shared != null) {
            dropShared(false);
        }
    }

    /** Address of the frame that it points at; meaningful while it is open. */
    public long frame() {
        return frame;
    }

    /** Bytes of the frame before the payload, or before the reference to it. */
    int headerLength() {
        return isShared() ? sharedHeader : (int) (payload - frame);
    }

    /** Address of the payload, where it may be read as long as this points at it. */
    long payloadAddress() {
        return payload;
    }

    /** Length of a frame that holds all of it. */
    public long plainLength() {
        return (long) headerLength() + length;
    }

    void check() {
        if (length < 0 || Thread.currentThread() != owner) {
            throw new IllegalStateException(length < 0
                    ? "this message has ended: it is valid until its handler returns, copy what must live longer"
                    : "a message is read by the thread that polled it, " + ThreadNames.of(owner) + ": copy it for other threads");
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
    public Topic topic() {
        return topics.apply(streamId());
    }

    @Override
    public int streamId() {
        check();
        return NativeMemory.getInt(frame + STREAM_ID_OFFSET);
    }

    @Override
    public int publisherId() {
        check();
        return publisherId;
    }

    @Override
    public long sequence() {
        check();
        return Integer.toUnsignedLong(NativeMemory.getInt(frame + SEQUENCE_OFFSET));
    }

    @Override
    public long timestamp() {
        check();
        return (NativeMemory.getInt(frame + FLAGS_OFFSET) & FLAG_TIMESTAMP) == 0
                ? NO_TIMESTAMP
                : NativeMemory.getLong(frame + TIMESTAMP_OFFSET);
    }

    @Override
    public long partitionKey() {
        return headers.partitionKey();
    }

    @Override
    public Headers headers() {
        return headers.validate();
    }

    @Override
    public int length() {
        check();
        return length;
    }

    @Override
    public byte getByte(final int offset) {
        return NativeMemory.getByte(at(offset, Byte.BYTES));
    }

    @Override
    public int getInt(final int offset) {
        return NativeMemory.getInt(at(offset, Integer.BYTES));
    }

    @Override
    public long getLong(final int offset) {
        return NativeMemory.getLong(at(offset, Long.BYTES));
    }

    @Override
    public double getDouble(final int offset) {
        return NativeMemory.getDouble(at(offset, Double.BYTES));
    }

    @Override
    public MemorySegment payload() {
        check();
        if (isShared()) {
            return shared.segment().asSlice(payload - shared.address(), length);
        }
        final MemorySegment memory = memory();
        return memory.asSlice(payload - memory.address(), length);
    }

    /** Memory that its frame lies in. */
    MemorySegment memory() {
        return whole == null ? memory : whole.memory();
    }

    @Override
    public void copyTo(final int offset, final MemorySegment target, final long targetOffset, final int bytes) {
        final long from = range(offset, bytes);
        if (isShared()) {
            copyShared(from - shared.address(), target, targetOffset, bytes);
        } else {
            NativeMemory.copy(from, target, targetOffset, bytes);
        }
    }

    @Override
    public void copyTo(final int offset, final byte[] target, final int targetOffset, final int bytes) {
        final long from = range(offset, bytes);
        if (isShared()) {
            copyShared(from - shared.address(), MemorySegment.ofArray(target), targetOffset, bytes);
        } else {
            NativeMemory.copy(from, target, targetOffset, bytes);
        }
    }

    @Override
    public byte[] toByteArray() {
        check();
        final byte[] bytes = new byte[length];
        copyTo(0, bytes, 0, length);
        return bytes;
    }

    @Override
    public String asString() {
        return new String(toByteArray(), StandardCharsets.UTF_8);
    }

    @Override
    public RetainedMessage retain() {
        check();
        if (pool == null) {
            throw new IllegalStateException("messages of this reader cannot be retained: copy what must live longer");
        }
        if (whole != null && whole.isPooled()) {
            return whole.retain(publisherId, topic());
        }
        return isShared()
                ? pool.retain(frame, sharedHeader, shared, payload - shared.address(), length, publisherId, topic())
                : pool.retain(frame, (int) (payload - frame), length, publisherId, topic());
    }

    @Override
    public String toString() {
        return length >= 0 && Thread.currentThread() == owner
                ? "Message[" + topic() + " #" + sequence() + " of publisher " + publisherId + ", " + length + " bytes]"
                : "Message[ended]";
    }
}
