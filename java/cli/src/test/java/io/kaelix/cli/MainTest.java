// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process of its own. */
@Timeout(120)
class MainTest {

    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

    @TempDir
    private Path directory;

    private Process start(final List<String> options, final String... arguments) throws IOException {
        final List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-XX:TieredStopAtLevel=1",
                "-Dkaelix.platform=" + System.getProperty("kaelix.platform", "")));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(directory.resolve("err").toFile()).start();
    }

    private String errors() throws IOException {
        return Files.readString(directory.resolve("err"));
    }

    @Test
    void shouldReadWriteAndExit() throws Exception {
        final Process process = start(List.of(NATIVE_ACCESS), "run", "--input", "-", "--output", "-");
        process.getOutputStream().write("b\na".getBytes(UTF_8));
        process.getOutputStream().close();
        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8)).isEqualTo("b\na");
        assertThat(process.waitFor()).isZero();
        assertThat(errors()).containsPattern("messages +2 ");
    }

    @Test
    void shouldExitLikeOtherToolsWhenTheReaderIsGone() throws Exception {
        final Path input = Files.writeString(directory.resolve("input"), "some line\n".repeat(1_000_000));
        final Process process = start(List.of(NATIVE_ACCESS), "run", "--input", input.toString(), "--output", "-");
        try (InputStream out = process.getInputStream()) {
            assertThat(out.read()).isEqualTo('s');
        }
        assertThat(process.waitFor()).isEqualTo(141);
        assertThat(errors()).isEmpty();
    }

    @Test
    void shouldReportWhatWasDoneWhenItIsTerminated() throws Exception {
        // Standard input stays open: what is waited for is cut short.
        final Process process = start(List.of(NATIVE_ACCESS), "run", "--input", "-", "--output", directory.resolve("output").toString());
        process.getOutputStream().write("a\nb\nhalf".getBytes(UTF_8));
        process.getOutputStream().flush();
        final Path output = directory.resolve("output");
        while (!Files.exists(output) || !Files.readString(output).equals("a\nb\n")) {
            assertThat(process.isAlive()).as(errors()).isTrue();
            Thread.sleep(10);
        }
        process.toHandle().destroy();
        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8)).containsPattern("messages +2 ").contains("interrupted");
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("128 and the number of SIGTERM").isEqualTo(143);
    }

    @Test
    void shouldTellHowToEnableNativeAccess() throws Exception {
        final Process process = start(List.of(), "run", "--duration", "1s");
        assertThat(process.getInputStream().readAllBytes()).isEmpty();
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(errors()).startsWith("kaelix: native access is not enabled").contains("--enable-native-access=ALL-UNNAMED")
                .hasLineCount(1);
    }
}
