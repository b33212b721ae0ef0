// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static io.kaelix.net.WireDescriptor.MAX_FLOW;
import static io.kaelix.net.WireDescriptor.SUBSCRIBED_LAG_OFFSET;
import static io.kaelix.net.WireDescriptor.SUBSCRIBED_LENGTH;
import static io.kaelix.net.WireDescriptor.SUBSCRIBED_POLICY_OFFSET;
import static io.kaelix.net.WireDescriptor.SUBSCRIBED_RESERVED_OFFSET;

import io.kaelix.SlowSubscriberPolicy;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A server made a flow: every message of its topics that is sent from here on is in it.
 *
 * @param flow its number
 * @param policy that it is under
 * @param maxLag bytes that it may be behind in a lane
 */
record WireSubscribed(int flow, SlowSubscriberPolicy policy, long maxLag) implements WireMessage {

    WireSubscribed {
        WireMessage.require(flow > 0 && flow <= MAX_FLOW, "a subscription's flow is from 1 to " + MAX_FLOW, flow);
        Objects.requireNonNull(policy, "policy");
        WireMessage.require(maxLag > 0, "the most lag is at least 1", maxLag);
    }

    @Override
    public WireType type() {
        return WireType.SUBSCRIBED;
    }

    @Override
    public int length() {
        return SUBSCRIBED_LENGTH;
    }

    @Override
    public void encode(final ByteBuffer target, final int at) {
        target.put(at + SUBSCRIBED_POLICY_OFFSET, (byte) WirePolicy.code(policy));
        target.putLong(at + SUBSCRIBED_LAG_OFFSET, maxLag);
    }

    static WireSubscribed decode(final WireBody body) {
        body.reserved(SUBSCRIBED_RESERVED_OFFSET, SUBSCRIBED_LAG_OFFSET);
        final SlowSubscriberPolicy policy = WirePolicy.of(body.unsignedByte(SUBSCRIBED_POLICY_OFFSET));
        if (policy == null) {
            throw body.wrong("the server says that its own policy holds, and not which that is");
        }
        return new WireSubscribed(body.flow(), policy, body.longInteger(SUBSCRIBED_LAG_OFFSET));
    }
}
