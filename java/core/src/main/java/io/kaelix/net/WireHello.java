// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static io.kaelix.net.WireDescriptor.ALIGNMENT;
import static io.kaelix.net.WireDescriptor.HELLO_LENGTH;
import static io.kaelix.net.WireDescriptor.HELLO_NAME_LENGTH_OFFSET;
import static io.kaelix.net.WireDescriptor.HELLO_NEWEST_OFFSET;
import static io.kaelix.net.WireDescriptor.HELLO_OLDEST_OFFSET;
import static io.kaelix.net.WireDescriptor.HELLO_RESERVED_OFFSET;
import static io.kaelix.net.WireDescriptor.HELLO_RESUMED_OFFSET;
import static io.kaelix.net.WireDescriptor.HELLO_TOKEN_LENGTH_OFFSET;
import static io.kaelix.net.WireDescriptor.INSTANCE_OFFSET;
import static io.kaelix.net.WireDescriptor.MAGIC;
import static io.kaelix.net.WireDescriptor.MAGIC_OFFSET;
import static io.kaelix.net.WireDescriptor.MAX_FLOW;
import static io.kaelix.net.WireDescriptor.MAX_NAME_LENGTH;
import static io.kaelix.net.WireDescriptor.MAX_RESUMED;
import static io.kaelix.net.WireDescriptor.MAX_TOKEN_LENGTH;
import static io.kaelix.net.WireDescriptor.RESUMED_FLOW_OFFSET;
import static io.kaelix.net.WireDescriptor.RESUMED_LENGTH;
import static io.kaelix.net.WireDescriptor.RESUMED_RECEIVED_OFFSET;
import static io.kaelix.net.WireDescriptor.RESUMED_RESERVED_OFFSET;
import static io.kaelix.net.WireDescriptor.SESSION_OFFSET;
import static io.kaelix.net.WireDescriptor.align;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/**
 * What a client says first.
 *
 * @param oldestVersion the oldest version that it speaks
 * @param newestVersion the newest one
 * @param instance random number of the client, the same in all its connections
 * @param session to go on with, or 0
 * @param limits what it takes
 * @param token that shows who it is, or empty
 * @param name for people who look at the server
 * @param resumed its flows, by ascending number, that go on with the session
 */
record WireHello(int oldestVersion, int newestVersion, long instance, long session, WireLimits limits, String token, String name,
        List<Resumed> resumed) implements WireMessage {

    /**
     * A flow that goes on.
     *
     * @param flow its number
     * @param received bytes of frames that came whole, since it began
     */
    record Resumed(int flow, long received) {

        Resumed {
            WireMessage.require(flow > 0 && flow <= MAX_FLOW, "a flow that goes on has a number from 1 to " + MAX_FLOW, flow);
            WireMessage.require(received >= 0 && received % ALIGNMENT == 0, "bytes received are a multiple of " + ALIGNMENT, received);
        }
    }

    WireHello {
        WireMessage.require(oldestVersion > 0 && oldestVersion <= 0xFFFF, "the oldest version is from 1 to 65535", oldestVersion);
        WireMessage.require(newestVersion >= oldestVersion && newestVersion <= 0xFFFF,
                "the newest version is from the oldest, " + oldestVersion + ", to 65535", newestVersion);
        Objects.requireNonNull(limits, "limits");
        WireText.check("a token", token, MAX_TOKEN_LENGTH);
        name = WireText.printable(name);
        WireText.check("a name", name, MAX_NAME_LENGTH);
        resumed = List.copyOf(resumed);
        WireMessage.require(resumed.size() <= MAX_RESUMED, "at most " + MAX_RESUMED + " flows can be resumed", resumed.size());
        for (int i = 1; i < resumed.size(); i++) {
            WireMessage.require(resumed.get(i).flow > resumed.get(i - 1).flow, "flows that go on ascend", resumed.get(i).flow);
        }
    }

    @Override
    public WireType type() {
        return WireType.HELLO;
    }

    @Override
    public int flow() {
        return 0;
    }

    @Override
    public int length() {
        return align(HELLO_LENGTH + RESUMED_LENGTH * resumed.size() + WireText.length(token) + WireText.length(name));
    }

    @Override
    public void encode(final ByteBuffer target, final int at) {
        target.putInt(at + MAGIC_OFFSET, MAGIC);
        target.putShort(at + HELLO_OLDEST_OFFSET, (short) oldestVersion);
        target.putShort(at + HELLO_NEWEST_OFFSET, (short) newestVersion);
        target.putLong(at + INSTANCE_OFFSET, instance);
        target.putLong(at + SESSION_OFFSET, session);
        limits.encode(target, at);
        target.putShort(at + HELLO_TOKEN_LENGTH_OFFSET, (short) WireText.length(token));
        target.putShort(at + HELLO_NAME_LENGTH_OFFSET, (short) WireText.length(name));
        target.putShort(at + HELLO_RESUMED_OFFSET, (short) resumed.size());
        int next = at + HELLO_LENGTH;
        for (final Resumed flow : resumed) {
            target.putShort(next + RESUMED_FLOW_OFFSET, (short) flow.flow);
            target.putLong(next + RESUMED_RECEIVED_OFFSET, flow.received);
            next += RESUMED_LENGTH;
        }
        next = WireText.put(token, target, next);
        WireText.put(name, target, next);
    }

    static WireHello decode(final WireBody body) {
        body.reserved(HELLO_RESERVED_OFFSET, HELLO_LENGTH);
        final int token = body.unsignedShort(HELLO_TOKEN_LENGTH_OFFSET);
        final int name = body.unsignedShort(HELLO_NAME_LENGTH_OFFSET);
        final Resumed[] resumed = new Resumed[Math.min(body.unsignedShort(HELLO_RESUMED_OFFSET), MAX_RESUMED + 1)];
        final int texts = HELLO_LENGTH + RESUMED_LENGTH * body.unsignedShort(HELLO_RESUMED_OFFSET);
        body.end(texts + token + name);
        for (int i = 0; i < resumed.length; i++) {
            final int at = HELLO_LENGTH + RESUMED_LENGTH * i;
            body.reserved(at + RESUMED_RESERVED_OFFSET, at + RESUMED_RECEIVED_OFFSET);
            resumed[i] = new Resumed(body.unsignedShort(at + RESUMED_FLOW_OFFSET), body.longInteger(at + RESUMED_RECEIVED_OFFSET));
        }
        return new WireHello(body.unsignedShort(HELLO_OLDEST_OFFSET), body.unsignedShort(HELLO_NEWEST_OFFSET),
                body.longInteger(INSTANCE_OFFSET), body.longInteger(SESSION_OFFSET), WireLimits.decode(body), body.text(texts, token),
                body.text(texts + token, name), List.of(resumed));
    }

    /** Without the token: it is a secret, and this ends up in logs. */
    @Override
    public String toString() {
        return "WireHello[" + oldestVersion + ".." + newestVersion + ", instance=" + Long.toHexString(instance) + ", session="
                + (session == 0 ? "new" : "resumed") + ", " + limits + ", name=" + name + ", resumed=" + resumed + "]";
    }
}
