// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static io.kaelix.net.NetworkTest.await;
import static io.kaelix.net.NetworkTest.receive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.ClientConfig;
import io.kaelix.KaelixClient;
import io.kaelix.KaelixException;
import io.kaelix.ListenConfig;
import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that connect and say nothing, or half a HELLO: they keep nobody out, however many they are. */
@Timeout(120)
class HandshakeFloodTest {

    /** Of a listener with few connections: the least there is. */
    private static final int MOST_SILENT = 64;

    private final MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(1 << 16));
    private final Listener listener = streamer.listen(ListenConfig.defaults().withMaxConnections(4)
            .withHandshakeTimeout(ListenConfig.MAX_TIME));
    private final List<Socket> silent = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (final Socket socket : silent) {
            socket.close();
        }
        listener.close();
        streamer.close();
    }

    private Socket connect() throws IOException {
        final Socket socket = new Socket("127.0.0.1", listener.address().getPort());
        socket.setSoTimeout(30_000);
        silent.add(socket);
        return socket;
    }

    private KaelixClient client() {
        return KaelixClient.connect(ClientConfig.to("127.0.0.1", listener.address().getPort()).withReconnectFirst(Duration.ofMillis(1)));
    }

    private static byte[] halfAHello() {
        final byte[] hello = HostilePeerTest.bytes(HostilePeerTest.hello(1));
        return Arrays.copyOf(hello, hello.length / 2);
    }

    /** What the listener said before it closed. */
    private static String lastWord(final Socket socket) throws IOException {
        final WireInput input = new WireInput(false, 1 << 20);
        try {
            input.put(ByteBuffer.wrap(socket.getInputStream().readAllBytes()));
        } catch (final SocketException reset) {
            return "";
        }
        return input.next() == WireType.ERROR ? ((WireFailure) input.message()).text() : "";
    }

    @Test
    void shouldDropTheOldestOfThoseWhoSayNothing() throws IOException {
        for (int i = 0; i < MOST_SILENT + 3; i++) {
            final Socket socket = connect();
            if (i % 2 == 1) {
                socket.getOutputStream().write(halfAHello());
            }
        }
        for (int i = 0; i < 3; i++) {
            assertThat(lastWord(silent.get(i))).as("number %d", i).contains("say HELLO at once");
        }
        // The others may still say who they are.
        final Socket next = silent.get(4);
        next.getOutputStream().write(HostilePeerTest.bytes(HostilePeerTest.hello(1)));
        await(() -> listener.sessions().size() == 1);
    }

    @Test
    void shouldLetInHonestClientsBesideAFloodOfSilentConnections() throws Exception {
        final AtomicBoolean ended = new AtomicBoolean();
        final Thread flood = Thread.ofPlatform().daemon().start(() -> {
            try {
                final byte[] half = halfAHello();
                for (int i = 0; !ended.get() && i < 10_000; i++) {
                    final Socket socket = connect();
                    if (i % 2 == 1) {
                        try {
                            socket.getOutputStream().write(half);
                        } catch (final SocketException dropped) {
                            // It has given way already.
                        }
                    }
                    if (i >= 4 * MOST_SILENT) {
                        silent.removeFirst().close();
                    }
                }
            } catch (final IOException e) {
                throw new IllegalStateException(e);
            }
        });
        try {
            for (int i = 0; i < 20; i++) {
                // What is cut before it is in tries again.
                try (KaelixClient client = honest(); Subscriber here = streamer.subscriber("up");
                        Publisher publisher = client.publisher("up")) {
                    publisher.offer("hello".getBytes());
                    assertThat(receive(here, 1)).containsExactly("hello");
                }
            }
        } finally {
            ended.set(true);
            flood.join();
        }
        assertThat(silent).hasSizeGreaterThan(MOST_SILENT);
    }

    /** Who is so slow that others overtake it is told to come again, as by a listener that is full. */
    private KaelixClient honest() {
        for (int i = 0; ; i++) {
            try {
                return client();
            } catch (final KaelixException e) {
                assertThat(e).hasMessageContaining("127.0.0.1");
                if (i == 20) {
                    throw e;
                }
            }
        }
    }

    @Test
    void shouldStillRefuseMoreClientsThanAreAllowed() {
        final List<KaelixClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                clients.add(client());
            }
            assertThatThrownBy(this::client).isInstanceOf(KaelixException.class).hasMessageContaining("there are 4 connections");
        } finally {
            clients.forEach(KaelixClient::close);
        }
    }
}
