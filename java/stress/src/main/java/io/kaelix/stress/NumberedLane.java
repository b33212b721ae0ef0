// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stress;

import io.kaelix.lane.Lane;
import io.kaelix.lane.LaneDescriptor;
import io.kaelix.lane.LaneWriter;
import io.kaelix.lane.PollableLane;
import io.kaelix.memory.NativeMemory;
import io.kaelix.memory.RegionArena;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameMessage;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import io.kaelix.platform.Platform;

/**
 * A lane so small that it comes round within a test, whose frames carry their number in every word: a frame that is torn, stale or out of
 * its place shows.
 *
 * <pre>
 *   frame n, 32 bytes: │ length │ flags │ n │ n │ n, 64 bits │ n, 64 bits │        eight to a turn, seven ahead of a reader
 * </pre>
 *
 * <p>jcstress makes a state of every round of a test, millions of them, and tells nobody when it drops one. So each test has an
 * arbiter, which runs once a round when both actors are done, and there calls {@link #release}.
 */
public final class NumberedLane {

    /** Bytes in the ring. */
    public static final int CAPACITY = 256;

    /** Bytes of a frame. */
    public static final int FRAME = 32;

    /** Frames that fit ahead of a gating reader: the word behind the last one needs room, too. */
    public static final int FULL = CAPACITY / FRAME - 1;

    private static final long MEMORY_LIMIT = 1L << 30;

    /** Of this JVM. Memory comes back zeroed, so a lane tells nothing of the one before. */
    public static final RegionArena ARENA = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, MEMORY_LIMIT);

    /** The shipped lane. */
    public final Lane lane = new Lane(ARENA.allocate(LaneDescriptor.laneBytes(CAPACITY)), CAPACITY, 1);

    /** Its writer. */
    public final LaneWriter writer = lane.createWriter();

    /** Where both actors begin. */
    public final Meeting meeting = new Meeting();

    private int frameLength = FRAME;
    private int next;

    public NumberedLane() {
        lane.hold();
    }

    /** Frames have so many bytes from here on, a multiple of 8. */
    public void setFrameLength(final int bytes) {
        frameLength = bytes;
    }

    /** Number of the next frame: so many were published. */
    public int next() {
        return next;
    }

    /** Publishes the next frame, if there is room. */
    public boolean publish() {
        final long frame = writer.claim(frameLength);
        if (frame < 0) {
            return false;
        }
        for (int offset = FrameDescriptor.HEADER_LENGTH; offset < frameLength; offset += Long.BYTES) {
            NativeMemory.putLong(frame + offset, next);
        }
        writer.commit(frameLength, FrameDescriptor.VERSION_BITS, next, (int) writer.frames());
        next++;
        return true;
    }

    /** Tries so many times to publish the next frame; how often there was room. */
    public int publish(final int attempts) {
        int published = 0;
        for (int i = 0; i < attempts; i++) {
            if (publish()) {
                published++;
            }
        }
        return published;
    }

    /** So that what lies ahead of the writer are no zeros but frames of the turn before: publishes so many, and reads them. */
    public void turn(final PollableLane reader, final int frames) {
        final FrameCheck ignored = new FrameCheck();
        for (int i = 0; i < frames; i++) {
            if (!publish() || poll(reader, ignored, 1) != 1) {
                throw new IllegalStateException("frame " + next + " does not pass");
            }
        }
    }

    /** Polls once, on the calling thread. */
    public int poll(final PollableLane reader, final FrameCheck check, final int limit) {
        final FrameMessage message = new FrameMessage(lane.ringSegment(), lane.publisherId(), streamId -> null);
        message.open(Thread.currentThread());
        try {
            return reader.poll(message, check, limit);
        } finally {
            message.clear();
        }
    }

    /** Polls until there is nothing more. */
    public void drain(final PollableLane reader, final FrameCheck check) {
        while (poll(reader, check, Integer.MAX_VALUE) != 0) {
            Thread.onSpinWait();
        }
    }

    /** Gives its memory back. */
    public void release(final PollableLane... readers) {
        for (final PollableLane reader : readers) {
            reader.leave();
        }
        lane.release();
    }
}
