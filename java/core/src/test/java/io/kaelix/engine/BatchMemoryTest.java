// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches where there is no memory for them. */
class BatchMemoryTest {

    @Test
    void shouldBeRefusedInOneLineWhereThereIsNoDirectMemory(@TempDir final Path folder) throws Exception {
        final Path out = folder.resolve("out");
        final Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m", "-XX:MaxDirectMemorySize=8m", "--enable-native-access=ALL-UNNAMED",
                "-cp", System.getProperty("java.class.path"), BatchMemoryProbe.class.getName())
                .redirectErrorStream(true).redirectOutput(out.toFile()).start();
        assertThat(process.waitFor(EngineFixture.DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(out)).containsPattern("^no memory for a batch of 100000 messages \\(.*\\): make a smaller one, or start Java"
                + " with a larger -XX:MaxDirectMemorySize\nthen 1 of [12]\n$");
        assertThat(process.exitValue()).isZero();
    }
}
