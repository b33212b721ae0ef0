// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static io.kaelix.net.WireDescriptor.ALIGNMENT;
import static io.kaelix.net.WireDescriptor.FLAG_RESUMED;
import static io.kaelix.net.WireDescriptor.INSTANCE_OFFSET;
import static io.kaelix.net.WireDescriptor.MAGIC;
import static io.kaelix.net.WireDescriptor.MAGIC_OFFSET;
import static io.kaelix.net.WireDescriptor.MAX_FLOW;
import static io.kaelix.net.WireDescriptor.MAX_MILLIS;
import static io.kaelix.net.WireDescriptor.MAX_NAME_LENGTH;
import static io.kaelix.net.WireDescriptor.SESSION_OFFSET;
import static io.kaelix.net.WireDescriptor.WELCOME_IDENTITY_LENGTH_OFFSET;
import static io.kaelix.net.WireDescriptor.WELCOME_KEPT_OFFSET;
import static io.kaelix.net.WireDescriptor.WELCOME_LENGTH;
import static io.kaelix.net.WireDescriptor.WELCOME_RECEIVED_OFFSET;
import static io.kaelix.net.WireDescriptor.WELCOME_RESERVED_OFFSET;
import static io.kaelix.net.WireDescriptor.WELCOME_SUBSCRIPTIONS_OFFSET;
import static io.kaelix.net.WireDescriptor.WELCOME_VERSION_OFFSET;
import static io.kaelix.net.WireDescriptor.align;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * What a server answers to a {@link WireHello}.
 *
 * @param resumed whether the session that was asked for goes on
 * @param version that is spoken from here on
 * @param instance random number of the server, another one after each start
 * @param session number of this session, unguessable, not 0
 * @param limits what the server takes
 * @param received bytes of frames that came whole in flow 0; 0 unless resumed
 * @param kept milliseconds for which the session is kept without a connection
 * @param subscriptions most that a session may have
 * @param identity who the client is to the server
 */
record WireWelcome(boolean resumed, int version, long instance, long session, WireLimits limits, long received, int kept, int subscriptions,
        String identity) implements WireMessage {

    WireWelcome {
        WireMessage.require(version > 0 && version <= 0xFFFF, "a version is from 1 to 65535", version);
        WireMessage.require(session != 0, "a session has a number", session);
        Objects.requireNonNull(limits, "limits");
        WireMessage.require(received >= 0 && received % ALIGNMENT == 0 && (resumed || received == 0),
                "bytes received are a multiple of " + ALIGNMENT + ", and 0 in a new session", received);
        WireMessage.require(kept >= 0 && kept <= MAX_MILLIS, "a session is kept for 0 ms to " + MAX_MILLIS, kept);
        WireMessage.require(subscriptions >= 0 && subscriptions <= MAX_FLOW, "subscriptions are 0 to " + MAX_FLOW, subscriptions);
        identity = WireText.printable(identity);
        WireText.check("an identity", identity, MAX_NAME_LENGTH);
    }

    @Override
    public WireType type() {
        return WireType.WELCOME;
    }

    @Override
    public int flow() {
        return 0;
    }

    @Override
    public int flags() {
        return resumed ? FLAG_RESUMED : 0;
    }

    @Override
    public int length() {
        return align(WELCOME_LENGTH + WireText.length(identity));
    }

    @Override
    public void encode(final ByteBuffer target, final int at) {
        target.putInt(at + MAGIC_OFFSET, MAGIC);
        target.putShort(at + WELCOME_VERSION_OFFSET, (short) version);
        target.putShort(at + WELCOME_IDENTITY_LENGTH_OFFSET, (short) WireText.length(identity));
        target.putLong(at + INSTANCE_OFFSET, instance);
        target.putLong(at + SESSION_OFFSET, session);
        limits.encode(target, at);
        target.putLong(at + WELCOME_RECEIVED_OFFSET, received);
        target.putInt(at + WELCOME_KEPT_OFFSET, kept);
        target.putShort(at + WELCOME_SUBSCRIPTIONS_OFFSET, (short) subscriptions);
        WireText.put(identity, target, at + WELCOME_LENGTH);
    }

    static WireWelcome decode(final WireBody body) {
        body.reserved(WELCOME_RESERVED_OFFSET, WELCOME_LENGTH);
        final int identity = body.unsignedShort(WELCOME_IDENTITY_LENGTH_OFFSET);
        body.end(WELCOME_LENGTH + identity);
        return new WireWelcome((body.flags() & FLAG_RESUMED) != 0, body.unsignedShort(WELCOME_VERSION_OFFSET),
                body.longInteger(INSTANCE_OFFSET), body.longInteger(SESSION_OFFSET), WireLimits.decode(body),
                body.longInteger(WELCOME_RECEIVED_OFFSET), body.integer(WELCOME_KEPT_OFFSET),
                body.unsignedShort(WELCOME_SUBSCRIPTIONS_OFFSET), body.text(WELCOME_LENGTH, identity));
    }
}
