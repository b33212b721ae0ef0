// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** A message that came whole, to be read field by field. Offsets count from its first byte; none is followed beyond its end. */
final class WireBody {

    private final WireType type;
    private final ByteBuffer buffer;
    private final int start;
    private final int length;

    /**
     * @param buffer little-endian, holds the message from {@code start} on
     * @param length of the message, at least {@link WireType#fixedLength}
     */
    WireBody(final WireType type, final ByteBuffer buffer, final int start, final int length) {
        this.type = type;
        this.buffer = buffer;
        this.start = start;
        this.length = length;
    }

    /** Refuses the message. */
    ProtocolException wrong(final String what) {
        return new ProtocolException(type + " of " + length + " bytes: " + what);
    }

    int flags() {
        return buffer.get(start + WireDescriptor.FLAGS_OFFSET) & 0xFF;
    }

    int flow() {
        return unsignedShort(WireDescriptor.FLOW_OFFSET);
    }

    int unsignedByte(final int offset) {
        return buffer.get(at(offset, Byte.BYTES)) & 0xFF;
    }

    int unsignedShort(final int offset) {
        return Short.toUnsignedInt(buffer.getShort(at(offset, Short.BYTES)));
    }

    int integer(final int offset) {
        return buffer.getInt(at(offset, Integer.BYTES));
    }

    long longInteger(final int offset) {
        return buffer.getLong(at(offset, Long.BYTES));
    }

    /** Text in UTF-8: what is malformed is refused, not replaced. */
    String text(final int offset, final int bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(buffer.slice(at(offset, bytes), bytes)).toString();
        } catch (final CharacterCodingException e) {
            throw wrong("its " + bytes + " bytes of text at byte " + offset + " are not UTF-8");
        }
    }

    /** Refuses reserved bytes that are not zero. */
    void reserved(final int from, final int to) {
        for (int offset = from; offset < to; offset++) {
            if (unsignedByte(offset) != 0) {
                throw wrong("reserved byte " + offset + " is " + unsignedByte(offset) + ", not 0");
            }
        }
    }

    /** Refuses a message that goes on behind what its fields say, but for zeros to the next multiple of 8, or ends before. */
    void end(final int end) {
        if (WireDescriptor.align(end) != length) {
            throw wrong("by its fields it has " + WireDescriptor.align(end) + " bytes");
        }
        reserved(end, length);
    }

    private int at(final int offset, final int bytes) {
        if (offset > length - bytes) {
            throw wrong("a field of " + bytes + " bytes at byte " + offset + " ends behind it");
        }
        return start + offset;
    }
}
