// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

/**
 * Runs that were sent and are not recorded yet, in order: where each ends in the recording and in the flow.
 *
 * <p>One thread. Nothing is allocated once it has grown.
 */
final class Unrecorded {

    private static final int FEW = 256;

    private long[] ends = new long[FEW];
    private long[] flowEnds = new long[FEW];
    private long[] messageEnds = new long[FEW];
    private int first;
    private int size;
    private long flowPosition;
    private long messages;

    /** @param messages of the flow that were recorded before, of all lives */
    void begin(final long messages) {
        this.messages = messages;
    }

    /** A run was sent: positions and messages of the flow behind it. */
    void add(final long end, final long flowEnd, final long messageEnd) {
        if (size == ends.length) {
            ends = grown(ends);
            flowEnds = grown(flowEnds);
            messageEnds = grown(messageEnds);
            first = 0;
        }
        final int at = first + size++ & ends.length - 1;
        ends[at] = end;
        flowEnds[at] = flowEnd;
        messageEnds[at] = messageEnd;
    }

    private long[] grown(final long[] from) {
        final long[] to = new long[2 * from.length];
        for (int i = 0; i < size; i++) {
            to[i] = from[first + i & from.length - 1];
        }
        return to;
    }

    /** The recording has come so far. @return whether that covers a run more */
    boolean recorded(final long position) {
        final int before = size;
        while (size > 0 && ends[first] <= position) {
            flowPosition = flowEnds[first];
            messages = messageEnds[first];
            first = first + 1 & ends.length - 1;
            size--;
        }
        return size < before;
    }

    /** What is not recorded is sent again. */
    void forget() {
        first = 0;
        size = 0;
    }

    /** Bytes of the flow that are recorded. */
    long flowPosition() {
        return flowPosition;
    }

    /** Messages of the flow that are recorded, of all lives. */
    long messages() {
        return messages;
    }
}
