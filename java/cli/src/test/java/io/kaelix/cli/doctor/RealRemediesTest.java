// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Remedies on the machine at hand, where this is root and may: each value is put back, mounts are made in a namespace of their own,
 * and limits are those of a process that ends here. No value is made worse meanwhile, since others may run beside this test.
 */
class RealRemediesTest {

    private static final MachineFiles MACHINE = new MachineFiles(Path.of("/"));

    private static Host host() {
        final Host around = new MachineFolder(Path.of("/")).host();
        return new Host(MACHINE, around.topology(), around.platform(), around.jvm(), new Host.Surroundings(System::getProperty,
                System::getenv,
                around.around().space(), around.around().pause(), ThisMachine::run), around.memory());
    }

    private static void assumeRoot() {
        assumeTrue(host().isRoot(), "only root may");
    }

    /** Value in force: of a file with a choice, what stands in brackets. */
    private static String value(final String file) {
        return MACHINE.read(file).text().replaceAll(".*\\[(.*)].*", "$1");
    }

    @ParameterizedTest
    @CsvSource({"vm.zone_reclaim_mode, 0", "vm.swappiness, 1", "kernel.numa_balancing, 0", "net.core.rmem_max, 4194304",
        "net.core.wmem_max, 4194304", "fs.inotify.max_user_watches, 65536", "fs.inotify.max_user_instances, 512",
        "kernel.perf_event_paranoid, 1", "kernel.kptr_restrict, 0"})
    void shouldWriteASysctl(final String name, final String wanted) throws IOException {
        final Change.Write change = (Change.Write) Remedy.sysctl(name, wanted).change().orElseThrow();
        shouldWrite(change.files().getFirst(), change);
    }

    @Test
    void shouldReserveAHugepageMore() throws IOException {
        final String file = "/proc/sys/vm/nr_hugepages";
        assumeTrue(MACHINE.number(file).isPresent(), "no hugepages here");
        shouldWrite(file, Change.Write.to(file, Long.toString(MACHINE.number(file).getAsLong() + 1)));
    }

    @ParameterizedTest
    @CsvSource({"/sys/kernel/mm/transparent_hugepage/enabled, madvise", "/sys/kernel/mm/transparent_hugepage/defrag, madvise",
        "/sys/kernel/mm/transparent_hugepage/shmem_enabled, advise",
        "/sys/devices/system/clocksource/clocksource0/current_clocksource, tsc"})
    void shouldWriteWhatIsNoSysctl(final String file, final String wanted) throws IOException {
        assumeTrue(!file.contains("clocksource")
                || MACHINE.read(file.replace("current", "available")).text().contains(wanted), "no such clock here");
        shouldWrite(file, Change.Write.to(file, wanted));
    }

    private static void shouldWrite(final String file, final Change.Write change) throws IOException {
        assumeRoot();
        assumeTrue(Files.isWritable(Path.of(file)), file + " may not be written here");
        final String before = value(file);
        try {
            change.apply(host());
            assertThat(value(file)).isEqualTo(change.value());
            assertThat(change.readBack(host())).contains(change.value());
        } finally {
            MACHINE.write(file, before);
        }
        assertThat(value(file)).isEqualTo(before);
    }

    @Test
    void shouldRaiseTheLimitsOfAProcessThatIsAShell() throws Exception {
        assumeProgram("prlimit");
        final Process shell = new ProcessBuilder("sh", "-c", "ulimit -S -l 64 && echo && read wait").start();
        try {
            assertThat(shell.getInputStream().read()).isEqualTo('\n');
            final String file = "/proc/" + shell.pid() + "/limits";
            assumeTrue(hard(file) >= 8 << 20, "the hard limit is lower than what is wanted, and raising that takes a capability");
            new Change.Run(List.of("prlimit", "--pid", Long.toString(shell.pid()), "--memlock=8388608:"), host -> "").apply(host());
            assertThat(MACHINE.value(file, "Max locked memory")).startsWith("8388608 ");
        } finally {
            shell.destroy();
        }
    }

    private static long hard(final String file) {
        final String hard = MACHINE.value(file, "Max locked memory").split("\\s+")[1];
        return hard.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(hard);
    }

    @Test
    void shouldSayWhatAProgramSaidThatFailed() {
        assumeProgram("prlimit");
        assertThatThrownBy(() -> ThisMachine.run(List.of("prlimit", "--pid", "1", "--nonsense=1")))
                .isInstanceOf(IOException.class).hasMessageStartingWith("prlimit ended with 1: ").message().hasLineCount(1);
        assertThatThrownBy(() -> ThisMachine.run(List.of("kaelix-no-such-program")))
                .isInstanceOf(IOException.class).message().hasLineCount(1);
    }

    /** In a mount namespace of its own: nobody else sees it, and it ends with the process. */
    @Test
    void shouldMountAndEnlargeAndAllow() throws Exception {
        assumeRoot();
        assumeProgram("unshare");
        final Process script = new ProcessBuilder("unshare", "--mount", "--propagation", "private", "sh", "-e", "-c", """
                while mountpoint -q /dev/shm; do umount -l /dev/shm; done
                mount -t tmpfs -o nosuid,nodev,mode=1777,size=1g tmpfs /dev/shm
                df --output=size /dev/shm | tail -n 1
                mount -o remount,size=545m /dev/shm
                df --output=size /dev/shm | tail -n 1
                mount -o remount,noexec /dev/shm
                mount -o remount,exec /dev/shm
                grep ' /dev/shm ' /proc/self/mountinfo | grep -c noexec || true
                """).redirectErrorStream(true).start();
        final String said = new String(script.getInputStream().readAllBytes(), UTF_8);
        assumeTrue(script.waitFor() == 0, "no mounts here: " + said);
        assertThat(said.lines().map(String::strip)).containsExactly("1048576", "558080", "0");
    }

    private static void assumeProgram(final String name) {
        assumeTrue(List.of("/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/").stream().anyMatch(folder -> Files.isExecutable(Path.of(folder
                + name))),
                "no " + name + " here");
    }
}
