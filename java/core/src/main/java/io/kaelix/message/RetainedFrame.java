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
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.kaelix.Headers;
import io.kaelix.RetainedMessage;
import io.kaelix.Topic;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Shows a copy of a frame in a buffer of the pool, while references are held. If the frame refers to a payload, what is copied ends there,
 * and the payload is held.
 *
 * <p>One object for each copy, never used again, so that its count of references alone tells whether the buffer is still its own. A read
 * looks at that count before and after: when the last release of another thread comes between, the bytes may be another message's already,
 * and the read throws. It goes through the slab's segment, so that memory which was unmapped meanwhile is an exception, too.
 *
 * <p><b>Threads</b>: any.
 */
final class RetainedFrame implements RetainedMessage {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle REFERENCES;

    static {
        try {
            REFERENCES = MethodHandles.lookup().findVarHandle(RetainedFrame.class, "references", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final MessagePool pool;
    private final Slab slab;
    private final MemorySegment memory;
    private final int frame;
    private final int headersEnd;
    /** Holds the payload, if that is not in the buffer. */
    private final SharedBytes shared;
    /** What the payload lies in, and where. */
    private final MemorySegment bytes;
    private final long payload;
    private final int length;
    private final int publisherId;
    private final Topic topic;

    /** Set before it is handed out, or never. */
    private LeakWatch watch;
    /** Made when first asked for. By two threads at once, two are made, and either will do. */
    private FrameHeaders headers;
    private volatile int references = 1;

    RetainedFrame(final MessagePool pool, final Slab slab, final int offset, final int headerLength, final int length,
            final int publisherId, final Topic topic) {
        this(pool, slab, offset, headerLength, null, 0, length, publisherId, topic);
    }

    /** One whose payload is elsewhere, and held. */
    RetainedFrame(final MessagePool pool, final Slab slab, final int offset, final int headerLength, final SharedBytes shared,
            final long start, final int length, final int publisherId, final Topic topic) {
        this.pool = pool;
        this.slab = slab;
        this.memory = slab.memory;
        this.frame = offset;
        this.headersEnd = offset + headerLength;
        this.shared = shared;
        this.bytes = shared == null ? memory : shared.segment();
        this.payload = shared == null ? headersEnd : start;
        this.length = length;
        this.publisherId = publisherId;
        this.topic = topic;
    }

    /** Has its leak told. */
    void watch(final LeakWatch by) {
        watch = by;
    }

    private void check() {
        if (references == 0) {
            throw released();
        }
    }

    private IllegalStateException released() {
        return new IllegalStateException("this message of " + topic + " was released: retain it once for each release,"
                + " and use it before the last");
    }

    /** Behind a read: what was read is this message's. */
    private void checkStill() {
        // SYNC: pairs with the fence in release. Whoever saw bytes that were written after the release sees the count that it left.
        VarHandle.acquireFence();
        check();
    }

    private long at(final int offset, final int bytes) {
        check();
        return payload + Objects.checkIndex(offset, length - (bytes - 1));
    }

    private long range(final int offset, final int bytes) {
        check();
        return payload + Objects.checkFromIndexSize(offset, bytes, length);
    }

    @Override
    public int references() {
        return references;
    }

    @Override
    public RetainedMessage retain() {
        int count;
        do {
            count = references;
            if (count == 0) {
                throw released();
            }
            if (count == Integer.MAX_VALUE) {
                throw new IllegalStateException("this message of " + topic + " has 2147483647 references: some are never released");
            }
        } while (!REFERENCES.compareAndSet(this, count, count + 1));
        return this;
    }

    @Override
    public boolean release() {
        int count;
        do {
            count = references;
            if (count == 0) {
                throw released();
            }
        } while (!REFERENCES.compareAndSet(this, count, count - 1));
        if (count > 1) {
            return false;
        }
        // SYNC: pairs with checkStill: the count goes first, then whatever is written there next.
        VarHandle.fullFence();
        if (watch != null) {
            watch.end();
        }
        pool.give(slab, frame);
        if (shared != null) {
            shared.release();
        }
        // Until here it is no leak.
        Reference.reachabilityFence(this);
        return true;
    }

    @Override
    public Topic topic() {
        check();
        return topic;
    }

    @Override
    public int streamId() {
        return intOfFrame(STREAM_ID_OFFSET);
    }

    private int intOfFrame(final int offset) {
        check();
        final int value = memory.get(INT, frame + offset);
        checkStill();
        return value;
    }

    @Override
    public int publisherId() {
        check();
        return publisherId;
    }

    @Override
    public long sequence() {
        return Integer.toUnsignedLong(intOfFrame(SEQUENCE_OFFSET));
    }

    @Override
    public long timestamp() {
        if ((intOfFrame(FLAGS_OFFSET) & FLAG_TIMESTAMP) == 0) {
            return NO_TIMESTAMP;
        }
        final long value = memory.get(LONG, frame + TIMESTAMP_OFFSET);
        checkStill();
        return value;
    }

    @Override
    public long partitionKey() {
        return headersOfFrame().partitionKey();
    }

    @Override
    public Headers headers() {
        return headersOfFrame().validate();
    }

    private FrameHeaders headersOfFrame() {
        FrameHeaders made = headers;
        if (made == null) {
            made = new FrameHeaders(new HeadersInCopy(), true);
            headers = made;
        }
        return made;
    }

    @Override
    public int length() {
        check();
        return length;
    }

    @Override
    public byte getByte(final int offset) {
        final byte value = bytes.get(JAVA_BYTE, at(offset, Byte.BYTES));
        checkStill();
        return value;
    }

    @Override
    public int getInt(final int offset) {
        final int value = bytes.get(INT, at(offset, Integer.BYTES));
        checkStill();
        return value;
    }

    @Override
    public long getLong(final int offset) {
        final long value = bytes.get(LONG, at(offset, Long.BYTES));
        checkStill();
        return value;
    }

    @Override
    public double getDouble(final int offset) {
        final double value = bytes.get(DOUBLE, at(offset, Double.BYTES));
        checkStill();
        return value;
    }

    @Override
    public MemorySegment payload() {
        check();
        return bytes.asSlice(payload, length).asReadOnly();
    }

    @Override
    public void copyTo(final int offset, final MemorySegment target, final long targetOffset, final int count) {
        final long from = range(offset, count);
        if (shared == null) {
            MemorySegment.copy(bytes, from, target, targetOffset, count);
        } else {
            shared.copyTo(from, target, targetOffset, count);
        }
        checkStill();
    }

    @Override
    public void copyTo(final int offset, final byte[] target, final int targetOffset, final int count) {
        final long from = range(offset, count);
        if (shared == null) {
            MemorySegment.copy(bytes, JAVA_BYTE, from, target, targetOffset, count);
        } else {
            shared.copyTo(from, MemorySegment.ofArray(target), targetOffset, count);
        }
        checkStill();
    }

    @Override
    public byte[] toByteArray() {
        check();
        final byte[] copy = new byte[length];
        copyTo(0, copy, 0, length);
        return copy;
    }

    @Override
    public String asString() {
        return new String(toByteArray(), StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return references == 0
                ? "RetainedMessage[released]"
                : "RetainedMessage[" + topic + " of publisher " + publisherId + ", " + length + " bytes, " + references + " references]";
    }

    private final class HeadersInCopy implements FrameHeaders.Source {

        @Override
        public void checkReadable() {
            checkStill();
        }

        @Override
        public MemorySegment memory() {
            return memory;
        }

        private int flags() {
            return memory.get(INT, frame + FLAGS_OFFSET);
        }

        private int start() {
            return frame + HEADER_LENGTH + (flags() & FLAG_TIMESTAMP) * TIMESTAMP_LENGTH;
        }

        @Override
        public long headersOffset() {
            return start();
        }

        @Override
        public int headersLength() {
            return headersEnd - start();
        }

        @Override
        public boolean isFlagged() {
            return (flags() & FLAG_HEADERS) != 0;
        }
    }
}
