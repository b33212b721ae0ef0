// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import io.kaelix.telemetry.CounterReader;
import io.kaelix.telemetry.Reading;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kaelix run} with settings of a profile, a file or the environment, and what it shows meanwhile. */
@Timeout(120)
class ConfiguredRunTest {

    private static final String[] SHORT = {"run", "--json", "--duration", "100ms"};

    @TempDir
    private Path folder;

    @AfterEach
    void shouldLeaveNoCounterFile() {
        assertThat(files()).isEmpty();
    }

    private Path counters() {
        return folder.resolve("counters");
    }

    private List<Path> files() {
        return Files.isDirectory(counters()) ? CounterReader.list(counters()) : List.of();
    }

    /** With counters in a folder of its own. */
    private CommandRun kaelix(final StopSignal stop, final Map<String, String> environment, final String... arguments) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            final Terminal terminal = new Terminal(Channels.newChannel(InputStream.nullInputStream()), Channels.newChannel(out), errors,
                    false);
            final int status = new Kaelix(terminal, stop, environment).execute(arguments);
            return new CommandRun(status, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
        }
    }

    private CommandRun run(final String... more) {
        return run(Map.of(), more);
    }

    private CommandRun run(final Map<String, String> environment, final String... more) {
        final String[] all = Stream.concat(Arrays.stream(SHORT), Arrays.stream(more)).toArray(String[]::new);
        return kaelix(new StopSignal(), environment, all);
    }

    private Path file(final String... lines) throws IOException {
        final Path file = folder.resolve("kaelix.toml");
        Files.writeString(file, String.join("\n", lines)
                + "\n[telemetry]\ncounters_interval_ms = 10\ndirectory = \"" + counters() + "\"\n");
        return file;
    }

    private static void assertDelivered(final CommandRun run) {
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.text()).contains("\"lost\":0,\"duplicated\":0,\"reordered\":0");
    }

    @Test
    void shouldDeliverAllWithEachProfile() {
        for (final String profile : new String[] {"low-latency", "high-throughput"}) {
            final CommandRun run = run("--profile", profile);
            assertDelivered(run);
            assertThat(run.err()).isEmpty();
        }
    }

    @Test
    void shouldDeliverAllWithAFileThatLetsOthersLose() throws IOException {
        assertDelivered(run("--config", file("[streams]", "slow_subscriber = \"lossy\"", "[[streams.topic]]", "name = \"lines\"")
                .toString(), "--subscribers", "2", "--publishers", "2"));
    }

    @Test
    void shouldRefuseATopicThatHasPartitions() throws IOException {
        final String file = file("[[streams.topic]]", "name = \"lines\"", "partitions = 3", "[[streams.topic]]", "name = \"stream.7\"",
                "partitions = 2").toString();
        assertThat(run("--config", file)).satisfies(run -> {
            assertThat(run.status()).isEqualTo(2);
            assertThat(run.err()).contains("topic lines has 3 partitions");
        });
        assertThat(run("--config", file, "--streams", "10").err()).contains("topic stream.7 has 2 partitions");
        assertDelivered(run("--config", file, "--topic", "others"));
    }

    @Test
    void shouldTakeTheBufferSizeOfTheFileUnlessTheOptionSaysOtherwise() throws IOException {
        final String file = file("[performance]", "buffer_size = \"64KiB\"").toString();
        // A message of up to a quarter of it is written in place.
        assertThat(run("--config", file, "--size", "100000").err()).contains("65536");
        assertDelivered(run("--config", file, "--size", "100000", "--lane", "1m"));
    }

    @Test
    void shouldListenWhereTheFileSays() throws IOException {
        final CommandRun run = run("--config", file("[network]", "listen = [\"127.0.0.1:0\"]").toString());
        assertDelivered(run);
        assertThat(run.err()).matches("listening at 127\\.0\\.0\\.1:[0-9]+\n");
    }

    @Test
    void shouldTakeSettingsOfTheEnvironment() {
        assertThat(run(Map.of("KAELIX_PERFORMANCE_BUFFER_SIZE", "64KiB"), "--size", "100000").err()).contains("65536");
    }

    @Test
    void shouldRefuseWhatIsWrongWithAFileAProfileOrAVariable() throws IOException {
        assertThat(run("--config", file("[runtime]", "worker_threds = 1").toString()))
                .satisfies(run -> assertThat(run.err()).contains("worker_threads"))
                .extracting(CommandRun::status).isEqualTo(1);
        assertThat(run("--config", folder.resolve("none.toml").toString()).err()).contains("none.toml");
        assertThat(run("--profile", "fastest").err()).contains("low-latency");
        assertThat(run(Map.of("KAELIX_RUNTIME_WORKER_THREADS", "many")).err()).contains("KAELIX_RUNTIME_WORKER_THREADS");
        assertThat(run("--metrics-port", "70000").status()).isEqualTo(2);
        assertThat(run("--lane", "65537").status()).isEqualTo(2);
    }

    @Test
    void shouldBeShownToToolsWhileItRuns() throws Exception {
        final Path file = file();
        final StopSignal stop = new StopSignal();
        final AtomicReference<CommandRun> ended = new AtomicReference<>();
        final Thread thread = new Thread(() -> ended.set(kaelix(stop, Map.of(), "run", "--json", "--duration", "5m", "--config",
                file.toString())));
        thread.start();
        try {
            final Set<String> wanted = Set.of("lane.messages", "subscriber.received", "scheduler.executed");
            while (!keys().containsAll(wanted)) {
                assertThat(thread.isAlive()).isTrue();
                Thread.sleep(1);
            }
        } finally {
            stop.request();
            thread.join();
        }
        assertThat(ended.get().text()).contains("\"lost\":0,\"duplicated\":0,\"reordered\":0");
    }

    private Set<String> keys() {
        final List<Path> files = files();
        if (files.isEmpty()) {
            return Set.of();
        }
        try (CounterReader reader = CounterReader.open(files.getFirst())) {
            return reader.snapshot().counters().stream().map(Reading::key).collect(Collectors.toSet());
        }
    }

    @Test
    void shouldServeItsCountersOnAPort() throws Exception {
        final int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        final Path file = file();
        final StopSignal stop = new StopSignal();
        final AtomicReference<CommandRun> ended = new AtomicReference<>();
        final Thread thread = new Thread(() -> ended.set(kaelix(stop, Map.of(), "run", "--json", "--duration", "5m", "--config",
                file.toString(), "--metrics-port", Integer.toString(port))));
        thread.start();
        try (HttpClient client = HttpClient.newHttpClient()) {
            final HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
            String page = "";
            while (!page.contains("kaelix_lane_messages")) {
                assertThat(thread.isAlive()).isTrue();
                Thread.sleep(10);
                try {
                    page = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
                } catch (final IOException notYet) {
                    page = "";
                }
            }
        } finally {
            stop.request();
            thread.join();
        }
        assertThat(ended.get().err()).contains("metrics at http://127.0.0.1:" + port + "/metrics");
    }

    @Test
    void shouldRefuseAPortWithoutCounters() throws IOException {
        final Path file = Files.writeString(folder.resolve("off.toml"), "[telemetry]\nenabled = false\n");
        assertThat(run("--config", file.toString(), "--metrics-port", "9464")).satisfies(run -> {
            assertThat(run.status()).isEqualTo(2);
            assertThat(run.err()).contains("telemetry.enabled");
        });
    }
}
