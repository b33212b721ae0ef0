// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.ClientConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

/**
 * The way of a client to its server: a socket that connects, in how long it must have, and when the next one may try.
 *
 * <p>Waits for nothing: whoever has the turns looks again in the next one. One thread.
 */
final class Dialing {

    private final InetSocketAddress server;
    private final String peer;
    private final TlsContext tls;
    private final String host;
    private final long timeoutNanos;
    private final Backoff backoff;
    /** Null between two tries, and once somebody has the connection. */
    private SocketChannel connecting;
    private long deadline;
    private long nextTry = System.nanoTime();

    Dialing(final ClientConfig config, final InetSocketAddress server) {
        this.server = server;
        this.peer = config.host() + ":" + config.port();
        this.tls = config.tls() == null ? null : TlsContext.client(config.tls());
        this.host = config.host();
        this.timeoutNanos = config.connectTimeout().toNanos();
        this.backoff = new Backoff(config.reconnectFirst(), config.reconnectLongest());
    }

    /** Whom it connects to, for reports. */
    String peer() {
        return peer;
    }

    /** Whether it is time for the next step: to begin, or to look whether it is done. */
    boolean isDue(final long now) {
        return connecting != null || now - nextTry >= 0;
    }

    /** Begins, or looks again. The socket once it is connected, still to be {@linkplain #take taken}; null before. */
    SocketChannel look(final long now) throws IOException {
        if (connecting == null) {
            deadline = now + timeoutNanos;
            connecting = SocketChannel.open();
            connecting.configureBlocking(false);
            connecting.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (!connecting.connect(server)) {
                return null;
            }
        } else if (!connecting.finishConnect()) {
            return null;
        }
        return connecting;
    }

    /** How bytes go over the socket that is connected, which is the caller's from now on. */
    Transport take() {
        final SocketChannel connected = connecting;
        final Transport transport = tls == null ? new PlainTransport(connected) : tls.channel(connected, host, server.getPort());
        connecting = null;
        return transport;
    }

    /** Whether the try that began last, its answer included, takes longer than it may. */
    boolean isLate(final long now) {
        return now - deadline > 0;
    }

    long timeoutMillis() {
        return timeoutNanos / 1_000_000;
    }

    /** It worked: whenever it is lost, the next wait is the first one again. */
    void arrived() {
        backoff.reset();
    }

    /** It failed, or was lost: waits before the next try. */
    void later(final long now) {
        stop();
        nextTry = now + backoff.next();
    }

    /** Gives up the socket that connects. Again is without effect. */
    void stop() {
        if (connecting != null) {
            new PlainTransport(connecting).close();
            connecting = null;
        }
    }
}
