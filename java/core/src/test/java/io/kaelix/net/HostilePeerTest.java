// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static io.kaelix.net.NetworkTest.await;
import static io.kaelix.net.NetworkTest.receive;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.KaelixClient;
import io.kaelix.ListenConfig;
import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.MemoryUsage;
import io.kaelix.Publisher;
import io.kaelix.Start;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.message.FrameDescriptor;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that break the rules: they are cut off with an error, and nobody else notices. */
@Timeout(60)
class HostilePeerTest {

    private static final WireLimits LIMITS = new WireLimits(16_384, 16_384, 1_000, 15_000);

    private final MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(1 << 16));
    private final Listener listener = streamer.listen(ListenConfig.defaults().withHandshakeTimeout(Duration.ofMillis(500)));
    private final KaelixClient honest = KaelixClient.connect("127.0.0.1:" + listener.address().getPort());

    @AfterEach
    void close() {
        honest.close();
        listener.close();
        streamer.close();
    }

    static WireHello hello(final int version) {
        return new WireHello(version, version, 1, 0, LIMITS, "", "", List.of());
    }

    static WireSubscribe subscribe(final String pattern) {
        return new WireSubscribe(1, TopicPattern.of(pattern), null, 0, -1, Start.latest(), List.of(), List.of());
    }

    static byte[] bytes(final WireMessage... messages) {
        final WireOutput output = new WireOutput(64);
        for (final WireMessage message : messages) {
            assertThat(output.message(message)).isTrue();
        }
        return bytes(output);
    }

    static byte[] bytes(final WireOutput output) {
        final ByteBuffer all = ByteBuffer.allocate((int) output.pending());
        for (int i = output.first(); i < output.first() + output.count(); i++) {
            all.put(output.buffers()[i]);
        }
        return all.array();
    }

    /** All that a client says to publish one message of 8 bytes. */
    static byte[] publication(final String topic, final long number) {
        final WireOutput output = new WireOutput(64);
        output.message(hello(1));
        output.message(new WireLane(0, 0, 0, 5, 0, 0, 0));
        output.message(new WireStream(0, 0, Topic.of(topic), 0, 1));
        final int length = FrameDescriptor.HEADER_LENGTH + Long.BYTES;
        final ByteBuffer frame = frames(length).putInt(0, length).putInt(4, FrameDescriptor.VERSION_BITS);
        output.run(0, 0, 5, 0, 0, 0, 0, frame.putLong(FrameDescriptor.HEADER_LENGTH, number));
        return bytes(output);
    }

    private static ByteBuffer frames(final int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Sends bytes and reads until the server closes. The last error that it told; empty if none. */
    private String say(final byte[]... parts) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", listener.address().getPort())) {
            socket.setSoTimeout(20_000);
            try {
                for (final byte[] part : parts) {
                    socket.getOutputStream().write(part);
                }
            } catch (final SocketException e) {
                // It has heard enough.
            }
            try {
                return lastError(socket.getInputStream().readAllBytes());
            } catch (final SocketException e) {
                return "";
            }
        }
    }

    private static String lastError(final byte[] answer) {
        final WireInput input = new WireInput(false, 1 << 20);
        input.put(ByteBuffer.wrap(answer));
        String error = "";
        for (WireType type = input.next(); type != null; type = input.next()) {
            if (type == WireType.ERROR) {
                error = ((WireFailure) input.message()).text();
            }
        }
        return error;
    }

    private void assertThatOthersAreUnharmed() {
        try (Subscriber here = streamer.subscriber("up"); Subscriber there = honest.subscriber("down");
                Publisher up = honest.publisher("up"); Publisher down = streamer.publisher("down")) {
            up.offer("up".getBytes());
            down.offer("down".getBytes());
            assertThat(receive(here, 1)).containsExactly("up");
            assertThat(receive(there, 1)).containsExactly("down");
        }
        await(() -> listener.sessions().size() == 1);
        assertThat(listener.sessions().getFirst().connected()).isTrue();
    }

    @Test
    void shouldRefuseAVersionThatItDoesNotSpeak() throws IOException {
        assertThat(say(bytes(hello(2)))).contains("version 1").contains("2");
        assertThatOthersAreUnharmed();
    }

    @Test
    void shouldCutOffWhoSaysNothing() throws IOException {
        assertThat(say(new byte[0])).contains("HELLO");
        assertThatOthersAreUnharmed();
    }

    @Test
    void shouldCutOffWhoSpeaksSomethingElse() throws IOException {
        assertThat(say("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes())).contains("HELLO");
        assertThatOthersAreUnharmed();
    }

    @Test
    void shouldCutOffWhoSendsMoreThanWasGranted() throws IOException {
        final byte[] hello = bytes(hello(1));
        final WireOutput output = new WireOutput(64);
        output.message(new WireLane(0, 0, 0, 5, 0, 0, 0));
        output.message(new WireStream(0, 0, Topic.of("flood"), 0, 1));
        for (int i = 0; i < 20; i++) {
            final ByteBuffer frame = frames(16_384);
            frame.putInt(0, 16_384).putInt(4, FrameDescriptor.VERSION_BITS);
            output.run(0, 0, 5, i * 16_384L, i, 0, 0, frame);
        }
        assertThat(say(hello, bytes(output))).contains("room");
        assertThatOthersAreUnharmed();
    }

    @Test
    void shouldCutOffWhoSendsFramesThatAreNone() throws IOException {
        for (final int length : new int[] {0, -16, 15, 7, 1 << 30, Integer.MIN_VALUE, 4_000}) {
            final WireOutput output = new WireOutput(64);
            output.message(new WireLane(0, 0, 0, 5, 0, 0, 0));
            output.message(new WireStream(0, 0, Topic.of("bad"), 0, 1));
            final ByteBuffer frame = frames(64);
            frame.putInt(0, length).putInt(4, FrameDescriptor.VERSION_BITS);
            output.run(0, 0, 5, 0, 0, 0, 0, frame);
            assertThat(say(bytes(hello(1)), bytes(output))).as("frame of %d bytes", length).isNotEmpty();
        }
        assertThatOthersAreUnharmed();
    }

    @Test
    void shouldCutOffWhoAcknowledgesWhatWasNotSent() throws IOException {
        final WireOutput output = new WireOutput(64);
        output.message(subscribe(">"));
        output.credit(1, 1 << 20, 1 << 20);
        assertThat(say(bytes(hello(1)), bytes(output))).contains("acknowledged");
        assertThatOthersAreUnharmed();
    }

    @Test
    void shouldSurviveRandomBytesBehindAHandshake() throws IOException {
        final Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            final byte[] noise = new byte[random.nextInt(4_000)];
            random.nextBytes(noise);
            if (round % 2 == 0 && noise.length > 64) {
                // A header that is plausible lets more of it through.
                ByteBuffer.wrap(noise).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 8 * (1 + random.nextInt(32))).put(4,
                        (byte) random.nextInt(16))
                        .put(5, (byte) 0).putShort(6, (short) random.nextInt(2));
            }
            try (Socket socket = new Socket("127.0.0.1", listener.address().getPort())) {
                socket.getOutputStream().write(bytes(hello(1)));
                socket.getOutputStream().write(noise);
                socket.shutdownOutput();
                socket.setSoTimeout(5_000);
                while (socket.getInputStream().read(noise.length == 0 ? new byte[1] : noise) >= 0) {
                    // Until it closes.
                }
            } catch (final SocketException e) {
                // It was cut off before it had said everything.
            }
        }
        assertThatRestIsUnharmed();
    }

    private long reserved() {
        return streamer.memory().stream().mapToLong(MemoryUsage::reserved).sum();
    }

    /** Each has a lane, since it has published, and a subscription, and then says something that makes no sense. */
    private void offend(final int count) throws IOException {
        final byte[] garbage = {8, 0, 0, 0, 99, 0, 0, 0};
        for (int i = 0; i < count; i++) {
            assertThat(say(publication("bad", i), bytes(subscribe(">")), garbage)).contains("99");
        }
        await(() -> listener.sessions().size() == 1);
    }

    @Test
    void shouldHoldNoMemoryOfThoseWhoWereCutOff() throws IOException {
        offend(20);
        final long few = reserved();
        offend(400);
        assertThat(reserved()).as("a lane of each would be %d KiB", 400 * 64).isLessThanOrEqualTo(few);
        assertThat(streamer.lanes()).hasSizeLessThan(10);
        assertThatOthersAreUnharmed();
    }

    /** Those that were cut off in the midst of a message may still come back. */
    private void assertThatRestIsUnharmed() {
        try (Subscriber here = streamer.subscriber("up"); Publisher up = honest.publisher("up")) {
            up.offer("up".getBytes());
            assertThat(receive(here, 1)).containsExactly("up");
        }
        assertThat(streamer.memory()).allSatisfy(node -> assertThat(node.reserved()).isLessThan(64L << 20));
    }
}
