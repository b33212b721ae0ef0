// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSpaceTest {

    @TempDir
    private Path folder;

    @Test
    void shouldMakeAFileOfZerosThatHasItsSpace() throws Exception {
        final Path file = Files.createFile(folder.resolve("ä b"));
        assumeTrue(FileSpace.allocate(file, 100_000), "no such call here");
        assertThat(Files.readAllBytes(file)).hasSize(100_000).containsOnly(0);
        assertThat(FileSpace.allocate(file, 10)).as("never shorter").isTrue();
        assertThat(Files.size(file)).isEqualTo(100_000);
    }

    @Test
    void shouldSayThatThereIsNotAsMuch() throws Exception {
        final Path file = Files.createFile(folder.resolve("a"));
        assumeTrue(FileSpace.allocate(file, 1), "no such call here");
        assertThatThrownBy(() -> FileSpace.allocate(file, 1L << 60)).isInstanceOf(IOException.class);
    }

    @Test
    void shouldAnswerThatNothingWasTakenWhereThereIsNoFile() throws Exception {
        assertThat(FileSpace.allocate(folder.resolve("none"), 10)).isFalse();
    }
}
