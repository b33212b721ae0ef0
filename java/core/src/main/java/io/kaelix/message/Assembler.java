// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static io.kaelix.message.FrameDescriptor.FLAG_FRAGMENT;
import static io.kaelix.message.FrameDescriptor.FLAG_MORE;
import static io.kaelix.message.FrameDescriptor.HEADER_LENGTH;
import static io.kaelix.message.FrameDescriptor.SEQUENCE_OFFSET;
import static io.kaelix.message.FrameDescriptor.STREAM_ID_OFFSET;
import static io.kaelix.message.FrameDescriptor.TOTAL_LENGTH;
import static io.kaelix.message.FrameDescriptor.VERSION_BITS;

import io.kaelix.KaelixException;
import io.kaelix.memory.NativeMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts messages together whose parts come through one lane, as {@link FrameDescriptor} says: one of each stream at a time.
 *
 * <p>Nothing that a part says is trusted: what does not add up is an exception, and no message takes more memory than its limit, however
 * much its first part asks for.
 *
 * <p><b>Threads</b>: its reader's.
 */
final class Assembler {

    /** More than this many streams with an unfinished message are taken for corrupt. */
    static final int MOST_OPEN = 64;

    private static final int LAST_FLAGS = VERSION_BITS | FLAG_FRAGMENT;
    private static final int MIDDLE_FLAGS = LAST_FLAGS | FLAG_MORE;

    private final int publisherId;
    private final MessagePool pool;
    private final int limit;
    /** Not complete. Nearly always none or one. */
    private final List<Assembly> open = new ArrayList<>(1);
    private Assembly completed;
    /** To be used again. */
    private Assembly spare;

    /** Stream whose message began last, of which another part must not come without a first. */
    private int lastStream;
    private boolean begun;

    /**
     * @param pool where memory comes from, or null for the garbage collector's
     * @param limit most bytes of payload in a message
     */
    Assembler(final int publisherId, final MessagePool pool, final int limit) {
        this.publisherId = publisherId;
        this.pool = pool;
        this.limit = limit;
    }

    /** As {@link FrameMessage#take}, for a part whose headers end inside of it. */
    int take(final long frame, final int frameLength, final int flags, final boolean fromStart) {
        final int streamId = NativeMemory.getInt(frame + STREAM_ID_OFFSET);
        final Assembly assembly = find(streamId);
        if ((flags & FLAG_FRAGMENT) == 0) {
            begin(frame, frameLength, flags, streamId, assembly);
            return FrameMessage.PART;
        }
        final int bytes = frameLength - HEADER_LENGTH;
        final boolean last = (flags & FLAG_MORE) == 0;
        if (flags != (last ? LAST_FLAGS : MIDDLE_FLAGS)) {
            throw corrupt(streamId, "a part that is not the first has headers, a timestamp or unknown flags, "
                    + Integer.toHexString(flags));
        }
        if (assembly == null) {
            if (fromStart || begun && streamId == lastStream) {
                throw corrupt(streamId, "a part came without a first one");
            }
            return last ? FrameMessage.MISSED : FrameMessage.PART;
        }
        if (NativeMemory.getInt(frame + SEQUENCE_OFFSET) != assembly.sequence()) {
            throw corrupt(streamId, "a part of another message came before this one was complete");
        }
        if (last ? bytes != assembly.missing() : bytes >= assembly.missing()) {
            throw corrupt(streamId, "its parts do not add up to its " + assembly.length() + " bytes: " + assembly.missing()
                    + " are missing, and " + (last ? "the last part has " : "a part that is not the last has ") + bytes);
        }
        if (!last && bytes == 0) {
            // It was given up.
            open.remove(assembly);
            close(assembly);
            return FrameMessage.PART;
        }
        assembly.add(frame + HEADER_LENGTH, bytes);
        if (!last) {
            return FrameMessage.PART;
        }
        open.remove(assembly);
        completed = assembly;
        return FrameMessage.WHOLE;
    }

    private void begin(final long frame, final int frameLength, final int flags, final int streamId, final Assembly unfinished) {
        final int header = FrameDescriptor.payloadOffset(flags);
        final int bytes = frameLength - header - TOTAL_LENGTH;
        if (bytes < 0) {
            throw corrupt(streamId, "its first part has no room for its length");
        }
        final long total = NativeMemory.getLong(frame + header);
        if (total <= bytes || total > limit) {
            throw corrupt(streamId, "it states a length of " + total + " bytes, of which its first part has " + bytes + "; the limit is "
                    + limit);
        }
        if (unfinished != null) {
            // Another one begins where it should have gone on: it does not come any more.
            open.remove(unfinished);
            close(unfinished);
        } else if (open.size() == MOST_OPEN) {
            throw corrupt(streamId, "it begins while those of " + MOST_OPEN + " other streams are not complete");
        }
        final Assembly assembly = spare == null ? new Assembly(pool) : spare;
        assembly.begin(frame, flags, (int) total);
        spare = null;
        assembly.add(frame + header + TOTAL_LENGTH, bytes);
        open.add(assembly);
        lastStream = streamId;
        begun = true;
    }

    private Assembly find(final int streamId) {
        for (int i = 0; i < open.size(); i++) {
            if (open.get(i).streamId() == streamId) {
                return open.get(i);
            }
        }
        return null;
    }

    /** The message that is complete; whoever takes it {@linkplain #close closes} it. */
    Assembly completed() {
        final Assembly whole = completed;
        completed = null;
        return whole;
    }

    /** Gives back the memory of a message. */
    void close(final Assembly assembly) {
        assembly.close();
        spare = assembly;
    }

    boolean hasParts() {
        return !open.isEmpty();
    }

    /** Forgets all that is not complete. Parts may come whose first was not seen. */
    void drop() {
        open.forEach(Assembly::close);
        open.clear();
        begun = false;
    }

    private KaelixException corrupt(final int streamId, final String why) {
        return new KaelixException("corrupt message of stream " + streamId + " in the lane of publisher " + publisherId + ": " + why
                + "; something wrote over it; this lane can't be read on");
    }
}
