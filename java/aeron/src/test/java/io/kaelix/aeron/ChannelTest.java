// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.aeron.CncFileDescriptor;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.config.BridgeConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.SemanticVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Channels with several receivers, and drivers that run elsewhere. */
@SuppressWarnings("try")
class ChannelTest {

    private static final int COUNT = 1_000;

    @TempDir
    Path folder;

    private static List<String> numbers(final int from) {
        final List<String> numbers = new ArrayList<>();
        for (int i = from; i < from + COUNT; i++) {
            numbers.add("m" + i);
        }
        return numbers;
    }

    private static void send(final Publisher publisher, final int from) {
        for (final String number : numbers(from)) {
            Pair.await("offered", () -> publisher.offer(number.getBytes(US_ASCII)) > 0);
        }
    }

    private static void assertReceives(final Subscriber subscriber, final int from) {
        final List<String> received = new ArrayList<>();
        Pair.await("received", () -> {
            subscriber.poll(message -> received.add(message.asString()), Math.min(64, COUNT - received.size()));
            return received.size() == COUNT;
        });
        assertThat(received).isEqualTo(numbers(from));
    }

    /** One is there from the begin, and one comes later, while nothing is sent: Aeron does not say that it is there. */
    private static void assertReachesTwo(final String from, final String to, final String also) {
        try (Pair pair = new Pair();
                MemoryStreamer third = MemoryStreamer.launch();
                Subscriber first = pair.there.subscriber("ticks");
                Subscriber second = third.subscriber("ticks");
                AeronBridge sender = pair.openHere(BridgeConfig.out("out", from).withSlow(SlowSubscriberPolicy.BLOCK));
                AeronBridge one = pair.openThere(BridgeConfig.in("in", to));
                Publisher publisher = pair.here.publisher("ticks")) {
            Pair.awaitConnected(sender, one);
            send(publisher, 0);
            assertReceives(first, 0);
            try (AeronBridge other = AeronBridge.open(third, BridgeConfig.in("in", also))) {
                Pair.awaitConnected(other);
                send(publisher, COUNT);
                assertReceives(first, COUNT);
                assertReceives(second, COUNT);
                assertThat(Pair.status(one).lostMessages()).isZero();
                assertThat(Pair.status(other).lostMessages()).isZero();
            }
        }
    }

    @Test
    void shouldReachAllReceiversOfAMulticastChannel() {
        final String channel = "aeron:udp?endpoint=224.20.30.41:" + Ports.free() + "|interface=localhost";
        assertReachesTwo(channel, channel, channel);
    }

    @Test
    void shouldReachAllReceiversOfAMultiDestinationChannel() {
        final String control = "aeron:udp?control=127.0.0.1:" + Ports.free() + "|control-mode=dynamic";
        final String receiver = control + "|endpoint=127.0.0.1:";
        assertReachesTwo(control, receiver + Ports.free(), receiver + Ports.free());
    }

    private MediaDriver driver(final String name) {
        return driver(name, AeronClient.TERM_LENGTH);
    }

    private MediaDriver driver(final String name, final int termLength) {
        return MediaDriver.launch(new MediaDriver.Context().aeronDirectoryName(folder.resolve(name).toString())
                .threadingMode(ThreadingMode.SHARED).dirDeleteOnStart(true).publicationTermBufferLength(termLength));
    }

    /** What was in flight is lost with a driver, and what is published meanwhile waits. */
    @Test
    void shouldCountWhatIsLostWithADriver() {
        final String elsewhere = folder.resolve("driver").toString();
        MediaDriver driver = driver("driver");
        try (Pair pair = new Pair();
                Subscriber subscriber = pair.there.subscriber("ticks");
                AeronBridge from = pair.openHere(pair.out().withDriver(elsewhere));
                AeronBridge to = pair.openThere(pair.in().withDriver(elsewhere));
                Publisher publisher = pair.here.publisher("ticks")) {
            final List<Integer> received = new ArrayList<>();
            final int lives = 2;
            for (int life = 0; life < lives; life++) {
                Pair.awaitConnected(from, to);
                send(publisher, life * 2 * COUNT);
                driver.close();
                Pair.await("gone", () -> !Pair.status(from).connected() && !Pair.status(to).connected());
                send(publisher, (life * 2 + 1) * COUNT);
                driver = driver("driver");
            }
            final int published = lives * 2 * COUNT;
            Pair.await("all received or counted", () -> {
                subscriber.poll(message -> received.add(Integer.parseInt(message.asString().substring(1))), 64);
                return received.size() + Pair.status(to).lostMessages() >= published;
            });
            assertThat(received.size() + Pair.status(to).lostMessages()).isEqualTo(published);
            assertThat(received).isSorted().doesNotHaveDuplicates().contains(published - 1, COUNT, 3 * COUNT);
            assertThat(Pair.status(from).messages() + Pair.status(from).lostMessages()).isEqualTo(published);
        }
    }

    @Test
    void shouldUseADriverThatRunsElsewhereAndGoOnWithTheNextOne() {
        final String elsewhere = folder.resolve("driver").toString();
        MediaDriver driver = driver("driver");
        try (Pair pair = new Pair();
                Subscriber subscriber = pair.there.subscriber("ticks");
                AeronBridge from = pair.openHere(pair.out().withDriver(elsewhere));
                AeronBridge to = pair.openThere(pair.in().withDriver(elsewhere));
                Publisher publisher = pair.here.publisher("ticks")) {
            for (int life = 0; life < 3; life++) {
                Pair.awaitConnected(from, to);
                send(publisher, life * COUNT);
                assertReceives(subscriber, life * COUNT);
                driver.close();
                Pair.await("gone", () -> !Pair.status(from).connected() && !Pair.status(to).connected());
                assertThat(Pair.status(from).lastError()).containsIgnoringCase("driver");
                driver = driver("driver");
            }
            Pair.awaitConnected(from, to);
        } finally {
            driver.close();
        }
    }

    @Test
    void shouldKeepTheOrderWhereASlowSubscriberIsBehindWhenTheDriverOfTheSenderGoes() {
        final String elsewhere = folder.resolve("driver").toString();
        MediaDriver driver = driver("driver");
        try (Pair pair = new Pair();
                Subscriber subscriber = pair.there.subscriber("ticks");
                AeronBridge from = pair.openHere(pair.out().withDriver(elsewhere));
                AeronBridge to = pair.openThere(pair.in());
                Publisher publisher = pair.here.publisher("ticks")) {
            for (int life = 0; life < 3; life++) {
                Pair.awaitConnected(from, to);
                send(publisher, life * COUNT);
                final int sent = (life + 1) * COUNT;
                Pair.await("there", () -> Pair.status(to).messages() == sent);
                driver.close();
                Pair.await("gone", () -> !Pair.status(from).connected());
                driver = driver("driver");
            }
            assertReceives(subscriber, 0);
            assertReceives(subscriber, COUNT);
            assertReceives(subscriber, 2 * COUNT);
            assertThat(Pair.status(to).lostMessages()).isZero();
        } finally {
            driver.close();
        }
    }

    /** A driver goes, and something else is found in its place; then the driver is there again. */
    private void assertGoesOnBehind(final ThrowingRunnable between, final String error) throws Exception {
        final String elsewhere = folder.resolve("driver").toString();
        MediaDriver driver = driver("driver");
        try (Pair pair = new Pair();
                Subscriber subscriber = pair.there.subscriber("ticks");
                AeronBridge from = pair.openHere(pair.out().withDriver(elsewhere));
                AeronBridge to = pair.openThere(pair.in());
                Publisher publisher = pair.here.publisher("ticks")) {
            Pair.awaitConnected(from, to);
            driver.close();
            Pair.await("gone", () -> !Pair.status(from).connected());
            between.run();
            assertThat(Pair.status(from).lastError()).contains(error);
            driver = driver("driver");
            Pair.awaitConnected(from, to);
            send(publisher, 0);
            assertReceives(subscriber, 0);
        } finally {
            driver.close();
        }
    }

    @FunctionalInterface
    private interface ThrowingRunnable {
        void run() throws Exception;
    }

    private void cnc(final int version) throws IOException {
        final Path file = folder.resolve("driver").resolve(CncFileDescriptor.CNC_FILE);
        // Another file: the one before may be mapped still.
        Files.deleteIfExists(file);
        Files.createDirectories(file.getParent());
        Files.write(file, ByteBuffer.allocate(1 << 20).order(ByteOrder.nativeOrder()).putInt(0, version).array());
    }

    @Test
    void shouldGoOnBehindADriverOfAnotherVersion() throws Exception {
        assertGoesOnBehind(() -> {
            cnc(SemanticVersion.compose(9, 0, 0));
            Thread.sleep(2_500);
        }, "version");
    }

    @Test
    void shouldGoOnBehindADriverThatDidNotComeToItsEnd() throws Exception {
        assertGoesOnBehind(() -> {
            cnc(0);
            Thread.sleep(4_000);
        }, "driver");
    }

    @Test
    void shouldGoOnBehindADriverOfShorterTerms() throws Exception {
        assertGoesOnBehind(() -> {
            try (MediaDriver ignored = driver("driver", 1 << 16)) {
                Thread.sleep(2_500);
            }
        }, "terms");
    }
}
