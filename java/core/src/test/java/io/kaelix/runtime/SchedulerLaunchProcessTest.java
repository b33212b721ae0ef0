// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a scheduler that could not be launched: nothing. */
class SchedulerLaunchProcessTest {

    @TempDir
    private Path folder;

    @Test
    void shouldLeaveNoThreadWhereItsQueuesDoNotFit() throws Exception {
        final Path out = folder.resolve("out");
        final Process process = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx32m", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"), SchedulerLaunchProbe.class.getName()))
                .redirectError(folder.resolve("err").toFile()).redirectOutput(out.toFile()).start();
        final boolean ended = process.waitFor(3 * SchedulerFixture.NEVER_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).as("it ends").isTrue();
        final List<String> lines = Files.readAllLines(out);
        assertThat(process.exitValue()).as("%s %s", lines, Files.readString(folder.resolve("err"))).isZero();
        assertThat(lines).filteredOn(line -> line.startsWith("refused ")).hasSize(2).allMatch(line -> line.matches(
                "refused \\d+: workers could not be started: java.lang.OutOfMemoryError: .*; use fewer, or smaller queues"));
        assertThat(lines).filteredOn(line -> line.startsWith("threads left: ")).hasSize(3).containsOnly("threads left: 0");
        assertThat(lines).contains("then: 42");
    }
}
