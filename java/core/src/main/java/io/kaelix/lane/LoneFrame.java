// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static io.kaelix.message.FrameDescriptor.FLAG_FRAGMENT;
import static io.kaelix.message.FrameDescriptor.FLAG_MORE;
import static io.kaelix.message.FrameDescriptor.FLAG_REFERENCE;
import static io.kaelix.message.FrameDescriptor.HEADER_LENGTH;
import static io.kaelix.message.FrameDescriptor.TOTAL_LENGTH;
import static io.kaelix.message.FrameDescriptor.VERSION_BITS;

import io.kaelix.memory.NativeMemory;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameMessage;
import java.lang.foreign.MemorySegment;

/**
 * A frame that can't go to another process as it lies in the lane: what it refers to is copied behind its headers, and what is longer than
 * the receiver's frames is split into parts.
 *
 * <p><b>Threads</b>: the session's; one frame at a time.
 */
public final class LoneFrame {

    /** Of {@link #next}: there is no room for as much as a frame. */
    public static final int NOTHING = 0;

    /** Longest part that it makes. */
    private static final int MAX_PART = 64 << 10;

    private final int longest;
    private final int part;

    private FrameMessage message;
    private long frame;
    private int headerLength;
    private int flags;
    /** Bytes behind the headers: of the payload, or of what the part holds. */
    private int length;
    private int sent;
    private boolean begun;
    private boolean gone;

    /**
     * @param longest frame that the receiver takes
     * @param window most bytes that are under way to it
     */
    public LoneFrame(final int longest, final int window) {
        this.longest = Math.min(longest, window);
        this.part = Math.min(this.longest, MAX_PART) & -FrameDescriptor.ALIGNMENT;
    }

    void begin(final long address, final FrameMessage shown, final Lane lane) {
        final long firstWord = NativeMemory.getLong(address);
        final int word = FrameDescriptor.length(firstWord);
        frame = address;
        flags = FrameDescriptor.flags(firstWord);
        headerLength = FrameDescriptor.payloadOffset(flags);
        sent = 0;
        begun = false;
        gone = false;
        message = null;
        if (headerLength > word) {
            throw LengthCheck.corruptHeaders(word, address - lane.ring(), lane);
        }
        length = word - headerLength;
        if (!FrameDescriptor.isPart(flags)) {
            shown.open(Thread.currentThread());
            if (shown.wrap(address, word, flags)) {
                message = shown;
                length = shown.length();
            } else if (shown.isGone()) {
                gone = true;
            } else {
                throw LengthCheck.corruptFrame(shown, word, address - lane.ring(), lane);
            }
        }
        // Headers that fill the receiver's frame leave no room for what they belong to.
        gone |= headerLength + TOTAL_LENGTH + FrameDescriptor.ALIGNMENT > longest;
    }

    /** Its stream. */
    public int stream() {
        return NativeMemory.getInt(frame + FrameDescriptor.STREAM_ID_OFFSET);
    }

    /** Whether it is lost: its payload is no more, or its headers do not fit into the receiver's frames. */
    public boolean isGone() {
        return gone;
    }

    /** Whether all of it was written. */
    public boolean isComplete() {
        return gone || begun && sent == length;
    }

    /** Whether it is a whole message, and nothing of it was written yet. */
    public boolean isUntouched() {
        return !begun && !FrameDescriptor.isPart(flags);
    }

    /** Whether a message ends with it. */
    public boolean isLast() {
        return FrameDescriptor.endsMessage(flags);
    }

    /** Whether a message ends with what was written last. */
    public boolean endsMessage() {
        return isComplete() && FrameDescriptor.endsMessage(flags);
    }

    /**
     * Writes the next frame.
     *
     * @param target memory of {@code maxBytes} bytes from an offset on
     * @return its length, a multiple of 8, or {@link #NOTHING}
     * @throws io.kaelix.KaelixException if the bytes are those of a file that was cut
     */
    public int next(final MemorySegment target, final long offset, final int maxBytes) {
        final boolean whole = message != null && !begun && headerLength + (long) length <= longest;
        final boolean first = !begun && (flags & FLAG_FRAGMENT) == 0;
        final int header = first ? headerLength + (whole || message == null ? 0 : TOTAL_LENGTH) : HEADER_LENGTH;
        final int most = whole ? length : Math.max(part, header + FrameDescriptor.ALIGNMENT) - header;
        // A message in parts has payload in its last one.
        final int bytes = Math.min(most, length - sent);
        final int frameLength = header + bytes;
        if (FrameDescriptor.step(frameLength) > maxBytes) {
            return NOTHING;
        }
        final long address = target.address() + offset;
        final int step = FrameDescriptor.step(frameLength);
        NativeMemory.putLong(address + step - Long.BYTES, 0);
        if (first) {
            NativeMemory.copy(frame, address, headerLength);
        } else {
            NativeMemory.putLong(address + FrameDescriptor.STREAM_ID_OFFSET,
                    NativeMemory.getLong(frame + FrameDescriptor.STREAM_ID_OFFSET));
        }
        if (first && !whole && message != null) {
            NativeMemory.putLong(address + headerLength, length);
        }
        if (message != null) {
            message.copyTo(sent, target, offset + header, bytes);
        } else {
            NativeMemory.copy(frame + headerLength + sent, address + header, bytes);
        }
        begun = true;
        sent += bytes;
        final boolean more = sent < length || !FrameDescriptor.endsMessage(flags);
        final int flagsHere = first ? flags & ~FLAG_REFERENCE : VERSION_BITS | FLAG_FRAGMENT;
        NativeMemory.putLong(address, FrameDescriptor.firstWord(frameLength, more ? flagsHere | FLAG_MORE : flagsHere));
        return step;
    }

    /** Lets go of what it held. */
    public void end() {
        if (message != null) {
            message.clear();
            message = null;
        }
    }
}
