// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import static io.kaelix.cli.CommandRun.kaelix;
import static io.kaelix.cli.CommandRun.withInput;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kaelix run --input}: what comes out is what went in, or an error says why not. */
@Timeout(60)
class LinesTest {

    @TempDir
    private Path directory;

    private Path input(final byte[] content) throws IOException {
        return Files.write(directory.resolve("input"), content);
    }

    private Path output() {
        return directory.resolve("output");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\n\n\n", "a", "a\n", "a\nb", "a\n\nb\n\n", "\r\n\0\r\n\u00ff\u00fe\n x \t", "last\nwithout"})
    void shouldWriteWhatItRead(final String content) throws IOException {
        final byte[] bytes = content.getBytes(ISO_8859_1);
        final CommandRun run = kaelix("run", "--input", input(bytes).toString(), "--output", output().toString(), "--json");
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(Files.readAllBytes(output())).isEqualTo(bytes);
        final long newlines = content.chars().filter(c -> c == '\n').count();
        final long lines = content.isEmpty() || content.endsWith("\n") ? newlines : newlines + 1;
        assertThat(run.text()).contains("\"messages\":" + lines + ",", "\"lost\":0,\"duplicated\":0,\"reordered\":0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 1", "3 2", "5 1", "1 4"})
    void shouldDeliverManyLinesToAll(final String counts) throws IOException {
        final String[] count = counts.split(" ");
        final Random random = new Random(7);
        final String content = IntStream.range(0, 60_000)
                .mapToObj(i -> i + " " + "x".repeat(random.nextInt(200)) + "\n")
                .collect(Collectors.joining());
        final CommandRun run = kaelix("run", "--input", input(content.getBytes(UTF_8)).toString(), "--output", output().toString(),
                "--publishers", count[0], "--subscribers", count[1], "--lane", "64k", "--topic", "some.topic", "--json");
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.text()).contains("\"messages\":60000,", "\"publishers\":" + count[0] + ",\"subscribers\":" + count[1]);
        if (count[0].equals("1")) {
            assertThat(Files.mismatch(output(), directory.resolve("input"))).isEqualTo(-1);
        } else {
            assertThat(Files.readAllLines(output())).containsExactlyInAnyOrderElementsOf(content.lines().toList());
        }
    }

    @Test
    void shouldTakeBatchesOfAnySize() throws IOException {
        final String content = "line\n".repeat(10_000);
        for (final String batch : new String[] {"1", "7", "1000000"}) {
            final CommandRun run = kaelix("run", "--input", input(content.getBytes(UTF_8)).toString(), "--output",
                    output().toString(), "--batch", batch);
            assertThat(run.status()).isZero();
            assertThat(Files.mismatch(output(), directory.resolve("input"))).isEqualTo(-1);
        }
    }

    @Test
    void shouldFilterStandardInputToStandardOutput() throws IOException {
        final CommandRun run = withInput("b\na\nno newline".getBytes(UTF_8), "run", "--input", "-", "--output", "-");
        assertThat(run.status()).isZero();
        assertThat(run.text()).isEqualTo("b\na\nno newline");
        assertThat(run.err()).contains("messages", "latency p50", "lost", "page bytes", "isa");
    }

    @Test
    void shouldReportAsTable() throws IOException {
        final CommandRun run = kaelix("run", "--input", input("a\nb\n".getBytes(UTF_8)).toString());
        assertThat(run.status()).isZero();
        assertThat(run.text()).containsPattern("messages +2 ").containsPattern("bytes +2 ").containsPattern("seconds +[0-9.]+")
                .containsPattern("rate +[0-9,]+ .* msg/s").containsPattern("latency p50 +[0-9,]+ ").containsPattern("lost +0")
                .containsPattern("duplicated +0").containsPattern("reordered +0").containsPattern("content +as sent")
                .containsPattern("platform +[a-z]+").containsPattern("isa +[a-z0-9]+");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void shouldHaveNoLatencyOfNothing() throws IOException {
        final Path empty = input(new byte[0]);
        assertThat(kaelix("run", "--input", empty.toString()).text()).containsPattern("latency p50 +-\n");
        assertThat(kaelix("run", "--input", empty.toString(), "--json").text())
                .contains("\"latencyNs\":{\"p50\":null,\"p99\":null,\"p999\":null,\"max\":null}");
    }

    @Test
    void shouldTakeTheLongestLine() throws IOException {
        final String content = "x".repeat(262_120) + "\n" + "y".repeat(262_120);
        final CommandRun run = kaelix("run", "--input", input(content.getBytes(UTF_8)).toString(), "--output", output().toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(Files.mismatch(output(), directory.resolve("input"))).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(ints = {262_121, 300_000, 3_000_000})
    void shouldNameLineThatIsTooLong(final int length) throws IOException {
        final String content = "one\ntwo\n" + "x".repeat(length);
        for (final String end : new String[] {"", "\n", "\nmore\n"}) {
            final CommandRun run = kaelix("run", "--input", input((content + end).getBytes(UTF_8)).toString());
            assertThat(run.status()).isEqualTo(1);
            assertThat(run.err()).startsWith("kaelix: line 3 is too long: it has " + length + " bytes, the limit with this lane is "
                    + "262120; use --lane " + (length < 500_000 ? "2m" : "16m")).hasLineCount(1);
        }
        final CommandRun larger = kaelix("run", "--input", input(content.getBytes(UTF_8)).toString(), "--lane",
                length < 500_000 ? "2m" : "16m");
        assertThat(larger.status()).isZero();
    }

    @Test
    void shouldReplaceWhatTheOutputHeld() throws IOException {
        Files.writeString(output(), "much more than will be written now");
        assertThat(kaelix("run", "--input", input("a\n".getBytes(UTF_8)).toString(), "--output", output().toString()).status()).isZero();
        assertThat(output()).hasContent("a\n");
    }

    @Test
    void shouldKeepTheOutputIfTheInputIsMissing() throws IOException {
        Files.writeString(output(), "kept");
        final CommandRun run = kaelix("run", "--input", directory.resolve("nowhere").toString(), "--output", output().toString());
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("nowhere: there is no such file").hasLineCount(1);
        assertThat(output()).hasContent("kept");
    }

    @Test
    void shouldRefuseTheSameFileByAnyName() throws IOException {
        final Path input = input("a\n".getBytes(UTF_8));
        final Path link = Files.createSymbolicLink(directory.resolve("link"), input);
        for (final Path output : new Path[] {input, link, directory.resolve(".").resolve("input")}) {
            final CommandRun run = kaelix("run", "--input", input.toString(), "--output", output.toString());
            assertThat(run.status()).isEqualTo(2);
            assertThat(run.err()).contains("the same file").hasLineCount(1);
            assertThat(input).hasContent("a\n");
        }
    }

    @Test
    void shouldRefuseDirectories() throws IOException {
        final CommandRun read = kaelix("run", "--input", directory.toString());
        assertThat(read.status()).isEqualTo(1);
        assertThat(read.err()).startsWith("kaelix: cannot read ").contains("is a directory").hasLineCount(1);
        final CommandRun write = kaelix("run", "--input", input(new byte[0]).toString(), "--output", directory.toString());
        assertThat(write.status()).isEqualTo(1);
        assertThat(write.err()).startsWith("kaelix: cannot write ").contains("is a directory").hasLineCount(1);
    }

    @Test
    void shouldTellOfAMissingDirectory() throws IOException {
        final CommandRun run = kaelix("run", "--input", input(new byte[0]).toString(), "--output",
                directory.resolve("missing/output").toString());
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("there is no directory").hasLineCount(1);
    }

    @Test
    void shouldTellOfMissingPermission() throws IOException {
        final Path input = input("a\n".getBytes(UTF_8));
        Files.setPosixFilePermissions(input, PosixFilePermissions.fromString("---------"));
        assumeTrue(!Files.isReadable(input), "root reads everything");
        final CommandRun run = kaelix("run", "--input", input.toString());
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("permission denied").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 200_000})
    void shouldTellOfAFullDisk(final int lines) throws IOException {
        final Path full = Path.of("/dev/full");
        assumeTrue(Files.isWritable(full), "no /dev/full here");
        final CommandRun run = kaelix("run", "--input", input("some line\n".repeat(lines).getBytes(UTF_8)).toString(), "--output",
                full.toString(), "--publishers", "2", "--subscribers", "2");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.text()).isEmpty();
        assertThat(run.err()).contains("cannot write /dev/full: No space left on device").hasLineCount(1);
    }
}
