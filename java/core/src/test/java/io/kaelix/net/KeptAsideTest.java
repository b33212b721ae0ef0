// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.KaelixClient;
import io.kaelix.ListenConfig;
import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.message.FrameDescriptor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a peer may have a server keep of what it publishes: streams that it names, and runs that there is no room for yet. */
@Timeout(60)
class KeptAsideTest {

    private static final int LANE = 1 << 16;
    private static final int FRAME = 1 << 10;
    private static final int MOST = 8;
    private static final SubscriberConfig ALL = SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.BLOCK);

    private final MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(LANE));
    private final Listener listener = streamer.listen(ListenConfig.defaults().withMaxStreams(MOST));

    @AfterEach
    void close() {
        listener.close();
        streamer.close();
    }

    /** A client that says what it likes, and knows what it was granted. */
    private final class Peer implements AutoCloseable {
        private final Socket socket = new Socket("127.0.0.1", listener.address().getPort());
        private final WireInput input = new WireInput(false, 1 << 20);
        private long sent;
        private long granted;
        private long acknowledged;
        private boolean answered;
        private WireFailure failure;

        private Peer() throws IOException {
            socket.setSoTimeout(20_000);
            say(HostilePeerTest.bytes(HostilePeerTest.hello(1), new WireLane(0, 0, 0, 5, 0, 0, 0)));
        }

        private void say(final byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        private void name(final int stream, final String topic) throws IOException {
            say(HostilePeerTest.bytes(new WireStream(0, stream, Topic.of(topic), 0, 1)));
        }

        /** Waits for an answer: what was said before was heard. */
        private void ask() throws IOException {
            answered = false;
            say(HostilePeerTest.bytes(new WireDeclare(Topic.of("up"), WireDeclare.ASK)));
            while (!answered) {
                hear();
            }
        }

        /** A run of one message, which is a number. */
        private void publish(final int stream) throws IOException {
            final WireOutput output = new WireOutput(64);
            final ByteBuffer frame = ByteBuffer.allocateDirect(FRAME).order(ByteOrder.LITTLE_ENDIAN).putInt(0, FRAME)
                    .putInt(4, FrameDescriptor.VERSION_BITS).putInt(8, stream).putLong(FrameDescriptor.HEADER_LENGTH, sent / FRAME);
            output.run(0, 0, 5, sent, sent / FRAME, 0, 0, frame);
            say(HostilePeerTest.bytes(output));
            sent += FRAME;
        }

        private void hear() throws IOException {
            final byte[] bytes = new byte[4_096];
            final int count = socket.getInputStream().read(bytes);
            assertThat(count).as("the server has closed").isPositive();
            input.put(ByteBuffer.wrap(bytes, 0, count));
            for (WireType type = input.next(); type != null; type = input.next()) {
                if (type == WireType.CREDIT) {
                    granted = input.creditLimit();
                    acknowledged = input.creditAcknowledged();
                } else if (type == WireType.ERROR) {
                    failure = (WireFailure) input.message();
                } else if (type == WireType.DECLARE) {
                    answered = true;
                }
            }
        }

        private void hearAll() throws IOException {
            while (socket.getInputStream().available() > 0) {
                hear();
            }
        }

        /** Sends as long as somebody reads, until most of the lane was written; then a reader joins at its begin, and it sends the rest. */
        private Subscriber fillBehind(final Subscriber reading, final List<Long> read) throws IOException {
            name(0, "up.0");
            while (acknowledged < LANE - LANE / 8) {
                hearAll();
                if (sent + FRAME <= granted && sent <= LANE - LANE / 8) {
                    publish(0);
                }
                poll(reading, read);
            }
            final long limit = granted;
            final Subscriber late = streamer.subscriber("up.0", ALL.withStart(Start.oldest()));
            while (sent + FRAME <= limit) {
                publish(0);
            }
            return late;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static void poll(final Subscriber subscriber, final List<Long> numbers) {
        subscriber.poll(message -> numbers.add(message.payload().get(ValueLayout.JAVA_LONG_UNALIGNED, 0)), 1_000);
    }

    private long waiting() {
        return listener.sessions().stream().mapToLong(session -> session.waitingBytes()).sum();
    }

    private void assertThatOthersAreUnharmed() {
        try (KaelixClient honest = KaelixClient.connect("127.0.0.1:" + listener.address().getPort());
                Subscriber here = streamer.subscriber("honest"); Publisher publisher = honest.publisher("honest")) {
            publisher.offer("x".getBytes());
            assertThat(NetworkTest.receive(here, 1)).containsExactly("x");
        }
    }

    @Test
    void shouldShowWhatIsKeptAsideAndPublishItInOrder() throws IOException {
        try (Subscriber reading = streamer.subscriber("up.*", ALL); Peer peer = new Peer()) {
            final List<Long> read = new ArrayList<>();
            final List<Long> behind = new ArrayList<>();
            assertThat(waiting()).isZero();
            try (Subscriber late = peer.fillBehind(reading, read)) {
                NetworkTest.await(() -> {
                    poll(reading, read);
                    return waiting() > 0;
                });
                assertThat(waiting()).isLessThanOrEqualTo(LANE);
                // As many as there may be at all.
                for (int stream = 0; stream < MOST; stream++) {
                    peer.name(stream, "up." + stream);
                }
                peer.ask();
                assertThat(waiting()).isPositive();
                NetworkTest.await(() -> {
                    poll(reading, read);
                    poll(late, behind);
                    return read.size() == peer.sent / FRAME && behind.size() == read.size();
                });
                NetworkTest.await(() -> waiting() == 0);
                while (peer.granted < peer.sent + FRAME) {
                    peer.hear();
                }
                peer.publish(MOST - 1);
                NetworkTest.await(() -> {
                    poll(reading, read);
                    return read.size() == peer.sent / FRAME;
                });
                assertThat(read).isSorted().doesNotHaveDuplicates();
                assertThat(behind).isEqualTo(read.subList(0, behind.size()));
            }
        }
    }

    @Test
    void shouldCutOffAloneWhoNamesStreamsWithoutEndWhileItsRunsAreKeptAside() throws IOException {
        try (Subscriber reading = streamer.subscriber("up.*", ALL); Peer peer = new Peer()) {
            final List<Long> read = new ArrayList<>();
            try (Subscriber late = peer.fillBehind(reading, read)) {
                NetworkTest.await(() -> {
                    poll(reading, read);
                    return waiting() > 0;
                });
                int named = 0;
                try {
                    for (; named < 100_000; named++) {
                        peer.name(named % MOST, "up." + named);
                    }
                } catch (final SocketException e) {
                    // It was cut off, and is not listened to any more.
                    assertThat(named).isGreaterThanOrEqualTo(MOST);
                }
                while (peer.failure == null) {
                    peer.hear();
                }
                assertThat(peer.failure.code()).isEqualTo(WireError.PROTOCOL.code());
                assertThat(peer.failure.text()).contains("at most " + MOST + " streams").contains("waits for a subscriber");
                NetworkTest.await(() -> listener.sessions().isEmpty());
                final List<Long> behind = new ArrayList<>();
                NetworkTest.await(() -> {
                    poll(reading, read);
                    poll(late, behind);
                    return behind.size() == read.size() && behind.size() * FRAME >= LANE - LANE / 8;
                });
                assertThat(behind).isSorted().doesNotHaveDuplicates();
            }
            assertThatOthersAreUnharmed();
        }
    }

    @Test
    void shouldTakeAsManyStreamsAsAreAllowedAndNotOneMore() throws IOException {
        try (Subscriber reading = streamer.subscriber("up.*", ALL); Peer peer = new Peer()) {
            for (int stream = 0; stream < MOST; stream++) {
                peer.name(stream, "up." + stream);
                peer.publish(stream);
            }
            final List<String> topics = new ArrayList<>();
            NetworkTest.await(() -> {
                reading.poll(message -> topics.add(message.topic().name()), 100);
                return topics.size() == MOST;
            });
            assertThat(topics).containsExactly("up.0", "up.1", "up.2", "up.3", "up.4", "up.5", "up.6", "up.7");
            peer.name(MOST, "up.more");
            while (peer.failure == null) {
                peer.hear();
            }
            assertThat(peer.failure.text()).contains("stream number 8: at most 8 streams").contains("network.max_streams");
            NetworkTest.await(() -> listener.sessions().isEmpty());
            assertThatOthersAreUnharmed();
        }
    }
}
