// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuTimesTest {

    @TempDir
    private Path proc;

    private CpuTimes read(final String stat) throws IOException {
        Files.writeString(proc.resolve("stat"), stat);
        return CpuTimes.read(proc);
    }

    @Test
    void shouldReadTheShareThatWasStolen() throws IOException {
        final CpuTimes before = read("cpu  100 0 50 800 10 0 5 35 7 0\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 5\n");
        assertThat(before).isEqualTo(new CpuTimes(35, 1_000));
        final CpuTimes after = read("cpu  150 0 60 920 12 0 8 50 7 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n");
        assertThat(after.stealShareSince(before)).isEqualTo(0.075, within(1e-9));
    }

    @Test
    void shouldNotKnowWhereTheKernelDoesNotTell() throws IOException {
        assertThat(CpuTimes.read(proc.resolve("none"))).isEqualTo(CpuTimes.UNKNOWN);
        assertThat(read("")).isEqualTo(CpuTimes.UNKNOWN);
        assertThat(read("cpu 1 2 3\n")).as("a kernel that knows no steal").isEqualTo(CpuTimes.UNKNOWN);
        assertThat(read("cpu a b c d e f g h\n")).isEqualTo(CpuTimes.UNKNOWN);
        final CpuTimes known = new CpuTimes(1, 100);
        assertThat(known.stealShareSince(CpuTimes.UNKNOWN)).isEqualTo(-1);
        assertThat(CpuTimes.UNKNOWN.stealShareSince(known)).isEqualTo(-1);
        assertThat(known.stealShareSince(known)).as("no time has passed").isEqualTo(-1);
    }
}
