// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static io.kaelix.net.WireDescriptor.LANE_END_LENGTH;
import static io.kaelix.net.WireDescriptor.LANE_END_RESERVED_OFFSET;
import static io.kaelix.net.WireDescriptor.LANE_OFFSET;
import static io.kaelix.net.WireDescriptor.MAX_FLOW;

import java.nio.ByteBuffer;

/**
 * A publisher closed, and all its frames have come.
 *
 * @param flow that they came in
 * @param lane number of its lane in the flow, as in its {@link WireLane}
 */
record WireLaneEnd(int flow, int lane) implements WireMessage {

    WireLaneEnd {
        WireMessage.require(flow >= 0 && flow <= MAX_FLOW, "a flow is from 0 to " + MAX_FLOW, flow);
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
    }

    static WireLaneEnd decode(final WireBody body) {
        body.reserved(LANE_END_RESERVED_OFFSET, LANE_END_LENGTH);
        return new WireLaneEnd(body.flow(), body.integer(LANE_OFFSET));
    }
}
