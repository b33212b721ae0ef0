// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.CpuSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessStatusTest {

    @TempDir
    private Path proc;

    private ProcessStatus process(final String cpus) throws IOException {
        Files.createDirectories(proc.resolve("self"));
        Files.writeString(proc.resolve("self/status"), "Name:\tjava\nCpus_allowed:\tffff\nCpus_allowed_list:\t" + cpus + "\n");
        return new ProcessStatus(proc);
    }

    @Test
    void shouldReadTheCpusOfTheThreadApartFromThoseOfTheProcess() throws IOException {
        final ProcessStatus process = process("0-15");
        assertThat(process.cpusOfThread()).isEqualTo(CpuSet.parse("0-15"));
        Files.createDirectories(proc.resolve("thread-self"));
        Files.writeString(proc.resolve("thread-self/status"), "Cpus_allowed_list:\t7\n");
        assertThat(process.cpusOfThread()).isEqualTo(CpuSet.of(7));
        assertThat(process.cpus()).isEqualTo(CpuSet.parse("0-15"));
    }

    @Test
    void shouldCountCpusWhereTheKernelsAnswerIsNotUnderstood() throws IOException {
        assertThat(process("some").cpus().size()).isEqualTo(Runtime.getRuntime().availableProcessors());
    }
}
