// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.kaelix.Headers;
import io.kaelix.KaelixException;
import io.kaelix.Message;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Shows the headers of whatever frame its message shows. It has no state of its own but the view for {@link #forEach}: each call walks
 * from the first header on, and checks each length against the end before it follows it.
 *
 * <p>Reads go through a segment, which knows when its memory ends, and are followed by a second look whether the message is still there.
 */
final class FrameHeaders implements Headers {

    /** Where the headers of a message are. */
    interface Source {

        /** @throws IllegalStateException if the calling thread may not read it, or not any more */
        void checkReadable();

        /** Memory that the frame lies in. */
        MemorySegment memory();

        /** Offset of the headers in it. */
        long headersOffset();

        /** Bytes of headers, 0 if there are none; they lie inside the frame. */
        int headersLength();

        /** Whether the frame says that it has headers. */
        boolean isFlagged();
    }

    /** No header of that name. Others are: offset from the first byte of all headers, 16 bits of name length, 16 bits of value length. */
    private static final long NONE = -1;

    private static final int LENGTH_BITS = 16;
    private static final int LENGTH_MASK = 0xFFFF;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Source source;

    /** What {@link #forEach} shows, or null where several threads may be in it. */
    private final View reused;

    /**
     * @param shared whether several threads may use it at a time; then each {@link #forEach} allocates its view
     */
    FrameHeaders(final Source source, final boolean shared) {
        this.source = source;
        this.reused = shared ? null : new View();
    }

    /** The message's key, from 0 on, or {@link Message#NO_PARTITION_KEY}. */
    long partitionKey() {
        final int length = checkedLength();
        if (length == 0) {
            return Message.NO_PARTITION_KEY;
        }
        final MemorySegment memory = source.memory();
        final long base = source.headersOffset();
        final boolean has = (memory.get(JAVA_BYTE, base + HeaderDescriptor.FLAGS_OFFSET) & HeaderDescriptor.FLAG_KEY) != 0;
        final long key = has ? Integer.toUnsignedLong(memory.get(INT, base + HeaderDescriptor.KEY_OFFSET)) : Message.NO_PARTITION_KEY;
        source.checkReadable();
        return key;
    }

    /** Walks over all of them. */
    FrameHeaders validate() {
        final int length = checkedLength();
        if (length != 0) {
            final MemorySegment memory = source.memory();
            final long base = source.headersOffset();
            int at = HeaderDescriptor.FIRST_OFFSET;
            for (int left = count(memory, base); left > 0; left--) {
                at = end(load(memory, base, at, length));
            }
            if (FrameDescriptor.step(at) != length) {
                throw corrupt("they end at byte " + at + " of " + length);
            }
        }
        return this;
    }

    /** Bytes of headers, 0 or enough for all that stands before the first one. */
    private int checkedLength() {
        source.checkReadable();
        final int length = source.headersLength();
        if (length == 0 ? source.isFlagged() : length < HeaderDescriptor.FIRST_OFFSET || !source.isFlagged()) {
            throw corrupt(length + " bytes of headers, flag " + (source.isFlagged() ? "set" : "not set"));
        }
        return length;
    }

    private static int count(final MemorySegment memory, final long base) {
        return memory.get(SHORT, base + HeaderDescriptor.COUNT_OFFSET) & LENGTH_MASK;
    }

    /** The header at an offset. Its lengths are loaded once, and do not lead beyond the end. */
    private long load(final MemorySegment memory, final long base, final int at, final int end) {
        if (at + HeaderDescriptor.NAME_OFFSET > end) {
            throw corrupt("a header begins at byte " + at + " of " + end);
        }
        final int name = memory.get(JAVA_BYTE, base + at + HeaderDescriptor.NAME_LENGTH_OFFSET) & 0xFF;
        final int value = memory.get(SHORT, base + at + HeaderDescriptor.VALUE_LENGTH_OFFSET) & LENGTH_MASK;
        if (at + HeaderDescriptor.NAME_OFFSET + name + value > end) {
            throw corrupt("the header at byte " + at + ", with " + name + " bytes of name and " + value
                    + " of value, runs over their end at byte " + end);
        }
        return (long) at << 2 * LENGTH_BITS | (long) name << LENGTH_BITS | value;
    }

    private KaelixException corrupt(final String found) {
        // A message that ended meanwhile is not corrupt: others write there already.
        source.checkReadable();
        return new KaelixException("corrupt headers: " + found + "; whoever wrote the frame does not keep to its layout");
    }

    private static int nameOffset(final long header) {
        return (int) (header >>> 2 * LENGTH_BITS) + HeaderDescriptor.NAME_OFFSET;
    }

    private static int nameLength(final long header) {
        return (int) (header >>> LENGTH_BITS) & LENGTH_MASK;
    }

    private static int valueOffset(final long header) {
        return nameOffset(header) + nameLength(header);
    }

    private static int valueLength(final long header) {
        return (int) header & LENGTH_MASK;
    }

    private static int end(final long header) {
        return valueOffset(header) + valueLength(header);
    }

    /** The first header of a name, which is given in one of two forms. */
    private long find(final String text, final byte[] bytes) {
        final int length = checkedLength();
        long found = NONE;
        if (length != 0) {
            final MemorySegment memory = source.memory();
            final long base = source.headersOffset();
            int at = HeaderDescriptor.FIRST_OFFSET;
            for (int left = count(memory, base); left > 0 && found == NONE; left--) {
                final long header = load(memory, base, at, length);
                if (isNamed(memory, base, header, text, bytes)) {
                    found = header;
                }
                at = end(header);
            }
        }
        source.checkReadable();
        return found;
    }

    private static boolean isNamed(final MemorySegment memory, final long base, final long header, final String text, final byte[] bytes) {
        final long offset = base + nameOffset(header);
        final int length = nameLength(header);
        if (text != null) {
            return Utf8.equals(text, memory, offset, length);
        }
        if (bytes.length != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (memory.get(JAVA_BYTE, offset + i) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    private byte[] bytes(final int offset, final int length) {
        final byte[] bytes = new byte[length];
        copy(offset, length, bytes, 0);
        return bytes;
    }

    private void copy(final int offset, final int length, final byte[] target, final int targetOffset) {
        MemorySegment.copy(source.memory(), JAVA_BYTE, source.headersOffset() + offset, target, targetOffset, length);
        source.checkReadable();
    }

    private byte[] value(final long header) {
        return header == NONE ? null : bytes(valueOffset(header), valueLength(header));
    }

    private long number(final long header) {
        if (valueLength(header) != Long.BYTES) {
            throw new IllegalArgumentException("header '" + new String(bytes(nameOffset(header), nameLength(header)), StandardCharsets.UTF_8)
                    + "' has a value of " + valueLength(header) + " bytes, a number has 8: read its bytes");
        }
        final long number = source.memory().get(LONG, source.headersOffset() + valueOffset(header));
        source.checkReadable();
        return number;
    }

    @Override
    public int count() {
        final int count = checkedLength() == 0 ? 0 : count(source.memory(), source.headersOffset());
        source.checkReadable();
        return count;
    }

    @Override
    public boolean contains(final String name) {
        return find(Objects.requireNonNull(name, "name"), null) != NONE;
    }

    @Override
    public boolean contains(final byte[] name) {
        return find(null, Objects.requireNonNull(name, "name")) != NONE;
    }

    @Override
    public int valueLength(final String name) {
        final long header = find(Objects.requireNonNull(name, "name"), null);
        return header == NONE ? -1 : valueLength(header);
    }

    @Override
    public byte[] getBytes(final String name) {
        return value(find(Objects.requireNonNull(name, "name"), null));
    }

    @Override
    public byte[] getBytes(final byte[] name) {
        return value(find(null, Objects.requireNonNull(name, "name")));
    }

    @Override
    public String getString(final String name) {
        final byte[] bytes = getBytes(name);
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public long getLong(final String name, final long ifAbsent) {
        final long header = find(Objects.requireNonNull(name, "name"), null);
        return header == NONE ? ifAbsent : number(header);
    }

    @Override
    public void forEach(final Consumer<Header> handler) {
        Objects.requireNonNull(handler, "handler");
        final int length = checkedLength();
        if (length == 0) {
            return;
        }
        // One within another shows its own.
        final View view = reused == null || reused.header != NONE ? new View() : reused;
        int at = HeaderDescriptor.FIRST_OFFSET;
        try {
            for (int left = count(source.memory(), source.headersOffset()); left > 0; left--) {
                view.header = load(source.memory(), source.headersOffset(), at, length);
                at = end(view.header);
                handler.accept(view);
                source.checkReadable();
            }
        } finally {
            view.header = NONE;
        }
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder("Headers[");
        forEach(header -> text.append(text.length() == "Headers[".length() ? "" : ", ").append(header.name())
                .append(" (").append(header.valueLength()).append(" bytes)"));
        return text.append(']').toString();
    }

    /** The header that {@link #forEach} is at. */
    private final class View implements Header {

        private long header = NONE;

        private long open() {
            source.checkReadable();
            if (header == NONE) {
                throw new IllegalStateException(
                        "this header is not shown any more: it is valid until its handler returns, copy what must live longer");
            }
            return header;
        }

        @Override
        public int nameLength() {
            return FrameHeaders.nameLength(open());
        }

        @Override
        public int valueLength() {
            return FrameHeaders.valueLength(open());
        }

        @Override
        public boolean isNamed(final String name) {
            return isNamed(Objects.requireNonNull(name, "name"), null);
        }

        @Override
        public boolean isNamed(final byte[] name) {
            return isNamed(null, Objects.requireNonNull(name, "name"));
        }

        private boolean isNamed(final String text, final byte[] bytes) {
            final boolean is = FrameHeaders.isNamed(source.memory(), source.headersOffset(), open(), text, bytes);
            source.checkReadable();
            return is;
        }

        @Override
        public String name() {
            return new String(nameBytes(), StandardCharsets.UTF_8);
        }

        @Override
        public byte[] nameBytes() {
            return bytes(nameOffset(open()), nameLength());
        }

        @Override
        public void copyValue(final byte[] target, final int targetOffset) {
            copy(valueOffset(open()), valueLength(), target, targetOffset);
        }

        @Override
        public byte[] toByteArray() {
            return value(open());
        }

        @Override
        public String asString() {
            return new String(toByteArray(), StandardCharsets.UTF_8);
        }

        @Override
        public long asLong() {
            return number(open());
        }

        @Override
        public String toString() {
            return "Header[" + name() + ", " + valueLength() + " bytes]";
        }
    }
}
