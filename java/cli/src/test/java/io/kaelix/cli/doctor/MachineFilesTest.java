// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineFilesTest {

    @TempDir
    private Path root;

    /** A sysctl tells its number to one read: read byte by byte, all but the first digit are lost. */
    @Test
    void shouldReadAllDigitsOfASysctl() throws Exception {
        final String file = "/proc/sys/fs/inotify/max_user_watches";
        assumeTrue(Files.isReadable(Path.of(file)), "no such sysctl here");
        final Process cat = new ProcessBuilder("cat", file).start();
        final String expected = new String(cat.getInputStream().readAllBytes()).strip();
        assertThat(new MachineFiles(Path.of("/")).read(file).text()).isEqualTo(expected).hasSizeGreaterThan(1);
    }

    @Test
    void shouldSayWhyAFileIsNotKnown() throws IOException {
        Files.createDirectories(root.resolve("proc/self"));
        final MachineFiles files = new MachineFiles(root);
        assertThat(files.read("/proc/none")).isEqualTo(new MachineFiles.Reading("", "/proc/none is not there"));
        assertThat(files.read("/proc/self").failure()).startsWith("/proc/self is refused: ").hasLineCount(1);
        assertThat(files.number("/proc/none")).isEmpty();
        assertThat(files.lines("/proc/none")).isEmpty();
    }

    @Test
    void shouldLeaveNothingOfALongerValue() throws IOException {
        Files.writeString(root.resolve("file"), "powersave\n");
        new MachineFiles(root).write("/file", "on");
        assertThat(root.resolve("file")).hasContent("on\n");
    }

    @Test
    void shouldMakeNoFileThatIsNotThere() {
        assertThatThrownBy(() -> new MachineFiles(root).write("/file", "on")).isInstanceOf(IOException.class)
                .hasMessage("/file is not there");
        assertThat(root.resolve("file")).doesNotExist();
    }

    @Test
    void shouldFindTheMountThatHidesOthers() throws IOException {
        Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(root.resolve("proc/self/mountinfo"), """
                1 1 8:1 / / rw - ext4 /dev/sda1 rw
                2 1 8:2 / /home rw,noexec shared:1 - ext4 /dev/sda2 rw
                3 2 8:3 / /home rw - xfs /dev/sda3 rw
                4 1 8:4 / /with\\040blank rw - ext4 /dev/sda4 rw
                broken
                """);
        final MountTable mounts = MountTable.of(new MachineFiles(root));
        assertThat(mounts.of("/home/user").orElseThrow().type()).isEqualTo("xfs");
        assertThat(mounts.of("/homes").orElseThrow().point()).isEqualTo("/");
        assertThat(mounts.of("/with blank/x").orElseThrow().options()).isEqualTo(List.of("rw"));
        assertThat(MountTable.of(new MachineFiles(root.resolve("none"))).of("/")).isEmpty();
    }

    @Test
    void shouldClimbToTheLeastLimitOfMemory() throws IOException {
        final MachineFolder machine = new MachineFolder(root).file("/proc/self/cgroup", "0::/a/b")
                .file("/proc/self/mountinfo", "1 1 0:1 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw").file("/sys/fs/cgroup/a/b/memory.max",
                "max")
                .file("/sys/fs/cgroup/a/memory.max", "1048576");
        assertThat(MemoryLimit.of(machine.host().files())).isEqualTo(new MemoryLimit(1 << 20, "/sys/fs/cgroup/a/memory.max"));
        machine.file("/sys/fs/cgroup/a/b/memory.max", "4096");
        assertThat(MemoryLimit.of(machine.host().files()).bytes()).isEqualTo(4096);
    }

    @Test
    void shouldTakeTheLargestNumberOfVersionOneForNoLimit() {
        final MachineFolder machine = new MachineFolder(root).file("/proc/self/cgroup", "3:memory:/")
                .file("/proc/self/mountinfo", "1 1 0:1 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory")
                .file("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712");
        assertThat(MemoryLimit.of(machine.host().files()).source()).isEmpty();
    }
}
