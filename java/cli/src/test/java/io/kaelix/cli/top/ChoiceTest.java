// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The question which process is meant. */
class ChoiceTest {

    private static final Path FIRST = Path.of("first");
    private static final Path SECOND = Path.of("second");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private final StopSignal stop = new StopSignal();

    private Path choose(final String answer) throws IOException {
        return Choice.of(List.of(new Watched.Running(FIRST, 4711, "orders", MadeUp.STARTED), new Watched.Running(SECOND, 4712, "st\033ock",
                MadeUp.STARTED.plusSeconds(60))), new Terminal(Channels.newChannel(new ByteArrayInputStream(answer.getBytes(
                        StandardCharsets.UTF_8))), Channels.newChannel(out), System.err, false), stop, ZoneOffset.UTC);
    }

    @ParameterizedTest
    @CsvSource({"1,first", "2,second", "4711,first", "' 4712 ',second"})
    void shouldTakeANumberOfTheListOrAProcessId(final String answer, final Path chosen) throws IOException {
        assertThat(choose(answer + "\nrest")).isEqualTo(chosen);
    }

    @Test
    void shouldListThem() throws IOException {
        choose("1\n");
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
                Several processes run:
                             PID  NAME                            STARTED
                   1        4711  orders                          2026-03-01 10:00:00
                   2        4712  st?ock                          2026-03-01 10:01:00
                Which one, by its number or process id?\s""");
    }

    @ParameterizedTest
    @ValueSource(strings = {"3\n", "0\n", "\n", "", "one\n", "-1\n", "99999999999999999999999\n"})
    void shouldRefuseWhatNamesNone(final String answer) {
        assertThatThrownBy(() -> choose(answer)).isInstanceOf(CommandException.class).hasMessageContaining("a number from 1 to 2");
    }

    /** Ctrl-C while it waits for an answer, which nobody gives. */
    @Test
    @Timeout(60)
    void shouldEndTheQuestionWhenItIsStopped() throws IOException, InterruptedException {
        final Pipe pipe = Pipe.open();
        final Path[] chosen = {FIRST};
        final Thread asker = Thread.ofPlatform().start(() -> chosen[0] = choose(pipe.source()));
        while (!out.toString(StandardCharsets.UTF_8).endsWith("process id? ")) {
            Thread.onSpinWait();
        }
        stop.request();
        asker.join();
        assertThat(chosen[0]).isNull();
    }

    private Path choose(final ReadableByteChannel in) {
        try {
            return Choice.of(List.of(new Watched.Running(FIRST, 1, "x", MadeUp.STARTED), new Watched.Running(SECOND, 2, "y",
                    MadeUp.STARTED)), new Terminal(in, Channels.newChannel(out), System.err, false), stop, ZoneOffset.UTC);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldNotAskWhereThereIsOne() throws IOException {
        assertThat(Choice.of(List.of(new Watched.Running(FIRST, 1, "x", MadeUp.STARTED)), null, stop, ZoneOffset.UTC)).isEqualTo(FIRST);
    }
}
