// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.TlsConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.IntSupplier;
import javax.net.ssl.SSLEngine;

/** A client and a server at the two ends of a wire, run by turns in one thread. */
final class TlsPair implements AutoCloseable {

    static final int PORT = 7878;

    private static final int MOST_TURNS = 1_000_000;

    final Wire wire;
    final SSLEngine clientEngine;
    final SSLEngine serverEngine;
    final TlsChannel client;
    final TlsChannel server;

    /** What each side failed with; null if it did not. */
    IOException clientFailure;
    IOException serverFailure;

    TlsPair(final SSLEngine client, final SSLEngine server, final int capacity, final IntSupplier step) {
        wire = new Wire(capacity, step);
        clientEngine = client;
        serverEngine = server;
        this.client = new TlsChannel(wire.client(), client, "server:7878");
        this.server = new TlsChannel(wire.server(), server, "client:4711");
    }

    static TlsPair of(final TlsConfig client, final TlsConfig server) {
        return of(client, server, 1 << 20, () -> Integer.MAX_VALUE);
    }

    static TlsPair of(final TlsConfig client, final TlsConfig server, final int capacity, final IntSupplier step) {
        return new TlsPair(TlsContext.client(client).engine("localhost", PORT), TlsContext.server(server).engine("client", 4711), capacity,
                step);
    }

    /** One that is known to work. */
    static TlsPair good() {
        return of(Certificates.client("ca"), Certificates.server("server"));
    }

    /** Turns until both are handshaken, or one has failed. */
    TlsPair shake() {
        for (int turn = 0; turn < MOST_TURNS; turn++) {
            turn();
            if (clientFailure != null && serverFailure != null
                    || client.isHandshaken() && server.isHandshaken() && !client.wantsWrite() && !server.wantsWrite()) {
                return this;
            }
        }
        throw new AssertionError("neither done nor failed: " + clientFailure + ", " + serverFailure);
    }

    /** Each side reads once, to no avail: bytes are an error here. Two turns after a failure the other side has seen it. */
    void turn() {
        if (clientFailure == null) {
            try {
                expectNothing(client);
            } catch (final IOException e) {
                clientFailure = e;
                client.close();
            }
        }
        if (serverFailure == null) {
            try {
                expectNothing(server);
            } catch (final IOException e) {
                serverFailure = e;
                server.close();
            }
        }
    }

    private static void expectNothing(final TlsChannel side) throws IOException {
        final int read = side.read(ByteBuffer.allocate(64));
        if (read > 0) {
            throw new AssertionError("bytes that nobody sent");
        }
        if (read < 0) {
            throw new IOException("goodbye");
        }
        side.flush();
    }

    /** Moves all of these bytes from one side to the other, which must get the same. */
    static byte[] move(final TlsChannel from, final TlsChannel to, final byte[] bytes, final int roomOfReads) throws IOException {
        final ByteBuffer[] out = {ByteBuffer.wrap(bytes)};
        final ByteBuffer in = ByteBuffer.allocate(bytes.length);
        for (int turn = 0; in.hasRemaining() && turn < MOST_TURNS; turn++) {
            from.write(out, 0, 1);
            from.flush();
            final int limit = in.limit();
            in.limit(Math.min(limit, in.position() + roomOfReads));
            final int read = to.read(in);
            in.limit(limit);
            if (read < 0) {
                break;
            }
        }
        return in.flip().remaining() == bytes.length ? in.array() : new byte[0];
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
