// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import static io.kaelix.cli.CommandRun.kaelix;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import io.kaelix.telemetry.Counter;
import io.kaelix.telemetry.CounterFile;
import io.kaelix.telemetry.LatencyHistogram;
import io.kaelix.telemetry.Metric;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code kaelix top} and {@code kaelix metrics} over counter files. */
@Timeout(60)
class TopTest {

    private static final String PID = Long.toString(ProcessHandle.current().pid());

    @TempDir
    private Path parent;
    private Path folder;

    @BeforeEach
    void nameFolder() {
        folder = parent.resolve("counters");
    }

    private CommandRun top(final String... arguments) throws IOException {
        return command("top", arguments);
    }

    private CommandRun command(final String name, final String... arguments) throws IOException {
        final String[] all = new String[arguments.length + 3];
        all[0] = name;
        all[1] = "--directory";
        all[2] = folder.toString();
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return kaelix(all);
    }

    @Test
    void shouldPrintOnePicture() throws IOException {
        try (CounterFile file = CounterFile.create(folder, "orders")) {
            file.counter(Metric.SUBSCRIBER_LAG_BYTES, "orders.**#1").set(4096);
            final CommandRun run = top("--once", "--interval", "100ms");
            assertThat(run.err()).isEmpty();
            assertThat(run.status()).isZero();
            assertThat(run.text()).startsWith("orders  pid " + PID + "  up ").containsPattern("(?m)^SUBSCRIBERS 1 ")
                    .containsPattern("(?m)^  orders\\.\\*\\*#1 .* 4\\.00 KiB ").doesNotContain("\033", "q quit");
        }
    }

    @Test
    void shouldTellRatesOfItsTwoReadings() throws IOException {
        try (CounterFile file = CounterFile.create(folder, "orders"); ScheduledExecutorService publisher =
                Executors.newSingleThreadScheduledExecutor()) {
            final Counter messages = file.counter(Metric.LANE_MESSAGES, "a#1");
            publisher.scheduleAtFixedRate(() -> messages.add(10), 0, 1, TimeUnit.MILLISECONDS);
            final CommandRun run = top("--once", "--json", "--interval", "300ms");
            publisher.shutdownNow();
            final Matcher rate = Pattern.compile("\"messagesPerSecond\":([0-9.]+),").matcher(run.text());
            assertThat(rate.find()).as(run.text()).isTrue();
            assertThat(Double.parseDouble(rate.group(1))).isPositive();
        }
    }

    @Test
    void shouldPrintOneJsonObjectWithTheFieldsOfItsHelp() throws IOException {
        final CommandRun run;
        try (CounterFile file = CounterFile.create(folder, "or\"ders")) {
            for (final Metric metric : Metric.values()) {
                if (metric.kind() == Metric.Kind.HISTOGRAM) {
                    final LatencyHistogram histogram = new LatencyHistogram();
                    histogram.record(1000);
                    file.histogram(metric, "x").publish(histogram);
                } else {
                    file.counter(metric, "x#1").set(1);
                }
            }
            file.counter("own.thing", Metric.Kind.COUNTER, "things", "me").set(7);
            run = top("--once", "--json", "--interval", "100ms", PID);
        }
        assertThat(run.status()).isZero();
        assertThat(run.text()).startsWith("{\"pid\":" + PID + ",\"name\":\"or\\\"ders\",\"started\":\"").endsWith("}\n").hasLineCount(1);
        final String help = kaelix("top", "--help").text();
        final Matcher field = Pattern.compile("\"([A-Za-z0-9]+)\":").matcher(run.text());
        while (field.find()) {
            assertThat(help).containsPattern("\\b" + field.group(1) + "\\b");
        }
        final String described = help.substring(help.indexOf("is null:") + 8, help.indexOf("Exit status"));
        final Matcher word = Pattern.compile("([A-Za-z0-9]+)(?=,|\\[\\]|\\s{2,}|\\n)").matcher(
                described.replaceAll("(of the interval|of users' own counters):?", ""));
        while (word.find()) {
            assertThat(run.text()).contains("\"" + word.group(1) + "\":");
        }
        assertThat(run.text()).contains(
                "\"latencies\":[{\"metric\":\"scheduler.start_delay\",\"owner\":\"x\",\"count\":0,\"p50Nanos\":null",
                "\"own\":[{\"key\":\"own.thing\",\"owner\":\"me\",\"unit\":\"things\",\"value\":7,\"perSecond\":0.000}]");
    }

    @Test
    void shouldShowWhatAProcessLeftBehind() throws IOException {
        try (CounterFile file = CounterFile.create(folder, "orders")) {
            file.counter(Metric.NODE_USED, "node 0").set(5);
            // A copy has no lock beside it: nobody lives who writes it.
            Files.copy(file.path(), parent.resolve("copy.counters"));
        }
        final CommandRun run = kaelix("top", "--once", parent.resolve("copy.counters").toString());
        assertThat(run.status()).isZero();
        assertThat(run.text()).contains("ENDED: this is its last picture", "node 0", "5 B");
        assertThat(kaelix("top", "--once", "--json", parent.resolve("copy.counters").toString()).text()).contains("\"alive\":false");
    }

    @ParameterizedTest
    @CsvSource({"top,--once", "metrics,--once"})
    void shouldSayInOneLineThatThereIsNoProcess(final String command, final String option) throws IOException {
        final CommandRun none = command(command, option);
        assertThat(none.status()).isEqualTo(1);
        assertThat(none.err()).isEqualTo("kaelix: no process writes counters in " + folder
                + "; start one, or name its folder by --directory or its counter file\n");
        try (CounterFile file = CounterFile.create(folder, "orders")) {
            assertThat(file.isOpen()).isTrue();
            final CommandRun other = command(command, option, "1");
            assertThat(other.status()).isEqualTo(1);
            assertThat(other.err()).isEqualTo("kaelix: no process 1 writes counters in " + folder + "; there is " + PID + " (orders)\n");
        }
    }

    @ParameterizedTest
    @CsvSource({"top,--once", "metrics,--once", "metrics,--host=127.0.0.1"})
    void shouldNameThoseThatThereAre(final String command, final String option) throws IOException {
        try (CounterFile orders = CounterFile.create(folder, "orders"); CounterFile stock = CounterFile.create(folder, "stock")) {
            assertThat(orders.path()).isNotEqualTo(stock.path());
            final CommandRun run = command(command, option);
            assertThat(run.status()).isEqualTo(1);
            assertThat(run.err()).isEqualTo("kaelix: there are several: " + PID + " (orders), " + PID
                    + " (stock); give the number of one of them, or its file in " + folder + "\n");
        }
    }

    @ParameterizedTest
    @CsvSource({"top", "metrics"})
    void shouldRefuseWhatIsNoCounterFileInOneLine(final String command) throws IOException {
        final Path truncated = parent.resolve("truncated.counters");
        final Path foreign = parent.resolve("foreign.counters");
        final Path later = parent.resolve("later.counters");
        try (CounterFile file = CounterFile.create(folder, "orders")) {
            final byte[] bytes = Files.readAllBytes(file.path());
            Files.write(truncated, Arrays.copyOf(bytes, 10_000));
            bytes[0]++;
            Files.write(later, bytes);
            Files.writeString(foreign, "counters\n".repeat(1000));
        }
        for (final Map.Entry<Path, String> one : Map.of(truncated, "is truncated", foreign, "is no counter file", later, "has version 2",
                parent, "is no regular file", parent.resolve("none"), "cannot read").entrySet()) {
            final CommandRun run = kaelix(command, "--once", one.getKey().toString());
            assertThat(run.status()).as(run.text()).isEqualTo(1);
            assertThat(run.err()).startsWith("kaelix: ").contains(one.getKey().toString(), one.getValue()).hasLineCount(1);
        }
    }

    @Test
    void shouldPassOverFilesThatCannotBeRead() throws IOException {
        Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (CounterFile file = CounterFile.create(folder, "orders")) {
            Files.writeString(folder.resolve("1-broken.counters"), "broken");
            assertThat(file.isOpen()).isTrue();
            final CommandRun run = top("--once", "--interval", "100ms");
            assertThat(run.status()).as(run.err()).isZero();
            assertThat(run.text()).startsWith("orders ");
        }
    }

    @Test
    void shouldSayWhatToDoWithoutATerminal() throws IOException {
        try (CounterFile file = CounterFile.create(folder, "orders")) {
            assertThat(file.isOpen()).isTrue();
            final CommandRun run = top();
            assertThat(run.status()).isEqualTo(1);
            assertThat(run.text()).isEmpty();
            assertThat(run.err()).startsWith("kaelix: ").contains("'kaelix top --once'").hasLineCount(1);
        }
    }

    @Test
    void shouldEndEarlyWhenItIsInterrupted() throws IOException {
        try (CounterFile file = CounterFile.create(folder, "orders")) {
            assertThat(file.isOpen()).isTrue();
            final StopSignal stop = new StopSignal();
            stop.request();
            final ByteArrayOutputStream out = new ByteArrayOutputStream();
            final CommandRun run = CommandRun.with(new ByteArrayInputStream(new byte[0]), Channels.newChannel(out), out, false, stop,
                    "top", "--once", "--interval", "60m", "--directory", folder.toString());
            assertThat(run.status()).isEqualTo(130);
            assertThat(run.text()).isEmpty();
        }
    }

    @Test
    void shouldPrintThePageOfMetrics() throws IOException {
        try (CounterFile file = CounterFile.create(folder, "orders")) {
            file.counter(Metric.LANE_MESSAGES, "a#1").set(3);
            final CommandRun run = command("metrics", "--once");
            assertThat(run.err()).isEmpty();
            assertThat(run.status()).isZero();
            assertThat(run.text()).contains("kaelix_up 1.0\n", "kaelix_lane_messages_total{publisher=\"1\",topic=\"a\"} 3.0\n");
        }
    }

    /** Also where no process runs yet: it may start before the one that it tells of. */
    @Test
    void shouldServeMetricsUntilItIsInterrupted() throws Exception {
        final StopSignal stop = new StopSignal();
        final ByteArrayOutputStream err = new ByteArrayOutputStream();
        final Thread server = Thread.ofPlatform().start(() -> {
            final Terminal terminal = new Terminal(Channels.newChannel(
                    new ByteArrayInputStream(new byte[0])), Channels.newChannel(new ByteArrayOutputStream()), new PrintStream(err,
                    true, StandardCharsets.UTF_8), false);
            assertThat(new Kaelix(terminal, stop).execute("metrics", "--port", "0", "--directory", folder.toString())).isEqualTo(130);
        });
        while (!err.toString(StandardCharsets.UTF_8).endsWith("\n")) {
            Thread.sleep(10);
        }
        final Matcher told = Pattern.compile("kaelix: metrics at (http://127.0.0.1:[0-9]+/metrics), until Ctrl-C\n").matcher(
                err.toString(StandardCharsets.UTF_8));
        assertThat(told.matches()).isTrue();
        try (InputStream page = URI.create(told.group(1)).toURL().openStream()) {
            assertThat(new String(page.readAllBytes(), StandardCharsets.UTF_8)).contains("kaelix_up 0.0\n");
        }
        stop.request();
        server.join();
    }
}
