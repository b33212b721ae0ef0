// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipeProbeTest {

    private static final Path NOTHING = Path.of("/sys/kernel/uevent_seqnum");

    @TempDir
    private Path folder;

    /** Both ends of a pipe with a name; the end for reading first, since the other waits for it. */
    private FileChannel[] pipe() throws Exception {
        final Path pipe = folder.resolve("pipe");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "no mkfifo here");
        // Opened for both, it waits for nobody.
        final FileChannel both = FileChannel.open(pipe, StandardOpenOption.READ, StandardOpenOption.WRITE);
        final FileChannel writing = FileChannel.open(pipe, StandardOpenOption.WRITE);
        return new FileChannel[] {both, writing};
    }

    @Test
    void shouldTellThatTheReaderIsGoneAndWriteNothing() throws Exception {
        assumeTrue(Files.exists(NOTHING), "no such file of the kernel here");
        final FileChannel[] ends = pipe();
        try (FileChannel writing = ends[1]; PipeProbe probe = PipeProbe.of(writing, NOTHING)) {
            assertThat(probe.isAble()).isTrue();
            for (int i = 0; i < 3; i++) {
                assertThatCode(probe::check).doesNotThrowAnyException();
            }
            ends[0].close();
            assertThatThrownBy(probe::check).isInstanceOf(ClosedPipeException.class);
        }
    }

    @Test
    void shouldDoWithoutWhereItCannotBeAsked() throws Exception {
        final Path full = Files.writeString(folder.resolve("full"), "content");
        final FileChannel out = FileChannel.open(folder.resolve("out"), StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        for (final Path file : new Path[] {full, folder.resolve("missing"), Files.createFile(folder.resolve("empty"))}) {
            try (PipeProbe probe = PipeProbe.of(out, file)) {
                assertThat(probe.isAble()).isFalse();
                probe.check();
            }
        }
        assertThat(folder.resolve("out")).isEmptyFile();
        try (PipeProbe probe = PipeProbe.of(new Terminal(Channels.newChannel(new ByteArrayInputStream(new byte[0])),
                Channels.newChannel(new ByteArrayOutputStream()), System.err, false))) {
            assertThat(probe.isAble()).isFalse();
        }
    }
}
