// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try")
class DriverFoldersTest {

    private static final String RANDOM = "-0123456789abcdef";

    @TempDir
    Path parent;

    /** A process that has a driver, until it is killed. */
    static final class DriverProcess {

        private DriverProcess() {
        }

        public static void main(final String[] folder) throws Exception {
            MediaDriver.launch(context(new DriverFolders(Path.of(folder[0]), Duration.ofDays(1)).another()));
            System.out.println("there");
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    private static MediaDriver.Context context(final Path folder) {
        return new MediaDriver.Context().aeronDirectoryName(folder.toString()).threadingMode(ThreadingMode.SHARED)
                .dirDeleteOnShutdown(true);
    }

    private Path only() throws IOException {
        try (var all = Files.list(parent)) {
            return all.toList().getFirst();
        }
    }

    private void clean(final Duration silence) {
        new DriverFolders(parent, silence).clean();
    }

    @Test
    void shouldRemoveWhatAKilledProcessLeft() throws Exception {
        final Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                DriverProcess.class.getName(), parent.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            assertThat(process.inputReader().readLine()).isEqualTo("there");
            final Path folder = only();
            assertThat(folder.getFileName().toString()).startsWith("kaelix-aeron-" + process.pid() + "-");
            clean(Duration.ofMillis(-1));
            assertThat(folder).as("of a process that lives").isDirectory();
            process.destroyForcibly().waitFor();
            clean(Duration.ofHours(1));
            assertThat(folder).as("of a driver that was heard lately").isDirectory();
            Thread.sleep(20);
            clean(Duration.ofMillis(1));
            assertThat(folder).doesNotExist();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void shouldLeaveWhatAnotherProcessUsesThatIsNotSeen() throws Exception {
        final Path folder = parent.resolve("kaelix-aeron-" + nobody() + RANDOM);
        try (MediaDriver driver = MediaDriver.launch(context(folder))) {
            clean(Duration.ofMinutes(1));
            assertThat(folder.resolve("cnc.dat")).exists();
        }
    }

    @Test
    void shouldRemoveWhatIsOlderThanTheProcessOfItsNumber() throws Exception {
        final Path folder = Files.createDirectory(parent.resolve("kaelix-aeron-" + ProcessHandle.current().pid() + RANDOM));
        clean(Duration.ofMinutes(1));
        assertThat(folder).exists();
        Files.setLastModifiedTime(folder, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
        clean(Duration.ofMinutes(1));
        assertThat(folder).doesNotExist();
    }

    @Test
    void shouldLeaveWhatIsNotOfABridge() throws Exception {
        final long nobody = nobody();
        final Path own = Files.createDirectory(parent.resolve("own"));
        final Path file = Files.createFile(own.resolve("file"));
        for (final String name : new String[] {"aeron-root", "kaelix-aeron-" + nobody, "kaelix-aeron-" + nobody + RANDOM + "0",
            "kaelix-aeron-x" + RANDOM, "kaelix-aeron-99999999999" + RANDOM}) {
            Files.createDirectory(parent.resolve(name));
        }
        Files.createFile(parent.resolve("kaelix-aeron-" + nobody + "-0000000000000001"));
        Files.createSymbolicLink(parent.resolve("kaelix-aeron-" + nobody + "-0000000000000002"), own);
        clean(Duration.ZERO);
        assertThat(file).exists();
        try (var all = Files.list(parent)) {
            assertThat(all).hasSize(8);
        }
    }

    /** A number that no process has. */
    private static long nobody() throws Exception {
        final Process process = new ProcessBuilder("true").start();
        process.waitFor();
        return process.pid();
    }
}
