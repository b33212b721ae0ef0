// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongHashSet;

/**
 * Messages in parts that have begun and not ended, of the lanes of one sender. What lies before a position from which a receiver goes on is
 * needed once more for these alone.
 *
 * <p>One thread.
 */
final class OpenParts {

    private static final int FLAGS_OFFSET = 4;
    private static final int STREAM_OFFSET = 8;
    /** A part, and not the first: docs/wire.md. */
    private static final int FRAGMENT = 0x04;
    /** A part, and not the last. */
    private static final int MORE = 0x08;

    /** Is given a part that was kept. */
    @FunctionalInterface
    interface Taker {

        /** @return 0, or a negative number: it, and those behind it, are to be given again */
        int take(int lane, DirectBuffer buffer, int at, int length);
    }

    private record Kept(int lane, int length, ExpandableArrayBuffer bytes) {
    }

    private final LongHashSet open = new LongHashSet();
    /** The parts themselves, in their order, if they are kept. */
    private Long2ObjectHashMap<List<Kept>> kept;

    /** Keeps parts from here on, until they were {@linkplain #giveBack given back}. */
    void keep() {
        kept = new Long2ObjectHashMap<>();
    }

    /** Whether no message is open. */
    boolean isEmpty() {
        return open.isEmpty();
    }

    /** Whether parts are kept. */
    boolean keeps() {
        return kept != null;
    }

    /** A lane has ended: what is open there is never completed. */
    void forget(final int lane) {
        open.removeIfLong(key -> (int) (key >>> Integer.SIZE) == lane);
        if (kept != null) {
            kept.keySet().removeIf(key -> (int) (key >>> Integer.SIZE) == lane);
        }
    }

    /** Looks at the frames of a run. */
    void take(final int lane, final DirectBuffer buffer, final int from, final int bytes) {
        int at = from;
        while (at < from + bytes) {
            final int length = buffer.getInt(at, LITTLE_ENDIAN);
            if (length <= 0) {
                // Padding; or 0, which nobody sends: the lane that it is meant for says so.
                at += length == 0 ? bytes : -length;
                continue;
            }
            final int flags = buffer.getByte(at + FLAGS_OFFSET);
            if ((flags & (FRAGMENT | MORE)) != 0) {
                part(lane, flags, buffer, at, Math.min(length, from + bytes - at));
            }
            at += RecordDescriptor.aligned(length);
        }
    }

    private void part(final int lane, final int flags, final DirectBuffer buffer, final int at, final int length) {
        final long key = (long) lane << Integer.SIZE | Integer.toUnsignedLong(buffer.getInt(at + STREAM_OFFSET, LITTLE_ENDIAN));
        if ((flags & MORE) == 0) {
            open.remove(key);
            if (kept != null) {
                kept.remove(key);
            }
            return;
        }
        open.add(key);
        if (kept != null) {
            if ((flags & FRAGMENT) == 0) {
                kept.remove(key);
            }
            final int step = RecordDescriptor.aligned(length);
            final ExpandableArrayBuffer copy = new ExpandableArrayBuffer(step);
            copy.putBytes(0, buffer, at, step);
            kept.computeIfAbsent(key, one -> new ArrayList<>()).add(new Kept(lane, step, copy));
        }
    }

    /**
     * Gives the parts that were kept, those of a message in their order, and keeps none from then on.
     *
     * @return 0, or what the taker answered
     */
    int giveBack(final Taker taker) {
        for (final List<Kept> parts : kept.values()) {
            while (!parts.isEmpty()) {
                final Kept part = parts.getFirst();
                final int result = taker.take(part.lane(), part.bytes(), 0, part.length());
                if (result < 0) {
                    return result;
                }
                parts.removeFirst();
            }
        }
        kept = null;
        return 0;
    }
}
