// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import static io.kaelix.cli.CommandRun.kaelix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Placement;
import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import io.kaelix.cli.report.RunReport;
import io.kaelix.cli.verify.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kaelix run} with messages that it makes up. */
@Timeout(60)
class LoadTest {

    private static final Pattern JSON = Pattern.compile("\\{"
            + "\"messages\":(\\d+),\"bytes\":(\\d+),\"publishers\":\\d+,\"subscribers\":\\d+,(\"streams\":\\d+,\"streamsReached\":\\d+,)?"
            + "\"lost\":0,\"duplicated\":0,\"reordered\":0,\"seconds\":\\d+\\.\\d+,\"messagesPerSecond\":\\d+\\.\\d,"
            + "\"latencyNs\":\\{\"p50\":\\d+,\"p99\":\\d+,\"p999\":\\d+,\"max\":\\d+},"
            + "\"placement\":\\{\"node\":-?\\d+,\"pageBytes\":\\d+,\"reason\":\"[^\"]+\"},"
            + "\"platform\":\"[a-z]+\",\"isa\":\"[a-z0-9]+\"}\\n");

    @ParameterizedTest
    @ValueSource(strings = {
        "", "--publishers 3 --subscribers 2", "--size 8", "--size 13", "--size 4k --lane 64k", "--batch 1", "--batch 5000 --lane 64k",
        "--rate 20000 --publishers 2", "--rate 20000 --batch 16", "--topic a.b.c", "--streams 1", "--streams 1000 --publishers 2 --subscribers 2",
        "--streams 20000 --batch 1", "--streams 5 --rate 20000"})
    void shouldDeliverAllAndReport(final String options) throws IOException {
        final CommandRun run = kaelix(("run --json --duration 200ms " + options).strip().split(" +"));
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        final Matcher json = JSON.matcher(run.text());
        assertThat(json.matches()).as(run.text()).isTrue();
        final long size = options.contains("--size 8") ? 8
                : options.contains("--size 13") ? 13
                : options.contains("--size 4k") ? 4096 : 64;
        assertThat(Long.parseLong(json.group(1))).isPositive();
        assertThat(Long.parseLong(json.group(2))).isEqualTo(Long.parseLong(json.group(1)) * size);
    }

    @Test
    void shouldReachEveryStreamAndSayHowMany() throws IOException {
        for (final String options : new String[] {"--streams 50", "--streams 100000 --rate 1000 --subscribers 2"}) {
            final CommandRun run = kaelix(("run --json --duration 300ms " + options).split(" "));
            assertThat(run.status()).isZero();
            final Matcher reached = Pattern.compile("\"messages\":(\\d+),.*\"streams\":(\\d+),\"streamsReached\":(\\d+),").matcher(run.text());
            assertThat(reached.find()).as(run.text()).isTrue();
            final long messages = Long.parseLong(reached.group(1));
            assertThat(Long.parseLong(reached.group(3))).as("until all had one, each message was of another stream")
                    .isEqualTo(Math.min(messages, Long.parseLong(reached.group(2)))).isPositive();
        }
        assertThat(kaelix("run", "--duration", "300ms", "--streams", "7").text()).containsPattern("streams +[1-7]  reached, of 7");
    }

    @Test
    void shouldSendNoFasterThanAsked() throws IOException {
        final Matcher json = JSON.matcher(kaelix("run", "--json", "--duration", "500ms", "--rate", "2000", "--publishers", "2").text());
        assertThat(json.matches()).isTrue();
        // The sending ends a little late where the machine is busy: an upper bound is all that can be told.
        assertThat(Long.parseLong(json.group(1))).isBetween(1L, 2L * 2000);
    }

    @Test
    void shouldFailWhenWhatArrivedDiffers() {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final Terminal terminal = new Terminal(Channels.newChannel(InputStream.nullInputStream()), Channels.newChannel(out),
                new PrintStream(OutputStream.nullOutputStream()), false);
        final Verdict verdict = new Verdict(2, 0, 0, List.of("subscriber 1 and publisher 1: 2 lost"));
        final RunReport report = new RunReport(10, 640, 1, 1, 1.0, null, null, verdict, new Placement(0, 4096, 1, "", "ffm", "avx2"), false);
        assertThatThrownBy(() -> new RunCommand(terminal, new StopSignal(), Map.of()).conclude(report))
                .isInstanceOfSatisfying(CommandException.class, e -> assertThat(e.status()).isEqualTo(1))
                .hasMessageContaining("subscriber 1 and publisher 1: 2 lost");
        assertThat(out.toString()).containsPattern("lost +2").containsPattern("content +differs");
    }
}
