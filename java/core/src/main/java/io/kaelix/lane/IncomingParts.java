// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static io.kaelix.message.FrameDescriptor.FLAG_FRAGMENT;
import static io.kaelix.message.FrameDescriptor.FLAG_MORE;
import static io.kaelix.message.FrameDescriptor.HEADER_LENGTH;
import static io.kaelix.message.FrameDescriptor.TOTAL_LENGTH;

import io.kaelix.memory.NativeMemory;
import io.kaelix.message.FrameDescriptor;

/**
 * Follows messages in parts that come from outside, so that the readers of the lane, which take parts that do not add up for a corrupt
 * lane, find none: what could not come from a publisher is an error, what could, but can't be put together, is left out.
 *
 * <p>A message that another one of its stream interrupts is given up by its sender without a word. Readers keep its parts until the next
 * one begins that has parts; so does this, for as many streams as they do.
 *
 * <p><b>Threads</b>: the writer's.
 */
final class IncomingParts {

    /** Of {@link #take}: nobody could write that. */
    static final int WRONG = -1;

    /** Of {@link #take}: its message can't be put together, because of what came before. */
    static final int LEFT_OUT = 0;

    /** Of {@link #take}: goes into the lane. */
    static final int TAKEN = 1;

    /** Unfinished messages, of so many streams, that a reader keeps. */
    private static final int MOST_OPEN = 64;
    /** In place of what is missing: more parts are left out. */
    private static final long GIVEN_UP = -1;

    private final int limit;
    private final int[] stream = new int[MOST_OPEN];
    private final int[] sequence = new int[MOST_OPEN];
    private final long[] missing = new long[MOST_OPEN];
    private int open;
    private int current;
    private String problem;

    /** @param limit longest payload that is put together */
    IncomingParts(final int limit) {
        this.limit = limit;
    }

    /** Takes a part, whose headers end inside of it. */
    int take(final long frame, final int length, final int flags, final int local, final RunWriter.Streams streams) {
        final int at = find(local);
        if ((flags & FLAG_FRAGMENT) == 0) {
            return begin(frame, length, flags, local, at, streams);
        }
        if (at < 0 || missing[at] == GIVEN_UP) {
            return LEFT_OUT;
        }
        final int bytes = length - HEADER_LENGTH;
        final boolean last = (flags & FLAG_MORE) == 0;
        if (last ? bytes != missing[at] : bytes >= missing[at]) {
            problem = "parts of a message do not add up: " + missing[at] + " bytes are missing, and " + (last ? "the last" : "a")
                    + " part has " + bytes;
            return WRONG;
        }
        current = sequence[at];
        missing[at] -= bytes;
        if (last || bytes == 0) {
            open--;
            stream[at] = stream[open];
            sequence[at] = sequence[open];
            missing[at] = missing[open];
        }
        return TAKEN;
    }

    private int begin(final long frame, final int length, final int flags, final int local, final int before,
            final RunWriter.Streams streams) {
        final int header = FrameDescriptor.payloadOffset(flags);
        final int bytes = length - header - TOTAL_LENGTH;
        if (bytes < 0) {
            problem = "the first part of a message has no room for its length";
            return WRONG;
        }
        final long total = NativeMemory.getLong(frame + header);
        if (total <= bytes) {
            problem = "the first part of a message of " + total + " bytes has " + bytes + " of them";
            return WRONG;
        }
        if (total > limit || before < 0 && open == MOST_OPEN) {
            interrupt(local);
            return LEFT_OUT;
        }
        final int at = before < 0 ? open++ : before;
        stream[at] = local;
        current = streams.sequence(local);
        sequence[at] = current;
        missing[at] = total - bytes;
        return TAKEN;
    }

    private int find(final int local) {
        for (int i = 0; i < open; i++) {
            if (stream[i] == local) {
                return i;
            }
        }
        return -1;
    }

    /** A message of the stream that is no part. */
    void interrupt(final int local) {
        if (open != 0) {
            final int at = find(local);
            if (at >= 0) {
                missing[at] = GIVEN_UP;
            }
        }
    }

    /** Something is missing between what came and what comes: no message that has begun is completed. */
    void interrupt() {
        for (int i = 0; i < open; i++) {
            missing[i] = GIVEN_UP;
        }
    }

    /** Number of the message whose part was taken. */
    int sequence() {
        return current;
    }

    /** What was wrong. */
    String problem() {
        return problem;
    }
}
