// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import static io.kaelix.cli.CommandRun.kaelix;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        final ProcessBuilder builder = new ProcessBuilder("bash", "-c", script).redirectError(folder.resolve("err").toFile());
        builder.environment().put("KAELIX", Path.of(System.getProperty("java.home"), "bin", "java") + " -Xmx128m -XX:+UseSerialGC "
                + "-XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -Dkaelix.platform=" + System.getProperty("kaelix.platform", "")
                + " -cp " + System.getProperty("java.class.path") + " " + Main.class.getName());
        builder.environment().put("IN", "--directory " + shared);
        return new String(builder.start().getInputStream().readAllBytes(), UTF_8);
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

    @ParameterizedTest
    @ValueSource(strings = {"--connect 127.0.0.1:1", "--tls", "--token-file x"})
    void shouldRefuseADirectoryAndAServer(final String option) throws Exception {
        final CommandRun run = kaelix(("sub a --directory " + shared + " " + option).split(" "));
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).startsWith("kaelix: --directory is for processes of this machine").hasLineCount(1);
    }
}
