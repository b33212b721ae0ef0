// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static io.kaelix.message.FrameDescriptor.FLAG_FRAGMENT;
import static io.kaelix.message.FrameDescriptor.FLAG_HEADERS;
import static io.kaelix.message.FrameDescriptor.FLAG_MORE;
import static io.kaelix.message.FrameDescriptor.FLAG_REFERENCE;
import static io.kaelix.message.FrameDescriptor.FLAG_TIMESTAMP;
import static io.kaelix.message.FrameDescriptor.HEADER_LENGTH;
import static io.kaelix.message.FrameDescriptor.TIMESTAMP_LENGTH;
import static io.kaelix.message.FrameDescriptor.VERSION_BITS;

import io.kaelix.memory.NativeMemory;

/**
 * Checks a frame that came from outside of this process, whose length was checked, before anybody reads it as a message: readers trust what
 * stands in a lane as far as no harm is done, but a frame that none of our publishers could have written is an error of theirs, and must
 * not become one of the reader.
 */
public final class FrameCheck {

    private static final int FLAGS_AND_VERSION = 0xFFFF;
    private static final int KNOWN_FLAGS = FLAG_TIMESTAMP | FLAG_HEADERS | FLAG_FRAGMENT | FLAG_MORE;
    private static final int BYTE = 0xFF;
    private static final int SHORT = 0xFFFF;

    private FrameCheck() {
    }

    /**
     * What is wrong with it, or null.
     *
     * @param frame address, of {@code length} bytes that nobody else writes
     * @param flags flags word, as it was loaded
     */
    public static String problem(final long frame, final int length, final int flags) {
        // Nearly every frame.
        return flags == VERSION_BITS ? null : problemOfFlags(frame, length, flags);
    }

    private static String problemOfFlags(final long frame, final int length, final int flags) {
        if ((flags & FLAG_REFERENCE) != 0) {
            return "it refers to memory of another process";
        }
        if ((flags & FLAGS_AND_VERSION & ~KNOWN_FLAGS) != VERSION_BITS) {
            return "unknown flags or version " + Integer.toHexString(flags & FLAGS_AND_VERSION);
        }
        final int headers = flags >>> FrameDescriptor.HEADERS_LENGTH_SHIFT;
        if (FrameDescriptor.payloadOffset(flags) > length) {
            return "its headers of " + headers + " bytes end behind its " + length + " bytes";
        }
        if ((flags & FLAG_FRAGMENT) != 0 && (flags & (FLAG_TIMESTAMP | FLAG_HEADERS)) != 0) {
            return "a part that is not the first has headers or a timestamp";
        }
        if ((flags & FLAG_HEADERS) == 0) {
            return headers == 0 ? null : headers + " bytes of headers without their flag";
        }
        return problemOfHeaders(frame + HEADER_LENGTH + (flags & FLAG_TIMESTAMP) * TIMESTAMP_LENGTH, headers);
    }

    private static String problemOfHeaders(final long headers, final int length) {
        if (length < HeaderDescriptor.FIRST_OFFSET) {
            return length + " bytes of headers, which have at least " + HeaderDescriptor.FIRST_OFFSET;
        }
        int at = HeaderDescriptor.FIRST_OFFSET;
        for (int left = NativeMemory.getInt(headers + HeaderDescriptor.COUNT_OFFSET) & SHORT; left > 0; left--) {
            if (at + HeaderDescriptor.NAME_OFFSET > length) {
                return "a header begins at byte " + at + " of " + length;
            }
            final int name = NativeMemory.getByte(headers + at + HeaderDescriptor.NAME_LENGTH_OFFSET) & BYTE;
            final int value = NativeMemory.getByte(headers + at + HeaderDescriptor.VALUE_LENGTH_OFFSET) & BYTE
                    | (NativeMemory.getByte(headers + at + HeaderDescriptor.VALUE_LENGTH_OFFSET + 1) & BYTE) << Byte.SIZE;
            at += HeaderDescriptor.NAME_OFFSET + name + value;
            if (at > length) {
                return "a header runs over their end at byte " + length;
            }
        }
        return FrameDescriptor.step(at) == length ? null : "headers end at byte " + at + " of " + length;
    }
}
