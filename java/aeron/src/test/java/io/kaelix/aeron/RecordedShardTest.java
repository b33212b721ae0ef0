// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aeron.archive.client.AeronArchive;
import io.kaelix.MemoryStreamer;
import io.kaelix.StreamPublisher;
import io.kaelix.Topic;
import io.kaelix.config.BridgeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is recorded over several lives of a sender: all, once, in order. */
@SuppressWarnings("try")
class RecordedShardTest {

    private static final int STREAMS = 5;

    @TempDir
    Path temporary;

    private BridgeConfig link() {
        return link(temporary.resolve("safe"));
    }

    private static BridgeConfig link(final Path folder) {
        return BridgeConfig.out("safe", "aeron:udp?endpoint=127.0.0.1:" + Ports.free()).recordedIn(folder);
    }

    private static String topic(final int stream) {
        return "orders." + stream;
    }

    /** Numbers each topic's messages, from what is recorded of it on. */
    static final class Numbered implements AutoCloseable {
        private final StreamPublisher publisher;
        private final int[] streams = new int[STREAMS];
        private final long[] next = new long[STREAMS];
        private final Random random = new Random(7);
        /** Of each message; 0 for some this way, some that. */
        private int length;

        Numbered(final MemoryStreamer streamer, final AeronBridge bridge) {
            publisher = streamer.streamPublisher();
            for (int i = 0; i < STREAMS; i++) {
                streams[i] = publisher.stream(topic(i));
                next[i] = bridge.recorded("safe", Topic.of(topic(i)));
            }
        }

        boolean offer() {
            final int which = random.nextInt(STREAMS);
            // Some in one packet, some longer; whole pages of zeros among them.
            final byte[] text = new byte[length > 0 ? length : random.nextInt(50) == 0 ? 20_000 : Long.BYTES + random.nextInt(200)];
            ByteBuffer.wrap(text).putLong(0, next[which]);
            final boolean taken = publisher.offer(streams[which], text) > 0;
            next[which] += taken ? 1 : 0;
            return taken;
        }

        void offer(final int count) {
            for (int i = 0; i < count; i++) {
                Pair.await("offered", this::offer);
            }
        }

        long published() {
            return LongStream.of(next).sum();
        }

        @Override
        public void close() {
            publisher.close();
        }
    }

    private static long recorded(final AeronBridge bridge) {
        long sum = 0;
        for (int i = 0; i < STREAMS; i++) {
            sum += bridge.recorded("safe", Topic.of(topic(i)));
        }
        return sum;
    }

    private static void assertWhole(final Path folder, final AeronBridge bridge) throws IOException {
        final RecordedFiles files = RecordedFiles.read(folder);
        for (int i = 0; i < STREAMS; i++) {
            assertThat(files.numbers.getOrDefault(topic(i), List.of()))
                    .isEqualTo(LongStream.range(0, bridge.recorded("safe", Topic.of(topic(i)))).boxed().toList());
        }
        assertThat(files.numbers).doesNotContainKey("not named");
        assertThat(files.syncsBeginMessages).isTrue();
        assertThat(files.flows).isNotEmpty();
        for (int i = 2; i < files.flowMessages.size(); i += 2) {
            assertThat(files.flowMessages.get(i)).as("messages of the flow before a run").isEqualTo(files.flowMessages.get(i - 1));
        }
    }

    @Test
    void shouldCountWhatIsRecordedOverSeveralLives() throws IOException {
        final BridgeConfig link = link();
        for (int life = 1; life <= 3; life++) {
            try (MemoryStreamer streamer = MemoryStreamer.launch();
                    AeronBridge bridge = AeronBridge.open(streamer, link);
                    Numbered numbered = new Numbered(streamer, bridge)) {
                assertThat(numbered.published()).isEqualTo((life - 1) * 5_000L);
                numbered.offer(5_000);
                Pair.await("recorded", () -> recorded(bridge) == numbered.published());
                assertWhole(ArchiveEnd.folder(link), bridge);
                assertThat(bridge.links().getFirst().lostMessages()).isZero();
                assertThat(bridge.links().getFirst().connected()).isTrue();
            }
        }
    }

    /** Publishes until it is killed. */
    static final class Victim {
        public static void main(final String[] arguments) {
            final BridgeConfig link = link(Path.of(arguments[0]));
            try (MemoryStreamer streamer = MemoryStreamer.launch();
                    AeronBridge bridge = AeronBridge.open(streamer, link);
                    Numbered numbered = new Numbered(streamer, bridge)) {
                while (true) {
                    numbered.offer(100);
                    System.out.println(recorded(bridge));
                }
            }
        }
    }

    private static List<String> lines(final Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldLoseNothingThatIsRecordedWhenTheProcessIsKilled() throws Exception {
        final BridgeConfig link = link();
        final Path said = temporary.resolve("said");
        long before = 0;
        for (int life = 0; life < 3; life++) {
            final List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                    "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "-cp",
                    System.getProperty("java.class.path"), Victim.class.getName(), link.archiveDirectory()));
            final Process victim = new ProcessBuilder(command).redirectError(temporary.resolve("errors").toFile())
                    .redirectOutput(said.toFile()).start();
            while (lines(said).size() < 3) {
                assertThat(victim.isAlive()).as(() -> "the child lives; its errors: " + lines(temporary.resolve("errors"))).isTrue();
                Thread.sleep(5);
            }
            Thread.sleep(200 + new Random().nextInt(400));
            victim.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            // The last line may be a part of one.
            final long accepted = Long.parseLong(lines(said).get(lines(said).size() - 2));
            try (MemoryStreamer streamer = MemoryStreamer.launch();
                    AeronBridge bridge = AeronBridge.open(streamer, link)) {
                assertThat(recorded(bridge)).isGreaterThan(before).isGreaterThanOrEqualTo(accepted);
                before = recorded(bridge);
                assertWhole(ArchiveEnd.folder(link), bridge);
            }
        }
    }

    @Test
    void shouldSendAgainWhatIsNotRecordedWhenTheRecordingIsStopped() throws IOException {
        final BridgeConfig link = link();
        try (MemoryStreamer streamer = MemoryStreamer.launch();
                AeronBridge bridge = AeronBridge.open(streamer, link);
                Numbered numbered = new Numbered(streamer, bridge);
                AeronArchive other = AeronArchive.connect(new AeronArchive.Context()
                        .aeronDirectoryName(bridge.archive("safe").driverDirectory()).controlRequestChannel(link.channel())
                        .controlResponseChannel("aeron:udp?endpoint=127.0.0.1:0"))) {
            for (int stops = 0; stops < 3; stops++) {
                numbered.offer(3_000);
                Pair.await("stopped", () -> other.tryStopRecordingByIdentity(0));
                numbered.offer(3_000);
                Pair.await("begun anew", () -> bridge.links().getFirst().lastError().contains("has ended"));
            }
            Pair.await("recorded", () -> recorded(bridge) == numbered.published());
            assertWhole(ArchiveEnd.folder(link), bridge);
        }
    }

    @Test
    void shouldGoOnWhenItsArchiveEnds() throws IOException {
        final BridgeConfig link = link();
        try (MemoryStreamer streamer = MemoryStreamer.launch();
                AeronBridge bridge = AeronBridge.open(streamer, link);
                Numbered numbered = new Numbered(streamer, bridge)) {
            numbered.offer(3_000);
            bridge.archive("safe").stop();
            numbered.offer(3_000);
            Pair.await("recorded", () -> recorded(bridge) == numbered.published());
            assertWhole(ArchiveEnd.folder(link), bridge);
        }
    }

    @Test
    void shouldKeepCountsOfWhatWasPurged() throws IOException {
        final BridgeConfig link = link().withRetention(1 << 20);
        final Path checkpoint = ArchiveEnd.folder(link).resolve("kaelix-checkpoint-0-of-1");
        final long published;
        try (MemoryStreamer streamer = MemoryStreamer.launch();
                AeronBridge bridge = AeronBridge.open(streamer, link);
                Numbered numbered = new Numbered(streamer, bridge)) {
            numbered.length = 8_000;
            numbered.offer(6_000);
            published = numbered.published();
            Pair.await("recorded", () -> recorded(bridge) == published);
            Pair.await("purged", () -> first(ArchiveEnd.folder(link)) > 0);
        }
        try (MemoryStreamer streamer = MemoryStreamer.launch();
                AeronBridge bridge = AeronBridge.open(streamer, link)) {
            assertThat(recorded(bridge)).isEqualTo(published);
        }
        spoil(checkpoint);
        try (MemoryStreamer streamer = MemoryStreamer.launch();
                AeronBridge bridge = AeronBridge.open(streamer, link)) {
            assertThat(recorded(bridge)).isLessThan(published);
            assertThat(bridge.links().getFirst().lastError()).contains(checkpoint.toString()).contains("counted from position");
        }
    }

    private static long first(final Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.toString().endsWith(".rec")).mapToLong(RecordedFiles::position).min().orElse(0);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void spoil(final Path file) throws IOException {
        final byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void shouldReadTheWholeRecordingWhenTheCheckpointIsCorrupt() throws IOException {
        final BridgeConfig link = link();
        try (MemoryStreamer streamer = MemoryStreamer.launch();
                AeronBridge bridge = AeronBridge.open(streamer, link);
                Numbered numbered = new Numbered(streamer, bridge)) {
            numbered.offer(2_000);
            Pair.await("recorded", () -> recorded(bridge) == 2_000);
        }
        spoil(ArchiveEnd.folder(link).resolve("kaelix-checkpoint-0-of-1"));
        try (MemoryStreamer streamer = MemoryStreamer.launch();
                AeronBridge bridge = AeronBridge.open(streamer, link)) {
            assertThat(recorded(bridge)).isEqualTo(2_000);
            assertWhole(ArchiveEnd.folder(link), bridge);
            assertThat(bridge.links().getFirst().lastError()).isEmpty();
        }
    }

    @Test
    void shouldTakeNothingWhileTheDiskIsNearlyFull() throws Exception {
        final BridgeConfig link = link();
        try (MemoryStreamer streamer = MemoryStreamer.launch();
                AeronBridge bridge = AeronBridge.open(streamer, link);
                Numbered numbered = new Numbered(streamer, bridge)) {
            bridge.archive("safe").spaceFrom(() -> 4L * SenderArchive.SEGMENT_LENGTH - 1);
            Pair.await("full", () -> bridge.links().getFirst().lastError().contains("nearly full"));
            assertThat(bridge.links().getFirst().lastError()).contains(link.archiveDirectory());
            numbered.offer(100);
            Thread.sleep(200);
            assertThat(recorded(bridge)).isZero();
            bridge.archive("safe").spaceFrom(() -> 4L * SenderArchive.SEGMENT_LENGTH);
            Pair.await("recorded", () -> recorded(bridge) == 100);
            assertWhole(ArchiveEnd.folder(link), bridge);
        }
    }

    @Test
    void shouldSpreadTopicsOverShards() {
        final BridgeConfig link = link().withShards(3);
        for (int life = 1; life <= 2; life++) {
            try (MemoryStreamer streamer = MemoryStreamer.launch();
                    AeronBridge bridge = AeronBridge.open(streamer, link);
                    Numbered numbered = new Numbered(streamer, bridge)) {
                assertThat(numbered.published()).isEqualTo((life - 1) * 1_000L);
                numbered.offer(1_000);
                Pair.await("recorded", () -> recorded(bridge) == numbered.published());
                assertThatThrownBy(() -> bridge.recorded("other", Topic.of("a"))).isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("other");
            }
        }
    }
}
