// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static io.kaelix.net.WireDescriptor.ALIGNMENT;
import static io.kaelix.net.WireDescriptor.FRAME_LIMIT_OFFSET;
import static io.kaelix.net.WireDescriptor.HEARTBEAT_OFFSET;
import static io.kaelix.net.WireDescriptor.MAGIC;
import static io.kaelix.net.WireDescriptor.MAGIC_OFFSET;
import static io.kaelix.net.WireDescriptor.MAX_MILLIS;
import static io.kaelix.net.WireDescriptor.MAX_RUN_LENGTH;
import static io.kaelix.net.WireDescriptor.MIN_FRAME_LIMIT;
import static io.kaelix.net.WireDescriptor.RUN_LIMIT_OFFSET;
import static io.kaelix.net.WireDescriptor.SILENCE_OFFSET;

import io.kaelix.message.FrameDescriptor;
import java.nio.ByteBuffer;

/**
 * What both sides say of themselves when they meet.
 *
 * @param frame bytes of the longest frame that it takes
 * @param run bytes of frames of the longest run that it takes: a whole number of eights, and at least one frame
 * @param heartbeat milliseconds after which it sends something, whatever there is to say
 * @param silence milliseconds without a byte after which it takes the other for dead; longer than the other's heartbeat is wise
 */
record WireLimits(int frame, int run, int heartbeat, int silence) {

    WireLimits {
        WireMessage.require(frame >= MIN_FRAME_LIMIT && frame <= MAX_RUN_LENGTH,
                "the longest frame is from " + MIN_FRAME_LIMIT + " bytes to " + MAX_RUN_LENGTH, frame);
        WireMessage.require(run >= FrameDescriptor.step(frame) && run <= MAX_RUN_LENGTH && run % ALIGNMENT == 0,
                "the longest run is a multiple of " + ALIGNMENT + " from the longest frame, " + frame + ", to " + MAX_RUN_LENGTH, run);
        WireMessage.require(heartbeat >= 1 && heartbeat <= MAX_MILLIS, "a heartbeat is from 1 ms to " + MAX_MILLIS, heartbeat);
        WireMessage.require(silence >= 1 && silence <= MAX_MILLIS, "the longest silence is from 1 ms to " + MAX_MILLIS, silence);
    }

    void encode(final ByteBuffer target, final int at) {
        target.putInt(at + FRAME_LIMIT_OFFSET, frame);
        target.putInt(at + RUN_LIMIT_OFFSET, run);
        target.putInt(at + HEARTBEAT_OFFSET, heartbeat);
        target.putInt(at + SILENCE_OFFSET, silence);
    }

    /** Of a HELLO or a WELCOME, which have them at the same place, behind the same magic number. */
    static WireLimits decode(final WireBody body) {
        if (body.integer(MAGIC_OFFSET) != MAGIC) {
            throw body.wrong("it does not begin with KAEL: what speaks there is something else, or the port is another's");
        }
        return new WireLimits(body.integer(FRAME_LIMIT_OFFSET), body.integer(RUN_LIMIT_OFFSET), body.integer(HEARTBEAT_OFFSET),
                body.integer(SILENCE_OFFSET));
    }
}
