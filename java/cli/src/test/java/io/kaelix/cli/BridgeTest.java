// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import static io.kaelix.cli.CommandRun.kaelix;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kaelix bridge}, as it is refused: what it does is shown by {@code examples/three-hosts} and {@code kaelix bridge-lab}. */
class BridgeTest {

    @TempDir
    private Path folder;

    @Test
    void shouldWantABridge() throws IOException {
        final CommandRun run = kaelix("bridge");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("there is no bridge in the settings: name a file that has a section [bridge.NAME] by --config");
    }

    @Test
    void shouldNameTheFlagOfTheJvmThatIsMissingAndLeaveNothing() throws IOException {
        final Path file = Files.writeString(folder.resolve("k.toml"), "[bridge.east]\ndirection = 'out'\nchannel = 'aeron:ipc'\n");
        final Path directory = folder.resolve("streams");
        final CommandRun run = kaelix("bridge", "--config", file.toString(), "--directory", directory.toString());
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("Aeron needs a package of the JDK that is closed: start java with --add-opens"
                + " java.base/jdk.internal.misc=ALL-UNNAMED").hasLineCount(1);
        assertThat(directory).doesNotExist();
    }
}
