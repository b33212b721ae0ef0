// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that cannot be read, or should not be: one line each, and never a read without end. */
@Timeout(60)
class ConfigFileTest {

    @TempDir
    private Path directory;

    private Path path;

    @BeforeEach
    void name() {
        path = directory.resolve("kaelix.toml");
    }

    private static ConfigProblem problem(final Path file) {
        final ConfigException e = catchThrowableOfType(ConfigException.class, () -> ConfigLoader.of().file(file).load());
        assertThat(e.problems()).hasSize(1);
        assertThat(e.getMessage()).startsWith(file.toString()).doesNotContain("\n");
        return e.problems().getFirst();
    }

    private ConfigProblem problemOf(final String text) throws IOException {
        return problem(Files.writeString(path, text));
    }

    @Test
    void shouldRefuseAHugeFileWithoutReadingIt() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(100_000_000);
        }
        assertThat(problem(path).text()).contains("too large", "100000000 bytes", "at most 1048576");
    }

    @Test
    void shouldReadUpToTheLimit() throws IOException {
        final String comment = "#" + "x".repeat(ConfigFile.MOST_BYTES - 1);
        assertThat(ConfigLoader.of().file(Files.writeString(path, comment)).load()).isEqualTo(KaelixConfig.defaults());
        assertThat(problemOf(comment + "x").text()).contains("1048577 bytes");
    }

    @Test
    void shouldNotBelieveTheSizeThatAFileClaims() {
        final Path lying = Path.of("/proc/self/status");
        assumeTrue(Files.isReadable(lying), "no /proc here");
        assertThat(FileText.read(lying, 16).problem().text()).contains("too large", "at most 16");
        assertThat(FileText.read(lying, 1 << 20).text()).contains("Pid:");
    }

    @Test
    void shouldRefuseWhatItWouldTakeLongToParse() throws IOException {
        assertThat(problemOf("a = 1\n".repeat(ConfigFile.MOST_LINES + 1)).text()).contains("10001 lines", "at most 10000");
        assertThat(problemOf("a = [" + "1,".repeat(ConfigFile.MOST_PARTS) + "]").text()).contains("commas", "at most 100000");
        assertThat(catchThrowableOfType(ConfigException.class, () -> ConfigLoader.of().load(
                ConfigFile.parse("text", " ".repeat(ConfigFile.MOST_BYTES + 1))))).hasMessageContaining("1048577 characters");
    }

    /** Each would take the parser minutes and more. */
    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "# comment\n", "  \t\n"})
    void shouldReadThousandsOfLinesThatSayNothing(final String line) throws IOException {
        final String text = line.repeat(20_000) + "memory.limit = 'x'" + line.repeat(20_000);
        assertThat(problemOf(text).line()).isEqualTo(20_001);
        final String lines = line.repeat(20_000);
        Files.writeString(path, "memory = {" + lines + "limit = '1GiB'" + lines + '}');
        assertThat(ConfigLoader.of().file(path).load().setting(ConfigKey.MEMORY_LIMIT).origin().where())
                .isEqualTo(path + ":20001:9");
    }

    /** Quotes that begin no text keep nothing from the parser, which would take hours. */
    @ParameterizedTest
    @ValueSource(strings = {"x = ''''''\n'''\n", "a = '\n'''\n", "a = \"\"\"\n"})
    void shouldRefuseTextsOfThousandsOfBlankLines(final String start) throws IOException {
        assertThat(problemOf(start + "\n".repeat(5_000)).text()).contains("blank lines or comments in a text", "at most 100");
        assertThat(problemOf(start + "# x\n".repeat(5_000)).text()).contains("blank lines or comments in a text", "at most 100");
        assertThat(ConfigFile.parse("k", "a = \"\"\"\\" + "\n".repeat(101) + "\"\"\"").problems().isEmpty()).isTrue();
    }

    @Test
    void shouldRefuseAMissingFile() throws IOException {
        assertThat(problem(path).text()).isEqualTo("there is no such file; 'kaelix config default' prints one to start from");
        Files.createSymbolicLink(path, directory.resolve("nothing"));
        assertThat(problem(path).text()).isEqualTo("is a symbolic link to a file that is not there");
    }

    @Test
    void shouldRefuseALoopOfSymbolicLinks() throws IOException {
        final Path other = directory.resolve("other");
        Files.createSymbolicLink(path, other);
        Files.createSymbolicLink(other, path);
        assertThat(problem(path).text()).contains("leads back to itself");
    }

    @Test
    void shouldFollowASymbolicLinkToAFile() throws IOException {
        Files.createSymbolicLink(path, Files.writeString(directory.resolve("real"), "profile = 'low-latency'"));
        assertThat(ConfigLoader.of().file(path).load().profile()).isEqualTo("low-latency");
    }

    @Test
    void shouldRefuseAFolderAndWhatIsBelowAFile() throws IOException {
        assertThat(problem(directory).text()).contains("is a folder");
        assertThat(problem(Files.writeString(path, "").resolve("below")).text()).isNotBlank();
    }

    @Test
    void shouldNotOpenWhatHasNoEndOrBlocks() throws Exception {
        assertThat(problem(Path.of("/dev/zero")).text()).contains("no regular file");
        final Process made = new ProcessBuilder("mkfifo", path.toString()).start();
        assumeTrue(made.waitFor(30, TimeUnit.SECONDS) && made.exitValue() == 0, "no mkfifo here");
        assertThat(problem(path).text()).contains("no regular file");
    }

    /** What was a file when it was looked at may be a pipe when it is opened. */
    @Test
    void shouldWaitForNoWriterOfAPipe() throws Exception {
        final Process made = new ProcessBuilder("mkfifo", path.toString()).start();
        assumeTrue(made.waitFor(30, TimeUnit.SECONDS) && made.exitValue() == 0, "no mkfifo here");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> FileText.bytes(path, 1, Duration.ofMillis(1))).isInstanceOf(IOException.class)
                .hasMessageContaining("does not answer");
        assertThat(Thread.interrupted()).isTrue();

        // Lets the thread go that waits.
        Files.writeString(path, "x", StandardOpenOption.WRITE);
        Waiting.until("the reader has ended", () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("kaelix-config-reader")));
    }

    @Test
    void shouldRefuseAFileThatMayNotBeRead() throws IOException {
        assertThat(FileText.reason(path, new AccessDeniedException(path.toString()))).contains("may not be read", "chmod");
        Files.writeString(path, "");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));
        assumeTrue(!Files.isReadable(path), "root may read everything");
        assertThat(problem(path).text()).contains("may not be read");
    }

    @Test
    void shouldSayWhatTheSystemSaidOfAFailedRead() {
        final Path unreadable = Path.of("/proc/self/mem");
        assumeTrue(Files.isRegularFile(unreadable), "no /proc here");
        assertThat(problem(unreadable).text()).startsWith("cannot be read: ").hasSizeGreaterThan(20);
    }

    @Test
    void shouldSayWhereAFileIsNotUtf8() throws IOException {
        Files.write(path, new byte[] {'#', ' ', (byte) 0xC3, (byte) 0xA4, '\n', 'a', ' ', '=', ' ', '"', (byte) 0xE4, '"'});
        assertThat(problem(path).message()).isEqualTo(path + ":2:6: is not UTF-8 here (byte 0xe4): save the file as UTF-8");
        Files.write(path, new byte[] {'#', (byte) 0xC3});
        assertThat(problem(path).message()).startsWith(path + ":1:2: is not UTF-8 here (byte 0xc3)");
    }

    @Test
    void shouldPassOverAByteOrderMark() throws IOException {
        assertThat(problemOf("\uFEFFfoo = 1").message()).startsWith(path + ":1:1: there is no key foo");
    }

    @Test
    void shouldTellOfTheFileAndOfAllElseAtOnce() {
        final ConfigException e = catchThrowableOfType(ConfigException.class,
                () -> ConfigLoader.of().file(path).with("runtime.pinned", 1).load());
        assertThat(e.problems()).hasSize(2);
    }
}
