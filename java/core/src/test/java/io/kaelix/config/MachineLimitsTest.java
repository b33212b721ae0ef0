// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a machine has. */
class MachineLimitsTest {

    @TempDir
    private Path directory;

    @Test
    void shouldReadTheNodesThatTheKernelLists() throws IOException {
        final Path list = directory.resolve("online");
        assertThat(MachineLimits.nodes(list)).isEmpty();
        assertThat(MachineLimits.nodes(Files.writeString(list, "0-1,4\n"))).isEqualTo(Set.of(0, 1, 4));
        assertThat(MachineLimits.nodes(Files.writeString(list, "zero"))).isEmpty();
    }

    @Test
    void shouldKnowTheCpusOfThisProcess() {
        assertThat(MachineLimits.ofThisMachine().cpus()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThatIllegalArgumentException().isThrownBy(() -> new MachineLimits(0, Set.of())).withMessageContaining("at least 1");
    }
}
