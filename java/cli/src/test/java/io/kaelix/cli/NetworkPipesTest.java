// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.KaelixClient;
import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kaelix pub}, {@code sub} and {@code serve} as processes of their own, in pipes of a shell, over TCP. */
@Timeout(180)
class NetworkPipesTest {

    @TempDir
    private Path folder;

    private final MemoryStreamer streamer = MemoryStreamer.launch();
    private Listener listener;

    @BeforeEach
    void listen() {
        listener = streamer.listen("127.0.0.1:0");
    }

    @AfterEach
    void close() {
        streamer.close();
    }

    private int port() {
        return listener.address().getPort();
    }

    private Shell shell() {
        return new Shell(folder, "--connect 127.0.0.1:" + port());
    }

    private Process shell(final String script) throws IOException {
        return shell().start(script);
    }

    private String errors() throws IOException {
        return shell().errors();
    }

    private void awaitSubscriber() throws InterruptedException {
        while (streamer.subscribers().isEmpty()) {
            Thread.sleep(10);
        }
    }

    private static void publish(final Publisher publisher, final String text) {
        assertThat(publisher.offer(text.getBytes(UTF_8))).isNotNegative();
    }

    @Test
    void shouldCarryLinesFromPipeToPipe() throws Exception {
        final Process sub = shell("$KAELIX sub numbers $AT --count 200000 | cmp - <(seq 1 200000); echo ${PIPESTATUS[@]}");
        awaitSubscriber();
        final Process pub = shell("seq 1 200000 | $KAELIX pub numbers $AT; echo ${PIPESTATUS[@]}");
        assertThat(Shell.output(pub)).isEqualTo("0 0\n");
        assertThat(Shell.output(sub)).as(errors()).isEqualTo("0 0\n");
        assertThat(errors()).isEmpty();
    }

    @Test
    void shouldEndBothWhenTheReaderHasEnoughThoughNoMessageComes() throws Exception {
        final Process sub = shell("$KAELIX sub numbers $AT | head -3; echo ${PIPESTATUS[@]}");
        awaitSubscriber();
        try (Publisher publisher = streamer.publisher("numbers")) {
            for (int i = 1; i <= 3; i++) {
                publish(publisher, Integer.toString(i));
            }
            assertThat(Shell.output(sub)).isEqualTo("1\n2\n3\n141 0\n");
            assertThat(errors()).isEmpty();
        }
    }

    @Test
    void shouldWriteWhatItReceivedWhenInterrupted() throws Exception {
        final Process sub = shell("$KAELIX sub numbers $AT > out & PID=$!; wait $PID; echo $?");
        awaitSubscriber();
        try (Publisher publisher = streamer.publisher("numbers")) {
            publish(publisher, "1");
            while (Files.size(folder.resolve("out")) < 2) {
                Thread.sleep(10);
            }
            // A shell without job control has its background processes ignore SIGINT: SIGTERM takes the same way.
            sub.descendants().filter(child -> child.info().command().orElse("").endsWith("java")).forEach(ProcessHandle::destroy);
            assertThat(Shell.output(sub)).isEqualTo("143\n");
            assertThat(folder.resolve("out")).hasContent("1\n");
            assertThat(errors()).isEmpty();
        }
    }

    @Test
    void shouldSendWhatItHasReadWhenInterrupted() throws Exception {
        try (Subscriber subscriber = streamer.subscriber("lines")) {
            final Process pub = shell("exec $KAELIX pub lines $AT");
            pub.getOutputStream().write("a\nb\nhal".getBytes(UTF_8));
            pub.getOutputStream().flush();
            final StringBuilder received = new StringBuilder();
            while (received.length() < 4) {
                subscriber.poll(message -> received.append(message.asString()).append('\n'), 10);
            }
            new ProcessBuilder("kill", "-INT", Long.toString(pub.pid())).start().waitFor();
            assertThat(pub.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(pub.exitValue()).as(errors()).isEqualTo(130);
            assertThat(received).hasToString("a\nb\n");
            assertThat(errors()).isEmpty();
        }
    }

    @Test
    void shouldMakeThePublisherWaitForASlowReader() throws Exception {
        final String lines = IntStream.range(0, 400_000).mapToObj(i -> "line " + i).collect(Collectors.joining("\n", "", "\n"));
        Files.writeString(folder.resolve("lines"), lines);
        final Process sub = shell("$KAELIX sub lines $AT --count 400000 | (sleep 2; cat) | cmp - lines; echo ${PIPESTATUS[@]}");
        awaitSubscriber();
        final Process pub = shell("$KAELIX pub lines lines $AT; echo $?");
        assertThat(Shell.output(pub)).isEqualTo("0\n");
        assertThat(Shell.output(sub)).as(errors()).isEqualTo("0 0 0\n");
    }

    @Test
    void shouldHoldBackUntilSomebodyHasSubscribed() throws Exception {
        final Process pub = shell("seq 1 1000 | $KAELIX pub numbers $AT --wait 2m; echo ${PIPESTATUS[1]}");
        while (listener.sessions().isEmpty()) {
            Thread.sleep(10);
        }
        Thread.sleep(300);
        assertThat(listener.sessions().getFirst().receivedMessages()).isZero();
        try (Subscriber subscriber = streamer.subscriber("numbers")) {
            final long[] received = new long[1];
            while (received[0] < 1000) {
                subscriber.poll(message -> received[0]++, 100);
            }
            assertThat(Shell.output(pub)).as(errors()).isEqualTo("0\n");
        }
    }

    @Test
    void shouldTellInOneLineThatNobodyListens() throws Exception {
        final int port = port();
        listener.close();
        for (final String command : List.of("pub a", "sub a")) {
            final Process process = shell("echo x | $KAELIX " + command + " --connect 127.0.0.1:" + port + "; echo ${PIPESTATUS[1]}");
            assertThat(Shell.output(process)).isEqualTo("1\n");
            assertThat(errors()).startsWith("kaelix: ").contains("127.0.0.1:" + port).hasLineCount(1);
        }
    }

    @Test
    void shouldServeUntilItIsStopped() throws Exception {
        final Process serve = shell("exec $KAELIX serve --listen 127.0.0.1:0");
        while (!errors().contains("\n")) {
            assertThat(serve.isAlive()).as(errors()).isTrue();
            Thread.sleep(10);
        }
        final String said = errors().lines().findFirst().orElseThrow();
        assertThat(said).matches("kaelix: listening at 127\\.0\\.0\\.1:[0-9]+");
        final String address = said.replaceFirst(".* ", "");
        try (KaelixClient client = KaelixClient.connect(address); Subscriber subscriber = client.subscriber("a");
                Publisher publisher = client.publisher("a")) {
            publish(publisher, "hello");
            final StringBuilder received = new StringBuilder();
            while (received.isEmpty()) {
                subscriber.poll(message -> received.append(message.asString()), 1);
            }
            assertThat(received).hasToString("hello");
        }
        new ProcessBuilder("kill", "-INT", Long.toString(serve.pid())).start().waitFor();
        assertThat(serve.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(serve.exitValue()).as(errors()).isEqualTo(130);
        // Workers that are held up on a busy machine are logged besides.
        assertThat(errors().lines().filter(line -> line.startsWith("kaelix: "))).containsExactly(said);
    }
}
