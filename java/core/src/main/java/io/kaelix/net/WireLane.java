// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static io.kaelix.net.WireDescriptor.ALIGNMENT;
import static io.kaelix.net.WireDescriptor.LANE_EPOCH_OFFSET;
import static io.kaelix.net.WireDescriptor.LANE_LENGTH;
import static io.kaelix.net.WireDescriptor.LANE_MESSAGES_OFFSET;
import static io.kaelix.net.WireDescriptor.LANE_OFFSET;
import static io.kaelix.net.WireDescriptor.LANE_ORIGIN_OFFSET;
import static io.kaelix.net.WireDescriptor.LANE_POSITION_OFFSET;
import static io.kaelix.net.WireDescriptor.LANE_PUBLISHER_OFFSET;
import static io.kaelix.net.WireDescriptor.MAX_FLOW;

import java.nio.ByteBuffer;

/**
 * A publisher whose frames come in a flow.
 *
 * @param flow that they come in
 * @param lane number that runs name it by, in this flow
 * @param publisher number of the lane in its sender, the same in all flows and sessions
 * @param epoch of the sender, another one after each start: with the publisher it names the lane for good
 * @param origin of its messages, where they were first published; 0: with the sender
 * @param position in the lane that the flow begins at
 * @param messages in the lane before that
 */
record WireLane(int flow, int lane, int publisher, long epoch, long origin, long position, long messages) implements WireMessage {

    WireLane {
        WireMessage.require(flow >= 0 && flow <= MAX_FLOW, "a flow is from 0 to " + MAX_FLOW, flow);
        WireMessage.require(position >= 0 && position % ALIGNMENT == 0, "a position is a multiple of " + ALIGNMENT, position);
        WireMessage.require(messages >= 0, "a number of messages has no sign", messages);
    }

    @Override
    public WireType type() {
        return WireType.LANE;
    }

    @Override
    public int length() {
        return LANE_LENGTH;
    }

    @Override
    public void encode(final ByteBuffer target, final int at) {
        target.putInt(at + LANE_OFFSET, lane);
        target.putInt(at + LANE_PUBLISHER_OFFSET, publisher);
        target.putLong(at + LANE_EPOCH_OFFSET, epoch);
        target.putLong(at + LANE_ORIGIN_OFFSET, origin);
        target.putLong(at + LANE_POSITION_OFFSET, position);
        target.putLong(at + LANE_MESSAGES_OFFSET, messages);
    }

    static WireLane decode(final WireBody body) {
        return new WireLane(body.flow(), body.integer(LANE_OFFSET), body.integer(LANE_PUBLISHER_OFFSET),
                body.longInteger(LANE_EPOCH_OFFSET), body.longInteger(LANE_ORIGIN_OFFSET), body.longInteger(LANE_POSITION_OFFSET),
                body.longInteger(LANE_MESSAGES_OFFSET));
    }
}
