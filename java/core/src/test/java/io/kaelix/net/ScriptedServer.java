// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A server that says what a test has it say, to one client at a time. */
final class ScriptedServer implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 30_000;

    private final ServerSocket listening;
    private WirePeer peer;

    ScriptedServer() throws IOException {
        listening = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        listening.setSoTimeout(PATIENCE_MILLIS);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** Takes the next connection, and hears its HELLO. */
    WireHello accept() throws IOException {
        peer = new WirePeer(listening.accept(), true);
        return peer.await(WireHello.class);
    }

    /** Answers a HELLO. */
    void welcome(final long session, final boolean resumed) throws IOException {
        welcome(session, resumed, 0);
    }

    /** The same, having received so much. */
    void welcome(final long session, final boolean resumed, final long received) throws IOException {
        send(new WireWelcome(resumed, 1, 5, session, WirePeer.LIMITS, received, 30_000, 8, "anyone"));
    }

    void send(final WireMessage... messages) throws IOException {
        peer.send(messages);
    }

    /** Grants, and acknowledges. */
    void credit(final int flow, final long limit, final long acknowledged) throws IOException {
        peer.credit(flow, limit, acknowledged);
    }

    /** The next message of a kind; others are passed over. */
    <T extends WireMessage> T await(final Class<T> kind) throws IOException {
        return peer.await(kind);
    }

    /** Cuts the connection. */
    void cut() throws IOException {
        peer.close();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        if (peer != null) {
            peer.close();
        }
    }
}
