// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static io.kaelix.net.WireDescriptor.LOST_LENGTH;
import static io.kaelix.net.WireDescriptor.LOST_OFFSET;
import static io.kaelix.net.WireDescriptor.MAX_FLOW;

import java.nio.ByteBuffer;

/**
 * Messages that a flow should have carried, and has not.
 *
 * @param flow that they are missing in
 * @param messages in all since the flow began, so that saying it again changes nothing
 */
record WireLost(int flow, long messages) implements WireMessage {

    WireLost {
        WireMessage.require(flow >= 0 && flow <= MAX_FLOW, "a flow is from 0 to " + MAX_FLOW, flow);
        WireMessage.require(messages >= 0, "a number of messages has no sign", messages);
    }

    @Override
    public WireType type() {
        return WireType.LOST;
    }

    @Override
    public int length() {
        return LOST_LENGTH;
    }

    @Override
    public void encode(final ByteBuffer target, final int at) {
        target.putLong(at + LOST_OFFSET, messages);
    }

    static WireLost decode(final WireBody body) {
        return new WireLost(body.flow(), body.longInteger(LOST_OFFSET));
    }
}
