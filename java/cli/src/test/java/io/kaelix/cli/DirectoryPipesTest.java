// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import static io.kaelix.cli.CommandRun.kaelix;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kaelix.KaelixClient;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kaelix pub} and {@code sub} as processes of their own, which meet in a directory. */
@Timeout(180)
class DirectoryPipesTest {

    private static final Path MEMORY = Path.of("/dev/shm");

    @TempDir
    private Path folder;
    private Path shared;

    @BeforeEach
    void nameADirectory() {
        assumeTrue(Files.isWritable(MEMORY), "no /dev/shm here");
        shared = MEMORY.resolve("kaelix-test-" + ProcessHandle.current().pid() + "-" + folder.getFileName());
    }

    @AfterEach
    void shouldLeaveNothing() {
        assertThat(shared).doesNotExist();
    }

    private String shell(final String script) throws IOException {
        return new String(shellOf(script).start().getInputStream().readAllBytes(), UTF_8);
    }

    private ProcessBuilder shellOf(final String script) {
        final ProcessBuilder builder = new ProcessBuilder("bash", "-c", script).redirectError(folder.resolve("err").toFile());
        builder.environment().put("KAELIX", Path.of(System.getProperty("java.home"), "bin", "java") + " -Xmx128m -XX:+UseSerialGC "
                + "-XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -Dkaelix.platform=" + System.getProperty("kaelix.platform", "")
                + " -cp " + System.getProperty("java.class.path") + " " + Main.class.getName());
        builder.environment().put("IN", "--directory " + shared);
        return builder;
    }

    @Test
    void shouldMeetWhoeverIsFirst() throws Exception {
        final String order = shell("(seq 1 100000 | $KAELIX pub numbers $IN --wait 2m; echo ${PIPESTATUS[1]} >&2) & "
                + "$KAELIX sub numbers $IN --count 100000 | cmp - <(seq 1 100000); echo ${PIPESTATUS[@]}; wait");
        assertThat(order).isEqualTo("0 0\n");
        assertThat(folder.resolve("err")).hasContent("0\n");
    }

    @Test
    void shouldEndWhenTheReaderHasEnough() throws Exception {
        final String ended = shell("(seq 1 3 | $KAELIX pub numbers $IN --wait 2m) & $KAELIX sub numbers $IN | head -3; echo ${PIPESTATUS[@]}; wait");
        assertThat(ended).isEqualTo("1\n2\n3\n141 0\n");
        assertThat(folder.resolve("err")).isEmptyFile();
    }

    @Test
    void shouldServeTheStreamsOfADirectoryByTcpAndShowItsProcesses() throws Exception {
        final Path err = folder.resolve("err");
        final ProcessBuilder builder = shellOf("exec $KAELIX serve --listen 127.0.0.1:0 $IN");
        final Process serve = builder.start();
        try {
            final String listening = "listening at ";
            while (!Files.readString(err).contains(listening) || !Files.readString(err).endsWith("\n")) {
                assertThat(serve.isAlive()).as(Files.readString(err)).isTrue();
                Thread.sleep(10);
            }
            final String address = Files.readString(err).split(listening)[1].split("\\s")[0];
            try (MemoryStreamer streamer = MemoryStreamer.attach(shared); KaelixClient client = KaelixClient.connect(address);
                    Subscriber remote = client.subscriber("a"); Subscriber local = streamer.subscriber("b");
                    Publisher toRemote = streamer.publisher("a"); Publisher toLocal = client.publisher("b")) {
                assertThat(toRemote.offer("to a server".getBytes(UTF_8))).isNotNegative();
                assertThat(next(remote)).isEqualTo("to a server");
                assertThat(toLocal.offer("through one".getBytes(UTF_8))).isNotNegative();
                assertThat(next(local)).isEqualTo("through one");
                CommandRun top;
                do {
                    top = kaelix("top", "--once", "--json", "--interval", "200ms", "--directory", shared.toString());
                    assertThat(top.err()).isEmpty();
                } while (!top.text().contains("\"processes\":2,"));
                assertThat(top.text()).startsWith("{\"pid\":" + serve.pid() + ",")
                        .contains("\"directories\":[{\"name\":\"" + shared + "\"");
            }
        } finally {
            serve.destroy();
            assertThat(serve.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static String next(final Subscriber subscriber) throws InterruptedException {
        final StringBuilder got = new StringBuilder();
        while (subscriber.poll(message -> got.append(message.asString()), 1) == 0) {
            Thread.sleep(1);
        }
        return got.toString();
    }

    @Test
    void shouldSayWhoIsThereWhereNobodyShowsCounters() throws Exception {
        try (MemoryStreamer streamer = MemoryStreamer.join(StreamerConfig.defaults().withDirectory(shared))) {
            streamer.declare("a", 3);
            final CommandRun top = kaelix("top", "--once", "--directory", shared.toString());
            assertThat(top.status()).isOne();
            assertThat(top.err()).contains("the processes [" + ProcessHandle.current().pid() + "], 0 lanes and 3 streams").hasLineCount(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--connect 127.0.0.1:1", "--tls", "--token-file x"})
    void shouldRefuseADirectoryAndAServer(final String option) throws Exception {
        final CommandRun run = kaelix(("sub a --directory " + shared + " " + option).split(" "));
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).startsWith("kaelix: --directory is for processes of this machine").hasLineCount(1);
    }
}
