// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.config.BridgeConfig;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sequences in which recorded links might lose messages, mix them up, or stand still. */
@SuppressWarnings("try")
class RecordedSequencesTest {

    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final Topic NUMBERS = Topic.of("numbers");

    @TempDir
    Path folder;

    static boolean await(final BooleanSupplier condition, final long millis) {
        final long until = System.nanoTime() + millis * 1_000_000;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - until > 0) {
                return false;
            }
            Thread.yield();
        }
        return true;
    }

    static void send(final Publisher publisher, final long from, final int count, final int bytes) {
        long next = from;
        while (next < from + count) {
            next += publisher.offer(ByteBuffer.allocate(bytes).putLong(0, next).array()) > 0 ? 1 : 0;
        }
    }

    static Subscriber subscriber(final MemoryStreamer of, final SlowSubscriberPolicy policy) {
        return of.subscriber(TopicPattern.of(">"), SubscriberConfig.defaults().withPolicy(policy));
    }

    static List<Long> drain(final Subscriber subscriber, final int count, final long millis) {
        final List<Long> got = new ArrayList<>();
        await(() -> {
            subscriber.poll(message -> got.add(ByteBuffer.wrap(message.toByteArray()).getLong()), 100);
            return got.size() >= count;
        }, millis);
        return got;
    }

    static List<Long> upTo(final long count) {
        final List<Long> all = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            all.add(i);
        }
        return all;
    }

    BridgeConfig out(final String channel, final String archive) {
        return BridgeConfig.out("out", channel).recordedIn(folder.resolve(archive)).withPeerTimeout(TIMEOUT);
    }

    BridgeConfig in(final String channel, final String state) {
        return BridgeConfig.in("in", channel).replayedTo("aeron:udp?endpoint=127.0.0.1:0", folder.resolve(state)).withPeerTimeout(TIMEOUT);
    }

    /** Another process, as locks of a file are those of a process; 0 if it gets the lock. */
    private static int otherProcessLocks(final Path file) throws Exception {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx32m", "-XX:TieredStopAtLevel=1",
                "-cp", System.getProperty("java.class.path"), LockProbe.class.getName(), file.toString()).start().waitFor();
    }

    @Test
    void shouldKeepAFolderLockedWhenASecondBridgeOfThisProcessWasRefused() throws Exception {
        try (FolderLock lock = FolderLock.take("a", folder)) {
            assertThat(otherProcessLocks(folder.resolve("kaelix.lock"))).isNotZero();
            assertThatThrownBy(() -> FolderLock.take("b", folder)).isInstanceOf(KaelixException.class);
            assertThat(otherProcessLocks(folder.resolve("kaelix.lock"))).as("another process takes the folder").isNotZero();
        }
    }

    @Test
    void shouldKeepAReceiptLockedWhenASecondBridgeOfThisProcessWasRefused() throws Exception {
        final BridgeConfig in = in("aeron:udp?endpoint=127.0.0.1:1", "state");
        try (Receipt lock = Receipt.open(in, 0)) {
            assertThatThrownBy(() -> Receipt.open(in, 0)).isInstanceOf(KaelixException.class);
            assertThat(otherProcessLocks(folder.resolve("state/receipt-0"))).as("another process takes the receipt").isNotZero();
        }
    }

    private void reopen(final SlowSubscriberPolicy policy) {
        try (Pair pair = new Pair();
                Subscriber subscriber = subscriber(pair.there, policy);
                AeronBridge from = pair.openHere(out(pair.channel, "archive"));
                Publisher publisher = pair.here.publisher(NUMBERS)) {
            for (int life = 0; life < 2; life++) {
                send(publisher, life * 2_000, 2_000, 8);
                try (AeronBridge to = pair.openThere(in(pair.channel, "state"))) {
                    await(() -> Pair.status(to).messages() == 2_000, 2_000);
                }
            }
            final List<Long> got;
            try (AeronBridge to = pair.openThere(in(pair.channel, "state"))) {
                got = drain(subscriber, 4_000, 4_000);
            }
            int good = 0;
            while (good < got.size() && got.get(good) == good) {
                good++;
            }
            assertThat(got.size()).as("messages").isEqualTo(4_000);
            assertThat(good).as("in order up to; then came %s", good < got.size() ? got.get(good) : "nothing").isEqualTo(4_000);
        }
    }

    @Test
    void shouldKeepTheOrderForABlockSubscriberOverTwoLivesOfAReceiver() {
        reopen(SlowSubscriberPolicy.BLOCK);
    }

    @Test
    void shouldKeepTheOrderForADisconnectSubscriberOverTwoLivesOfAReceiver() {
        reopen(SlowSubscriberPolicy.DISCONNECT);
    }

    @Test
    void shouldGoBackToTheFormerNumberOfShards() {
        try (Pair pair = new Pair(); Subscriber subscriber = subscriber(pair.there, SlowSubscriberPolicy.BLOCK);
                Publisher publisher = pair.here.publisher(NUMBERS)) {
            for (final int shards : new int[] {1, 2, 1}) {
                try (AeronBridge from = pair.openHere(out(pair.channel, "archive").withShards(shards));
                        AeronBridge to = pair.openThere(in(pair.channel, "state").withShards(shards))) {
                    send(publisher, 0, 10, 8);
                    final List<Long> got = drain(subscriber, 10, 4_000);
                    assertThat(got).as("with %d shards; %s", shards, to.links()).isEqualTo(upTo(10));
                }
            }
        }
    }

    @Test
    void shouldTakeFromTwoSendersOnOneResponsePort() {
        final String[] channels = {"aeron:udp?endpoint=127.0.0.1:" + Ports.free(), "aeron:udp?endpoint=127.0.0.1:" + Ports.free()};
        final String response = "aeron:udp?endpoint=127.0.0.1:" + Ports.free();
        try (MemoryStreamer here = MemoryStreamer.launch(); MemoryStreamer there = MemoryStreamer.launch();
                Subscriber subscriber = subscriber(there, SlowSubscriberPolicy.BLOCK);
                AeronBridge from = AeronBridge.open(here,
                        BridgeConfig.out("a", channels[0]).recordedIn(folder.resolve("a")).withPattern(TopicPattern.of("a")),
                        BridgeConfig.out("b", channels[1]).recordedIn(folder.resolve("b")).withPattern(TopicPattern.of("b")));
                Publisher a = here.publisher(Topic.of("a")); Publisher b = here.publisher(Topic.of("b"));
                AeronBridge to = AeronBridge.open(there,
                        BridgeConfig.in("a", channels[0]).replayedTo(response, folder.resolve("sa")),
                        BridgeConfig.in("b", channels[1]).replayedTo(response, folder.resolve("sb")))) {
            for (int i = 0; i < 20; i++) {
                send(a, i * 100, 100, 1_000);
                send(b, i * 100, 100, 1_000);
            }
            final List<Long> got = drain(subscriber, 4_000, 6_000);
            assertThat(got.size()).as("%s", to.links()).isEqualTo(4_000);
        }
    }

    @Test
    void shouldNotTakeWhatWasReadOfARecordingForWhatWasReadOfTheNext() throws Exception {
        final String channel = "aeron:udp?endpoint=127.0.0.1:" + Ports.free();
        final Path killed = folder.resolve("killed");
        try (MemoryStreamer here = MemoryStreamer.launch(); Publisher publisher = here.publisher(NUMBERS)) {
            try (MemoryStreamer there = MemoryStreamer.launch(); Subscriber subscriber = subscriber(there, SlowSubscriberPolicy.BLOCK);
                    AeronBridge to = AeronBridge.open(there, in(channel, "state"))) {
                try (AeronBridge from = AeronBridge.open(here, out(channel, "first"))) {
                    send(publisher, 0, 10_000, 8);
                    assertThat(drain(subscriber, 10_000, 4_000)).hasSize(10_000);
                    Thread.sleep(200);
                }
                try (AeronBridge from = AeronBridge.open(here, out(channel, "second"))) {
                    send(publisher, 0, 1_000, 8);
                    assertThat(await(() -> Pair.status(to).messages() == 11_000, 5_000)).isTrue();
                    Thread.sleep(200);
                    // What a process leaves that is killed now: nobody has read anything of the second.
                    Files.createDirectories(killed);
                    Files.copy(folder.resolve("state/receipt-0"), killed.resolve("receipt-0"));
                }
            }
            try (MemoryStreamer there = MemoryStreamer.launch(); Subscriber subscriber = subscriber(there, SlowSubscriberPolicy.BLOCK);
                    AeronBridge from = AeronBridge.open(here, out(channel, "second"));
                    AeronBridge to = AeronBridge.open(there, in(channel, "killed"))) {
                final List<Long> got = drain(subscriber, 1_000, 3_000);
                assertThat(got.size()).as("%s", to.links()).isEqualTo(1_000);
            }
        }
    }

    @Test
    void shouldSayWhatIsLeftOutBecausePartitionsDiffer() {
        try (Pair pair = new Pair(); Subscriber subscriber = subscriber(pair.there, SlowSubscriberPolicy.BLOCK)) {
            pair.there.declare(NUMBERS, 2);
            pair.here.declare(NUMBERS, 4);
            try (AeronBridge from = pair.openHere(out(pair.channel, "archive")); Publisher publisher = pair.here.publisher(NUMBERS);
                    AeronBridge to = pair.openThere(in(pair.channel, "state"))) {
                send(publisher, 0, 1_000, 8);
                final int got = drain(subscriber, 1_000, 3_000).size();
                Pair.await("counted", () -> Pair.status(to).lostMessages() + got == 1_000);
                assertThat(got).isLessThan(1_000);
                assertThat(Pair.status(to).lastError()).contains("has other partitions here");
            }
        }
    }
}
