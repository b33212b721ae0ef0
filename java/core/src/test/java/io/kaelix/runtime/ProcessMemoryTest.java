// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel says of the memory of a process, and what if it says nothing. */
class ProcessMemoryTest {

    @Test
    void shouldAddHugePagesToWhatIsResident(@TempDir final Path proc) throws IOException {
        Files.createDirectory(proc.resolve("self"));
        Files.writeString(proc.resolve("self/status"),
                "Name:\tjava\nVmHWM:\t  999999 kB\nVmRSS:\t   10240 kB\nHugetlbPages:\t    4096 kB\n");
        assertThat(new ProcessMemory(proc).mebibytes()).isEqualTo(14);
    }

    @Test
    void shouldTellTheHeapWhereTheKernelDoesNotTell(@TempDir final Path proc) throws IOException {
        assertThat(new ProcessMemory(proc).mebibytes()).isBetween(0.1, Runtime.getRuntime().maxMemory() / 1e6);
        Files.createDirectory(proc.resolve("self"));
        Files.writeString(proc.resolve("self/status"), "VmRSS:\tmuch\n");
        assertThat(new ProcessMemory(proc).mebibytes()).isBetween(0.1, Runtime.getRuntime().maxMemory() / 1e6);
    }

    @Test
    void shouldTellOfThisProcess() {
        assertThat(ProcessMemory.ofThisProcess().mebibytes()).isGreaterThan(1);
    }
}
