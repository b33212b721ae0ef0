// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A run to be sent: whole frames of one lane that follow one another, as they lie in memory. Filled by {@link FlowSource#next}, and used
 * again for the next one.
 *
 * <p>Whoever gathers several runs into one write has one of these for each, with different slots: so the buffers need not be made each
 * time.
 *
 * <p><b>Threads</b>: the session's.
 */
public final class OutRun {

    /** Slots that there are. */
    public static final int SLOTS = 64;

    private final int slot;
    private int lane;
    private long position;
    private long messagesBefore;
    private int messages;
    private int length;
    private long flowPosition;
    private ByteBuffer buffer;
    private int newLane;
    private int newStreams;
    private int[] streams = {};

    /** @param slot from 0 to {@link #SLOTS} - 1, another one for each run of a write */
    public OutRun(final int slot) {
        if (slot < 0 || slot >= SLOTS) {
            throw new IllegalArgumentException("slots are numbered from 0 to " + (SLOTS - 1) + ", not " + slot);
        }
        this.slot = slot;
    }

    /** Its number. */
    public int slot() {
        return slot;
    }

    /** Points it at frames. For a source. */
    public void set(final int lane, final long position, final long messagesBefore, final int messages, final long flowPosition,
            final ByteBuffer buffer) {
        this.lane = lane;
        this.position = position;
        this.messagesBefore = messagesBefore;
        this.messages = messages;
        this.flowPosition = flowPosition;
        this.buffer = buffer;
        this.length = buffer.remaining();
    }

    /** Number of the lane within the flow. */
    public int lane() {
        return lane;
    }

    /** Position in the lane of its first frame. */
    public long position() {
        return position;
    }

    /** Messages of the lane that end before that, of all its streams. */
    public long messagesBefore() {
        return messagesBefore;
    }

    /** Messages that end in it. */
    public int messages() {
        return messages;
    }

    /** Bytes of frames that the flow carried before it. */
    public long flowPosition() {
        return flowPosition;
    }

    /** Bytes of frames, a multiple of 8. */
    public int length() {
        return length;
    }

    /**
     * The frames, from its position to its limit. It is this run's: move its position, write from it in pieces. The memory stays until the
     * run was acknowledged, the buffer until the next call of {@link FlowSource#next} with this run.
     */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** Whether the receiver has to be told of the lane before it: {@link FlowSource#lane}. */
    public boolean isLaneNew() {
        return newLane != 0;
    }

    /** The same. For a source. */
    public void laneIsNew(final boolean isNew) {
        newLane = isNew ? 1 : 0;
    }

    /** Streams that the receiver has to be told of before it, for the first time or because their numbers mean others now. */
    public int newStreams() {
        return newStreams;
    }

    /** The i-th of those. */
    public int newStream(final int i) {
        return streams[i];
    }

    /** There are no new streams. For a source. */
    public void clearNewStreams() {
        newStreams = 0;
    }

    /** There is one more. For a source. */
    public void addNewStream(final int stream) {
        if (newStreams == streams.length) {
            streams = Arrays.copyOf(streams, Math.max(8, 2 * newStreams));
        }
        streams[newStreams++] = stream;
    }
}
