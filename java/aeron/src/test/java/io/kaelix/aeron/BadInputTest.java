// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import io.kaelix.config.BridgeConfig;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try")
class BadInputTest {

    @TempDir
    Path folder;

    @Test
    void shouldRefuseWhatIsNoChannelOfAeron() {
        try (Pair pair = new Pair()) {
            assertThatThrownBy(() -> BridgeConfig.out("east", "udp://10.0.0.2")).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("bridge.east.channel must be an Aeron channel, as \"aeron:udp?endpoint=10.0.0.5:7100\"");
            for (final String channel : new String[] {"aeron:udp", "aeron:udp?endpoint=nonsense", "aeron:carrier-pigeon?endpoint=a:1"}) {
                assertThatThrownBy(() -> pair.openHere(BridgeConfig.out("east", channel))).isInstanceOf(KaelixException.class)
                        .hasMessageContaining("link east: Aeron does not take channel " + channel)
                        .satisfies(refused -> assertThat(refused.getMessage().lines().count()).isOne());
            }
            // Nothing is left of what was refused: the next one opens.
            pair.openHere(pair.out()).close();
        }
    }

    @Test
    void shouldSayThatAPortIsTaken() throws Exception {
        try (Pair pair = new Pair(); DatagramSocket taken = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            final String channel = "aeron:udp?endpoint=127.0.0.1:" + taken.getLocalPort();
            assertThatThrownBy(() -> pair.openThere(BridgeConfig.in("west", channel))).isInstanceOf(KaelixException.class)
                    .hasMessageContaining("link west").hasMessageContaining(channel).hasMessageContaining("in use");
        }
    }

    @Test
    void shouldSayThatNoDriverIsThere() {
        try (Pair pair = new Pair()) {
            assertThatThrownBy(() -> pair.openHere(pair.out().withDriver(folder.resolve("none").toString()))).isInstanceOf(KaelixException.class)
                    .hasMessageContaining("is a media driver running in " + folder.resolve("none"));
        }
    }

    @Test
    void shouldRefuseLinksThatMakeNoSense() {
        try (Pair pair = new Pair()) {
            assertThatThrownBy(pair::openHere).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("without links");
            assertThatThrownBy(() -> pair.openHere(pair.out(), pair.out())).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("two links have one name");
            assertThatThrownBy(() -> pair.openHere(pair.out(), pair.in().withMtu(8192))).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("links of one bridge have one driver, and out asks for Driver[driver=, threading=AUTO, mtu=0], in for Driver[driver=,"
                            + " threading=AUTO, mtu=8192]: give them the same, or open a bridge for each");
            assertThatThrownBy(() -> pair.out().withShards(0)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("bridge.out.shards must be a whole number from 1 to 64, not 0");
            assertThatThrownBy(() -> BridgeConfig.in("a b", pair.channel)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("letters, digits, '-' and '_', not \"a b\"");
        }
    }

    @Test
    void shouldSayWhatTheTwoEndsDoNotAgreeOn() {
        try (Pair pair = new Pair()) {
            assertDisagree(pair, pair.out().withShards(2), pair.in(), "spreads its streams over 2 shards, and this link over 1");
            assertDisagree(pair, pair.out().withStream(7_101).withShards(2), pair.in().withShards(2), "shard 0 comes on stream 7101");
            assertDisagree(pair, pair.out().withMaxFrameLength(1 << 20), pair.in(), "a smaller max_frame_length");
        }
    }

    private static void assertDisagree(final Pair pair, final BridgeConfig out, final BridgeConfig in, final String why) {
        try (AeronBridge from = pair.openHere(out); AeronBridge to = pair.openThere(in)) {
            Pair.await("refused: " + why, () -> Pair.status(to).lastError().contains(why));
            assertThat(Pair.status(to).lastError().lines().count()).isOne();
            assertThat(Pair.status(to).errors()).isPositive();
        }
    }

    @Test
    void shouldSurviveSendersThatAreNoBridges() {
        final Random random = new Random(42);
        try (Pair pair = new Pair();
                Subscriber subscriber = pair.there.subscriber(">");
                AeronBridge to = pair.openThere(pair.in());
                MediaDriver driver = MediaDriver.launchEmbedded(new MediaDriver.Context().threadingMode(ThreadingMode.SHARED)
                        .dirDeleteOnShutdown(true));
                Aeron aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(driver.aeronDirectoryName()))) {
            for (int sender = 0; sender < 200; sender++) {
                try (Publication publication = aeron.addExclusivePublication(pair.channel, pair.out().stream())) {
                    Pair.await("connected", publication::isConnected);
                    final int records = 1 + random.nextInt(4);
                    for (int i = 0; i < records; i++) {
                        final UnsafeBuffer bytes = hostile(random);
                        Pair.await("sent", () -> publication.offer(bytes) > 0);
                    }
                }
            }
            // Who is one is heard as before.
            try (AeronBridge from = pair.openHere(pair.out()); Publisher publisher = pair.here.publisher("fine")) {
                Pair.awaitConnected(from);
                Pair.await("offered", () -> publisher.offer("x".getBytes(StandardCharsets.US_ASCII)) > 0);
                Pair.await("received", () -> subscriber.poll(message -> { }, 64) > 0);
            }
            assertThat(Pair.status(to).lastError()).contains("is not taken");
            Pair.await("lanes of few only are left", () -> {
                subscriber.poll(message -> { }, 64);
                return pair.there.lanes().size() <= CutFlows.MOST;
            });
        }
    }

    @Test
    void shouldKeepLanesOfFewSendersThatWereKilled() {
        try (Pair pair = new Pair();
                AeronBridge to = pair.openThere(pair.in());
                MediaDriver driver = MediaDriver.launchEmbedded(new MediaDriver.Context().threadingMode(ThreadingMode.SHARED)
                        .publicationTermBufferLength(1 << 16).dirDeleteOnShutdown(true));
                Aeron aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(driver.aeronDirectoryName()))) {
            final int senders = CutFlows.MOST + 4;
            final Records hello = new Records();
            for (int sender = 1; sender <= senders; sender++) {
                final ExclusivePublication publication = aeron.addExclusivePublication(pair.channel, pair.out().stream());
                Pair.await("connected", publication::isConnected);
                hello.hello(sender, sender, 0, pair.out(), 1 << 14, "killed".getBytes(StandardCharsets.US_ASCII));
                hello.sync(0, 0);
                Pair.await("sent", () -> hello.flush(publication) > 0);
            }
            Pair.await("heard", () -> Pair.status(to).peers() == senders);
            assertThat(pair.there.lanes()).hasSize(senders);
            aeron.close();
            Pair.await("lanes of few only are left", () -> pair.there.lanes().size() == CutFlows.MOST);
        }
    }

    /** Records of which some are whole, and some of the fields make sense. */
    private static UnsafeBuffer hostile(final Random random) {
        final int length = 8 * (1 + random.nextInt(40));
        final ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        random.nextBytes(bytes.array());
        if (random.nextInt(8) > 0) {
            bytes.putInt(0, random.nextInt(8) > 0 ? length : random.nextInt());
            bytes.putInt(RecordDescriptor.TYPE_OFFSET, 1 + random.nextInt(9));
        }
        if (bytes.get(RecordDescriptor.TYPE_OFFSET) == RecordDescriptor.HELLO && length >= 56 && random.nextInt(8) > 0) {
            bytes.putInt(RecordDescriptor.HELLO_MAGIC_OFFSET, RecordDescriptor.MAGIC);
            bytes.putShort(RecordDescriptor.HELLO_OLDEST_OFFSET, (short) 1).putShort(RecordDescriptor.HELLO_NEWEST_OFFSET, (short) 1);
            bytes.putShort(RecordDescriptor.HELLO_SHARD_OFFSET, (short) 0).putShort(RecordDescriptor.HELLO_SHARDS_OFFSET, (short) 1);
            bytes.put(RecordDescriptor.HELLO_MODE_OFFSET, (byte) 0);
            bytes.putInt(RecordDescriptor.HELLO_MAX_FRAME_OFFSET, 1 << 14);
            bytes.putShort(RecordDescriptor.HELLO_NAME_LENGTH_OFFSET, (short) 4);
        }
        return new UnsafeBuffer(bytes);
    }

    @Test
    void shouldBeClosedTwiceAndFromAHandler() {
        try (Pair pair = new Pair()) {
            final AeronBridge bridge = pair.openHere(pair.out());
            bridge.close();
            bridge.close();
            assertThat(bridge.links()).hasSize(1);
            try (MemoryStreamer streamer = MemoryStreamer.launch(); Publisher publisher = streamer.publisher("close")) {
                final AeronBridge closing = AeronBridge.open(streamer, BridgeConfig.out("o", pair.channel));
                final boolean[] closed = new boolean[1];
                streamer.subscribe("close", message -> {
                    closing.close();
                    closed[0] = true;
                });
                publisher.offer("x".getBytes(StandardCharsets.US_ASCII));
                Pair.await("closed", () -> closed[0]);
            }
        }
    }
}
