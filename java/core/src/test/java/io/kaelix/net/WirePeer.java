// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;

/** A side of a connection that says and hears what a test has it, message by message. */
final class WirePeer implements AutoCloseable {

    static final WireLimits LIMITS = new WireLimits(16_384, 16_384, 1_000, 15_000);
    private static final int PATIENCE_MILLIS = 30_000;

    private final Socket socket;
    private final WireInput input;
    private final byte[] bytes = new byte[4_096];
    private ByteBuffer pending = ByteBuffer.allocate(0);

    /** @param server whether this is the side that was connected to */
    WirePeer(final Socket socket, final boolean server) throws IOException {
        this.socket = socket;
        this.input = new WireInput(server, 1 << 20);
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    /** A client that says who it is. */
    static WirePeer client(final int port, final WireHello hello) throws IOException {
        final WirePeer peer = new WirePeer(new Socket("127.0.0.1", port), false);
        peer.send(hello);
        return peer;
    }

    void send(final WireMessage... messages) throws IOException {
        socket.getOutputStream().write(HostilePeerTest.bytes(messages));
    }

    /** Grants, and acknowledges. */
    void credit(final int flow, final long limit, final long acknowledged) throws IOException {
        final WireOutput output = new WireOutput(64);
        output.credit(flow, limit, acknowledged);
        socket.getOutputStream().write(HostilePeerTest.bytes(output));
    }

    /** The next message of a kind; others are passed over. */
    <T extends WireMessage> T await(final Class<T> kind) throws IOException {
        while (true) {
            for (WireType type = input.next(); type != null; type = input.next()) {
                if (type != WireType.CREDIT && type != WireType.HEARTBEAT && type != WireType.RUN && type != WireType.UNSUBSCRIBE
                        && kind.isInstance(input.message())) {
                    return kind.cast(input.message());
                }
            }
            if (!pending.hasRemaining()) {
                final int read = socket.getInputStream().read(bytes);
                assertThat(read).as("the other side has closed the connection").isPositive();
                pending = ByteBuffer.wrap(bytes, 0, read);
            }
            input.put(pending);
        }
    }

    /** Whether the other side has closed, when all has come. */
    boolean isAtEnd() throws IOException {
        int read = socket.getInputStream().read(bytes);
        while (read > 0) {
            read = socket.getInputStream().read(bytes);
        }
        return read < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
