// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static io.kaelix.net.WireDescriptor.ALIGNMENT;
import static io.kaelix.net.WireDescriptor.LANE_END_LENGTH;
import static io.kaelix.net.WireDescriptor.LANE_END_MESSAGES_OFFSET;
import static io.kaelix.net.WireDescriptor.LANE_END_POSITION_OFFSET;
import static io.kaelix.net.WireDescriptor.LANE_OFFSET;
import static io.kaelix.net.WireDescriptor.LANE_END_RESERVED_OFFSET;
import static io.kaelix.net.WireDescriptor.MAX_FLOW;

import java.nio.ByteBuffer;

/**
 * A publisher closed, and all its frames have come.
 *
 * @param flow that they came in
 * @param lane number of its lane in the flow
 * @param position that it ended at
 * @param messages in all
 */
record WireLaneEnd(int flow, int lane, long position, long messages) implements WireMessage {

    WireLaneEnd {
        WireMessage.require(flow >= 0 && flow <= MAX_FLOW, "a flow is from 0 to " + MAX_FLOW, flow);
        WireMessage.require(position >= 0 && position % ALIGNMENT == 0, "a position is a multiple of " + ALIGNMENT, position);
        WireMessage.require(messages >= 0, "a number of messages has no sign", messages);
    }

    @Override
    public WireType type() {
        return WireType.LANE_END;
    }

    @Override
    public int length() {
        return LANE_END_LENGTH;
    }

    @Override
    public void encode(final ByteBuffer target, final int at) {
        target.putInt(at + LANE_OFFSET, lane);
        target.putLong(at + LANE_END_POSITION_OFFSET, position);
        target.putLong(at + LANE_END_MESSAGES_OFFSET, messages);
    }

    static WireLaneEnd decode(final WireBody body) {
        body.reserved(LANE_END_RESERVED_OFFSET, LANE_END_POSITION_OFFSET);
        return new WireLaneEnd(body.flow(), body.integer(LANE_OFFSET), body.longInteger(LANE_END_POSITION_OFFSET),
                body.longInteger(LANE_END_MESSAGES_OFFSET));
    }
}
