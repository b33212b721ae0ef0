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

    /** Two streamers with a link, of which one or both have their driver in a folder. */
    private final class Elsewhere implements AutoCloseable {

        private final String directory = folder.resolve("driver").toString();
        private final Pair pair = new Pair();
        private final Subscriber subscriber = pair.there.subscriber("ticks");
        private final Publisher publisher = pair.here.publisher("ticks");
        private MediaDriver driver = driver(AeronClient.TERM_LENGTH);
        private final AeronBridge from = pair.openHere(pair.out().withDriver(directory));
        private final AeronBridge to;
        private final boolean both;

        private Elsewhere(final boolean both) {
            this.both = both;
            to = pair.openThere(both ? pair.in().withDriver(directory) : pair.in());
            Pair.awaitConnected(from, to);
        }

        private MediaDriver driver(final int termLength) {
            return MediaDriver.launch(new MediaDriver.Context().aeronDirectoryName(directory)
                    .threadingMode(ThreadingMode.SHARED).dirDeleteOnStart(true).publicationTermBufferLength(termLength));
        }

        /** Ends the driver, and waits until its links know. */
        private void end() {
            driver.close();
            Pair.await("gone", () -> !Pair.status(from).connected() && !(both && Pair.status(to).connected()));
        }

        /** Starts the next driver, and waits until the two ends meet. */
        private void begin() {
            driver = driver(AeronClient.TERM_LENGTH);
            Pair.awaitConnected(from, to);
        }

        @Override
        public void close() {
            from.close();
            to.close();
            pair.close();
            driver.close();
        }
    }

    /** What was in flight is lost with a driver, and what is published meanwhile waits. */
    @Test
    void shouldCountWhatIsLostWithADriver() {
        try (Elsewhere link = new Elsewhere(true)) {
            final List<Integer> received = new ArrayList<>();
            final int lives = 2;
            for (int life = 0; life < lives; life++) {
                send(link.publisher, life * 2 * COUNT);
                link.end();
                send(link.publisher, (life * 2 + 1) * COUNT);
                link.begin();
            }
            final int published = lives * 2 * COUNT;
            Pair.await("all received or counted", () -> {
                link.subscriber.poll(message -> received.add(Integer.parseInt(message.asString().substring(1))), 64);
                return received.size() + Pair.status(link.to).lostMessages() >= published;
            });
            assertThat(received.size() + Pair.status(link.to).lostMessages()).isEqualTo(published);
            assertThat(received).isSorted().doesNotHaveDuplicates().contains(published - 1, COUNT, 3 * COUNT);
            assertThat(Pair.status(link.from).messages() + Pair.status(link.from).lostMessages()).isEqualTo(published);
        }
    }

    @Test
    void shouldUseADriverThatRunsElsewhereAndGoOnWithTheNextOne() {
        try (Elsewhere link = new Elsewhere(true)) {
            for (int life = 0; life < 2; life++) {
                send(link.publisher, life * COUNT);
                assertReceives(link.subscriber, life * COUNT);
                link.end();
                assertThat(Pair.status(link.from).lastError()).containsIgnoringCase("driver");
                link.begin();
            }
        }
    }

    @Test
    void shouldKeepTheOrderWhereASlowSubscriberIsBehindWhenTheDriverOfTheSenderGoes() {
        try (Elsewhere link = new Elsewhere(false)) {
            for (int life = 0; life < 3; life++) {
                send(link.publisher, life * COUNT);
                final int sent = (life + 1) * COUNT;
                Pair.await("there", () -> Pair.status(link.to).messages() == sent);
                link.end();
                link.begin();
            }
            assertReceives(link.subscriber, 0);
            assertReceives(link.subscriber, COUNT);
            assertReceives(link.subscriber, 2 * COUNT);
            assertThat(Pair.status(link.to).lostMessages()).isZero();
        }
    }

    private static void assertGoesOn(final Elsewhere link) {
        link.begin();
        send(link.publisher, 0);
        assertReceives(link.subscriber, 0);
    }

    private static void awaitError(final Elsewhere link, final String text) {
        Pair.await("an error with '" + text + "'", () -> Pair.status(link.from).lastError().contains(text));
    }

    private void cnc(final int version) throws IOException {
        final Path file = folder.resolve("driver").resolve(CncFileDescriptor.CNC_FILE);
        // Another file: the one before may be mapped still.
        Files.deleteIfExists(file);
        Files.createDirectories(file.getParent());
        Files.write(file, ByteBuffer.allocate(1 << 20).order(ByteOrder.nativeOrder()).putInt(0, version).array());
    }

    @Test
    void shouldGoOnBehindADriverOfAnotherVersion() throws IOException {
        try (Elsewhere link = new Elsewhere(false)) {
            link.end();
            cnc(SemanticVersion.compose(9, 0, 0));
            awaitError(link, "version");
            assertGoesOn(link);
        }
    }

    /** It is not told of, and not waited for: only that the bridge looked at it, once a second, can be waited for here. */
    @Test
    void shouldGoOnBehindADriverThatDidNotComeToItsEnd() throws Exception {
        try (Elsewhere link = new Elsewhere(false)) {
            link.end();
            cnc(0);
            Thread.sleep(3_000);
            assertGoesOn(link);
        }
    }

    @Test
    void shouldGoOnBehindADriverOfShorterTerms() {
        try (Elsewhere link = new Elsewhere(false)) {
            link.end();
            try (MediaDriver shorter = link.driver(1 << 16)) {
                awaitError(link, "terms");
            }
            assertGoesOn(link);
        }
    }
}
