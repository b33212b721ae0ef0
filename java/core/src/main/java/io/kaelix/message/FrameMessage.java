// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static io.kaelix.message.FrameDescriptor.FLAGS_OFFSET;
import static io.kaelix.message.FrameDescriptor.FLAG_HEADERS;
import static io.kaelix.message.FrameDescriptor.FLAG_TIMESTAMP;
import static io.kaelix.message.FrameDescriptor.HEADER_LENGTH;
import static io.kaelix.message.FrameDescriptor.SEQUENCE_OFFSET;
import static io.kaelix.message.FrameDescriptor.STREAM_ID_OFFSET;
import static io.kaelix.message.FrameDescriptor.TIMESTAMP_LENGTH;
import static io.kaelix.message.FrameDescriptor.TIMESTAMP_OFFSET;

import io.kaelix.Headers;
import io.kaelix.Message;
import io.kaelix.RetainedMessage;
import io.kaelix.Topic;
import io.kaelix.memory.NativeMemory;
import io.kaelix.memory.Padded;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * Shows the frame that it points at as a message.
 *
 * <p><b>Threads</b>: its reader's, from {@link #wrap} to {@link #clear}. Reads check that it is open and the thread first, then the range.
 */
public final class FrameMessage extends Padded implements Message {

    private static final int ENDED = -1;

    private final IntFunction<Topic> topics;
    private final int publisherId;
    private final MemorySegment memory;
    private final MessagePool pool;
    private final FrameHeaders headers = new FrameHeaders(new HeadersInFrame(), false);

    private Thread owner;
    private long frame;
    private long payload;
    /** Negative while it points at no frame. */
    private int length = ENDED;

    /**
     * @param memory read-only segment that all frames lie in, for {@link #payload}
     * @param publisherId whose frames these are
     * @param topics gives the topic of a stream id
     * @param pool where messages that are retained go
     */
    public FrameMessage(final MemorySegment memory, final int publisherId, final IntFunction<Topic> topics, final MessagePool pool) {
        this.pool = pool;
        this.memory = memory;
        this.publisherId = publisherId;
        this.topics = topics;
    }

    /** The same for a reader whose messages nobody can retain. */
    public FrameMessage(final MemorySegment memory, final int publisherId, final IntFunction<Topic> topics) {
        this(memory, publisherId, topics, null);
    }

    /**
     * Whose it is, from the next {@link #wrap} on. Stored once: the collector is told of each store of a reference by one into a table, whose
     * lines reader and writer would share.
     */
    public void open(final Thread thread) {
        if (owner != thread) {
            owner = thread;
        }
    }

    /**
     * Points it at a frame, whose length was checked to lie inside the ring.
     *
     * @return false, and it points where it did, if the frame is corrupt: its headers would end behind it
     */
    public boolean wrap(final long address, final int frameLength, final int flags) {
        if (flags == FrameDescriptor.VERSION_BITS) {
            // Nothing but a payload. A branch that the CPU guesses, where the sum below would have to wait for the word that holds the flags: so the
            // lines behind the frame's first one are already on their way from the writer's core while that word is.
            point(address, HEADER_LENGTH, frameLength);
            return true;
        }
        final int offset = FrameDescriptor.payloadOffset(flags);
        if (offset > frameLength) {
            return false;
        }
        point(address, offset, frameLength);
        return true;
    }

    private void point(final long address, final int offset, final int frameLength) {
        frame = address;
        payload = address + offset;
        length = frameLength - offset;
    }

    /** Makes it unreadable. */
    public void clear() {
        if (length != ENDED) {
            length = ENDED;
        }
    }

    /** Address of the frame that it points at; meaningful while it is open. */
    public long frame() {
        return frame;
    }

    private void check() {
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
        return memory.asSlice(payload - memory.address(), length);
    }

    @Override
    public void copyTo(final int offset, final MemorySegment target, final long targetOffset, final int bytes) {
        NativeMemory.copy(range(offset, bytes), target, targetOffset, bytes);
    }

    @Override
    public void copyTo(final int offset, final byte[] target, final int targetOffset, final int bytes) {
        NativeMemory.copy(range(offset, bytes), target, targetOffset, bytes);
    }

    @Override
    public byte[] toByteArray() {
        check();
        final byte[] bytes = new byte[length];
        NativeMemory.copy(payload, bytes, 0, length);
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
        return pool.retain(frame, (int) (payload - frame), length, publisherId, topic());
    }

    @Override
    public String toString() {
        return length >= 0 && Thread.currentThread() == owner
                ? "Message[" + topic() + " #" + sequence() + " of publisher " + publisherId + ", " + length + " bytes]"
                : "Message[ended]";
    }

    /** They end where the payload begins, which was found to lie inside the frame. */
    private final class HeadersInFrame implements FrameHeaders.Source {

        @Override
        public void checkReadable() {
            check();
        }

        @Override
        public MemorySegment memory() {
            return memory;
        }

        private long start() {
            return frame + HEADER_LENGTH + (NativeMemory.getInt(frame + FLAGS_OFFSET) & FLAG_TIMESTAMP) * TIMESTAMP_LENGTH;
        }

        @Override
        public long headersOffset() {
            return start() - memory.address();
        }

        @Override
        public int headersLength() {
            return (int) (payload - start());
        }

        @Override
        public boolean isFlagged() {
            return (NativeMemory.getInt(frame + FLAGS_OFFSET) & FLAG_HEADERS) != 0;
        }
    }
}
