// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static io.kaelix.message.FrameDescriptor.FLAG_HEADERS;
import static io.kaelix.message.FrameDescriptor.HEADERS_LENGTH_SHIFT;
import static io.kaelix.message.FrameDescriptor.HEADER_LENGTH;

import io.kaelix.Headers;
import io.kaelix.Message;
import io.kaelix.MessageBuilder;
import io.kaelix.Payload;
import io.kaelix.Topic;
import io.kaelix.memory.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * A message before there is a frame for it. Headers are kept as they will lie in the frame, the payload as a reference, with the length
 * that it had: whoever offers it asks for {@link #headerLength} and {@link #payloadLength}, claims as much, and lets it {@link #encode}.
 *
 * <p><b>Threads</b>: the one that used it first; what it checks is what makes it safe that the lengths still hold when it encodes.
 */
public final class FrameBuilder implements MessageBuilder {

    private static final byte[] EMPTY = {};
    private static final int INITIAL_BYTES = 1024 + HeaderDescriptor.FIRST_OFFSET;
    private static final int SHORT_KEY = 256;
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final VarHandle OWNER;

    static {
        try {
            OWNER = MethodHandles.lookup().findVarHandle(FrameBuilder.class, "owner", Thread.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The thread that used it first. */
    private Thread owner;
    private final byte[] keyBytes = new byte[SHORT_KEY];

    private Topic topic;
    private long timestamp;
    private long key;

    /** As {@link HeaderDescriptor} has them, from its first byte on. */
    private byte[] headers = new byte[INITIAL_BYTES];
    private int headersEnd;
    private int headerCount;

    /**
     * An array, a segment, a buffer, a shared payload or a text; of which {@code payloadLength} bytes from {@code payloadOffset} on, but
     * for the last two.
     */
    private Object payload;
    private long payloadOffset;
    private int payloadLength;

    FrameBuilder() {
        reset();
    }

    /**
     * The builder behind the interface, about to be offered to a publisher of a topic.
     *
     * @throws IllegalArgumentException if it is for another topic, or was not made by {@link Message#builder()}
     * @throws IllegalStateException on another thread than its own
     */
    public static FrameBuilder of(final MessageBuilder builder, final Topic publishers) {
        final FrameBuilder message = of(builder);
        message.checkTopic(publishers);
        return message;
    }

    /** The same where the topic is checked {@linkplain #checkTopic later}. */
    public static FrameBuilder of(final MessageBuilder builder) {
        if (!(Objects.requireNonNull(builder, "message") instanceof final FrameBuilder message)) {
            throw new IllegalArgumentException("a builder comes from Message.builder(), this one is a " + builder.getClass().getName());
        }
        message.check();
        return message;
    }

    /**
     * That it names the topic that it is offered to, or none.
     *
     * @throws IllegalArgumentException if it is for another
     */
    public void checkTopic(final Topic publishers) {
        if (topic != null && !topic.equals(publishers)) {
            throw new IllegalArgumentException("the message is for " + topic + ", this publisher sends to " + publishers
                    + ": offer it to one of its topic, or clear the topic");
        }
    }

    private void check() {
        if (Thread.currentThread() != owner && !OWNER.compareAndSet(this, null, Thread.currentThread())) {
            throw new IllegalStateException("this builder belongs to thread " + ThreadNames.of(owner) + ": give thread "
                    + ThreadNames.of(Thread.currentThread()) + " a builder of its own");
        }
    }

    /** The topic that it is for, or null if it names none. */
    public Topic topic() {
        return topic;
    }

    private boolean hasHeaders() {
        return headerCount > 0 || key != Message.NO_PARTITION_KEY;
    }

    private int headersLength() {
        return hasHeaders() ? FrameDescriptor.step(headersEnd) : 0;
    }

    /** The shared payload that it has, or null if its payload is another. */
    public PayloadHandle shared() {
        return payload instanceof final PayloadHandle handle ? handle : null;
    }

    /** Hash of its key, or {@link Message#NO_PARTITION_KEY}. */
    public long partitionKey() {
        return key;
    }

    /** Bytes in front of the payload. */
    public int headerLength() {
        return FrameEncoder.headerLength(timestamp) + headersLength();
    }

    /** Bytes of payload. */
    public int payloadLength() {
        return payloadLength;
    }

    /** What stands beside the length of the frame. */
    public int flags() {
        final int flags = FrameEncoder.flags(FrameEncoder.headerLength(timestamp));
        return hasHeaders() ? flags | FLAG_HEADERS | headersLength() << HEADERS_LENGTH_SHIFT : flags;
    }

    /** Writes all but the first sixteen bytes, in place. A source of payload that became shorter or ended throws; nothing is sent then. */
    public void encode(final long frame) {
        encodeHeaders(frame);
        putPayload(frame + headerLength());
    }

    /** Writes what stands between the first sixteen bytes and the payload, in place. */
    public void encodeHeaders(final long frame) {
        FrameEncoder.putTimestamp(frame, timestamp);
        final int length = headersLength();
        if (length > 0) {
            putHeaders(frame + FrameEncoder.headerLength(timestamp), length);
        }
    }

    /** What holds the payload: an array, a segment, a buffer or a shared payload. A text is encoded first, into an array of that length. */
    public Object source() {
        return payload instanceof final String text ? text.getBytes(StandardCharsets.UTF_8) : payload;
    }

    /** Where the payload begins there. */
    public long sourceOffset() {
        return payloadOffset;
    }

    private void putHeaders(final long address, final int length) {
        SHORT.set(headers, HeaderDescriptor.COUNT_OFFSET, (short) headerCount);
        final boolean hasKey = key != Message.NO_PARTITION_KEY;
        SHORT.set(headers, HeaderDescriptor.FLAGS_OFFSET, (short) (hasKey ? HeaderDescriptor.FLAG_KEY : 0));
        INT.set(headers, HeaderDescriptor.KEY_OFFSET, hasKey ? (int) key : 0);
        for (int at = headersEnd; at < length; at++) {
            headers[at] = 0;
        }
        NativeMemory.copy(headers, 0, address, length);
    }

    private void putPayload(final long address) {
        switch (payload) {
            case final byte[] bytes -> FrameEncoder.putPayload(address, bytes, (int) payloadOffset, payloadLength);
            case final MemorySegment segment -> FrameEncoder.putPayload(address, segment, payloadOffset, payloadLength);
            case final String text -> Utf8.encode(text, address);
            case final PayloadHandle handle -> handle.copyTo(address, 0, payloadLength);
            default -> putBuffer(address, (ByteBuffer) payload, (int) payloadOffset, payloadLength);
        }
    }

    /** Word by word: to see a buffer as a segment would allocate. */
    static void putBuffer(final long address, final ByteBuffer buffer, final int offset, final int length) {
        final boolean swap = buffer.order() != ByteOrder.LITTLE_ENDIAN;
        final int end = offset + length;
        long to = NativeMemory.base(address);
        int from = offset;
        for (; from <= end - Long.BYTES; from += Long.BYTES, to += Long.BYTES) {
            final long word = buffer.getLong(from);
            NativeMemory.putLong(to, swap ? Long.reverseBytes(word) : word);
        }
        for (; from < end; from++, to++) {
            NativeMemory.putByte(to, buffer.get(from));
        }
    }

    @Override
    public MessageBuilder topic(final Topic of) {
        check();
        topic = of;
        return this;
    }

    private MessageBuilder payload(final Object source, final long offset, final int length) {
        check();
        payload = source;
        payloadOffset = offset;
        payloadLength = length;
        return this;
    }

    @Override
    public MessageBuilder payload(final byte[] bytes, final int offset, final int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        return payload((Object) bytes, offset, length);
    }

    @Override
    public MessageBuilder payload(final ByteBuffer buffer) {
        return buffer.hasArray()
                ? payload(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining())
                : payload((Object) buffer, buffer.position(), buffer.remaining());
    }

    @Override
    public MessageBuilder payload(final MemorySegment segment, final long offset, final int length) {
        Objects.checkFromIndexSize(offset, length, segment.byteSize());
        return payload((Object) segment, offset, length);
    }

    @Override
    public MessageBuilder payload(final Payload shared) {
        final PayloadHandle handle = PayloadHandle.of(shared);
        return payload(handle, 0, (int) Math.min(handle.length(), Integer.MAX_VALUE));
    }

    @Override
    public MessageBuilder payload(final String text) {
        return payload(text, 0, Utf8.length(text));
    }

    /** Room for a header; where its name goes. Changes nothing if there is none. */
    private int open(final int nameLength, final int valueLength) {
        check();
        if (nameLength > Headers.MAX_NAME_LENGTH || valueLength > Headers.MAX_VALUE_LENGTH) {
            throw new IllegalArgumentException("a header has at most " + Headers.MAX_NAME_LENGTH + " bytes of name and "
                    + Headers.MAX_VALUE_LENGTH + " of value, not " + nameLength + " and " + valueLength + ": send it as payload");
        }
        final int end = headersEnd + HeaderDescriptor.NAME_OFFSET + nameLength + valueLength;
        if (end > HeaderDescriptor.MAX_LENGTH) {
            throw new IllegalArgumentException("the headers of a message take at most " + HeaderDescriptor.MAX_LENGTH
                    + " bytes in all, with this one they would take " + end + ": send some of it as payload");
        }
        // Whole words, for what fills up the last one.
        if (FrameDescriptor.step(end) > headers.length) {
            headers = Arrays.copyOf(headers,
                    Math.min(Math.max(2 * headers.length, FrameDescriptor.step(end)), HeaderDescriptor.MAX_LENGTH));
        }
        headers[headersEnd + HeaderDescriptor.NAME_LENGTH_OFFSET] = (byte) nameLength;
        SHORT.set(headers, headersEnd + HeaderDescriptor.VALUE_LENGTH_OFFSET, (short) valueLength);
        return headersEnd + HeaderDescriptor.NAME_OFFSET;
    }

    private MessageBuilder close(final int end) {
        headersEnd = end;
        headerCount++;
        return this;
    }

    /** Room for a header whose name is a text; where its value goes. */
    private int openNamed(final String name, final int valueLength) {
        final int nameLength = Utf8.length(name);
        final int at = open(nameLength, valueLength);
        Utf8.encode(name, headers, at);
        return at + nameLength;
    }

    @Override
    public MessageBuilder header(final String name, final byte[] value) {
        final int at = openNamed(name, value.length);
        System.arraycopy(value, 0, headers, at, value.length);
        return close(at + value.length);
    }

    @Override
    public MessageBuilder header(final String name, final String value) {
        final int length = Utf8.length(value);
        final int at = openNamed(name, length);
        Utf8.encode(value, headers, at);
        return close(at + length);
    }

    @Override
    public MessageBuilder header(final String name, final long value) {
        final int at = openNamed(name, Long.BYTES);
        LONG.set(headers, at, value);
        return close(at + Long.BYTES);
    }

    @Override
    public MessageBuilder header(final byte[] name, final byte[] value) {
        final int at = open(name.length, value.length);
        System.arraycopy(name, 0, headers, at, name.length);
        System.arraycopy(value, 0, headers, at + name.length, value.length);
        return close(at + name.length + value.length);
    }

    private MessageBuilder key(final int hash) {
        check();
        key = Integer.toUnsignedLong(hash);
        return this;
    }

    @Override
    public MessageBuilder partitionKey(final byte[] bytes) {
        return key(XxHash32.hash(bytes, bytes.length));
    }

    @Override
    public MessageBuilder partitionKey(final long number) {
        return key(XxHash32.hash(number));
    }

    @Override
    public MessageBuilder partitionKey(final String text) {
        check();
        final int length = Utf8.length(text);
        final byte[] bytes = length <= SHORT_KEY ? keyBytes : new byte[length];
        Utf8.encode(text, bytes, 0);
        return key(XxHash32.hash(bytes, length));
    }

    @Override
    public MessageBuilder timestamp(final long nanos) {
        check();
        timestamp = nanos;
        return this;
    }

    @Override
    public MessageBuilder clear() {
        check();
        reset();
        return this;
    }

    private void reset() {
        topic = null;
        timestamp = Message.NO_TIMESTAMP;
        key = Message.NO_PARTITION_KEY;
        headersEnd = HeaderDescriptor.FIRST_OFFSET;
        headerCount = 0;
        payload = EMPTY;
        payloadOffset = 0;
        payloadLength = 0;
    }

    @Override
    public String toString() {
        return "MessageBuilder[" + (topic == null ? "any topic" : topic) + ", " + headerCount + " headers, " + payloadLength + " bytes]";
    }
}
