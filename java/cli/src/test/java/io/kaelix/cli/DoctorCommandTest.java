// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.ExitStatus;
import io.kaelix.cli.console.Interactive;
import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import io.kaelix.cli.doctor.MachineFolder;
import io.kaelix.config.ConfigException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code kaelix doctor} with a machine in a folder and somebody who types. */
class DoctorCommandTest {

    private static final String THREE = "memory.zone-reclaim,memory.defrag,files.shm";

    @TempDir
    private Path root;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();
    private MachineFolder machine;

    @BeforeEach
    void makeLaptop() {
        machine = MachineFolder.laptop(root);
    }

    private void becomeRoot() throws IOException {
        final Path status = root.resolve("proc/self/status");
        Files.writeString(status, Files.readString(status).replace("1000", "0"));
    }

    private int doctor(final boolean terminalIn, final String typed, final String... arguments) throws IOException {
        return doctor(terminalIn, new ByteArrayInputStream(typed.getBytes(UTF_8)), new StopSignal(), arguments);
    }

    private int doctor(final boolean terminalIn, final InputStream typed, final StopSignal stop, final String... arguments)
            throws IOException {
        final Terminal terminal = new Terminal(Channels.newChannel(typed),
                Channels.newChannel(out), new PrintStream(err, true, UTF_8), false);
        final DoctorCommand command = new DoctorCommand(terminal, new Interactive(terminalIn, false), stop, machine::host, environment);
        new CommandLine(command).parseArgs(arguments);
        return command.call();
    }

    private String value(final String file) throws IOException {
        return Files.readString(root.resolve(file)).strip();
    }

    private String out() {
        return out.toString(UTF_8);
    }

    private String err() {
        return err.toString(UTF_8);
    }

    @Test
    void shouldExitWithZeroIfAllThereIsIsAdvice() throws IOException {
        assertThat(doctor(false, "")).isEqualTo(ExitStatus.OK);
        assertThat(out()).contains("ADVICE   memory.hugepages", " 0 problem, 0 unknown\n");
        assertThat(err()).isEmpty();
    }

    @Test
    void shouldExitWithOneIfThereIsAProblem() throws IOException {
        machine.file("/proc/self/mountinfo", "1 1 8:1 / / rw,noexec - ext4 /dev/sda1 rw");
        assertThat(doctor(false, "", "--json")).isEqualTo(ExitStatus.FAILED);
        assertThat(out()).contains("\"problem\":1,").endsWith("\"applied\":[]}\n");
    }

    @Test
    void shouldExamineOnlyWhatIsNamed() throws IOException {
        doctor(false, "", "--only", "profiling,clock.source");
        assertThat(out().lines().filter(line -> line.startsWith("ADVICE"))).hasSize(3);
        assertThat(out()).contains("\n3 checks: ");
        assertThatThrownBy(() -> doctor(false, "", "--only", "memory.none")).isInstanceOf(CommandException.class)
                .hasMessageStartingWith(
                        "there is no check 'memory.none'; name one as the table does, or a family: platform, cpu, memory, ");
    }

    @Test
    void shouldReserveForTheMemoryThatIsNamed() throws IOException {
        doctor(false, "", "--only", "memory.hugepages", "--memory", "64m");
        assertThat(out()).contains("32 of 2 MiB (64.0 MiB, the memory limit)", "echo 32 | sudo tee /proc/sys/vm/nr_hugepages");
    }

    @Test
    void shouldReserveForTheMemoryOfAFileOfSettings() throws IOException {
        final Path file = Files.writeString(root.resolve("kaelix.toml"), "[memory]\nlimit = \"128MiB\"\n");
        doctor(false, "", "--only", "memory.hugepages", "--config", file.toString());
        assertThat(out()).contains("64 of 2 MiB (128 MiB, the memory limit)");
        doctor(false, "", "--only", "memory.hugepages", "--config", file.toString(), "--memory", "64m");
        assertThat(out()).contains("32 of 2 MiB (64.0 MiB, the memory limit)");
        environment.put("KAELIX_MEMORY_LIMIT", "256MiB");
        doctor(false, "", "--only", "memory.hugepages", "--config", file.toString());
        assertThat(out()).contains("128 of 2 MiB (256 MiB, the memory limit)");
        assertThatThrownBy(() -> doctor(false, "", "--config", root.resolve("none.toml").toString()))
                .isInstanceOf(ConfigException.class).hasMessageContaining("none.toml");
    }

    @Test
    void shouldReadOnlyUnlessToldOtherwise() throws IOException {
        doctor(true, "y\ny\ny\n");
        assertThat(value("proc/sys/vm/zone_reclaim_mode")).isEqualTo("1");
        assertThat(machine.programs()).isEmpty();
    }

    @Test
    void shouldDoWhatIsAgreedToAndReadItBack() throws IOException {
        becomeRoot();
        assertThat(doctor(true, "what?\ny\nno\n Yes \n", "--apply", "--only", THREE)).isEqualTo(ExitStatus.OK);
        // In the order of the table: defrag, zone-reclaim, shm.
        assertThat(value("sys/kernel/mm/transparent_hugepage/defrag")).isEqualTo("madvise");
        assertThat(value("proc/sys/vm/zone_reclaim_mode")).isEqualTo("1");
        assertThat(machine.programs()).containsExactly(List.of("mount", "-o", "remount,size=545m", "/dev/shm"));
        assertThat(err()).contains("memory.zone-reclaim: 1; wanted: 0\n  echo 0 | sudo tee /proc/sys/vm/zone_reclaim_mode\n"
                + "do this now? [y/n] ",
                "y or n\n", "memory.defrag is now: madvise\n", "files.shm is now: 64.0 MiB, 32.0 MiB free\n")
                .doesNotContain("zone-reclaim is now");
        assertThat(out()).contains("ADVICE   memory.zone-reclaim");
    }

    @Test
    void shouldDoNothingMoreWhenNobodyAnswers() throws IOException {
        becomeRoot();
        assertThat(doctor(true, "", "--apply", "--only", THREE)).isEqualTo(ExitStatus.OK);
        assertThat(value("proc/sys/vm/zone_reclaim_mode")).isEqualTo("1");
        assertThat(machine.programs()).isEmpty();
    }

    /** Ctrl-C while it waits for an answer. */
    @Test
    void shouldEndWithoutAChangeWhenItIsStopped() throws IOException {
        becomeRoot();
        final StopSignal stop = new StopSignal();
        final InputStream interrupted = new InputStream() {
            @Override
            public int read() {
                stop.request();
                return 'y';
            }
        };
        assertThat(doctor(true, interrupted, stop, "--apply", "--only", THREE)).isEqualTo(ExitStatus.INTERRUPTED);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(value("proc/sys/vm/zone_reclaim_mode")).isEqualTo("1");
        assertThat(out()).isEmpty();
        assertThat(err()).containsOnlyOnce("do this now?");
    }

    @Test
    void shouldDoAllWithoutATerminalIfToldSo() throws IOException {
        becomeRoot();
        assertThat(doctor(false, "", "--apply", "--yes", "--json", "--only", "memory.zone-reclaim")).isEqualTo(ExitStatus.OK);
        assertThat(out()).startsWith("{\"ok\":1,\"advice\":0,").contains("\"applied\":[{\"id\":\"memory.zone-reclaim\","
                + "\"command\":\"echo 0 | sudo tee /proc/sys/vm/zone_reclaim_mode\",\"done\":true,\"now\":\"0\"}]");
    }

    @Test
    void shouldFailIfTheMachineRefuses() throws IOException {
        becomeRoot();
        machine.refusing("mount ended with 32: mount: /dev/shm: permission denied.");
        assertThat(doctor(false, "", "--apply", "--yes", "--only", "files.shm")).isEqualTo(ExitStatus.FAILED);
        assertThat(err()).contains("files.shm not changed: mount ended with 32: mount: /dev/shm: permission denied.\n");
    }

    @Test
    void shouldSayThatThereIsNothingToApply() throws IOException {
        becomeRoot();
        assertThat(doctor(true, "", "--apply", "--only", "limits.quota")).isEqualTo(ExitStatus.OK);
        assertThat(err()).isEqualTo("nothing to apply\n");
    }

    @Test
    void shouldAskNobodyWithoutATerminal() throws IOException {
        becomeRoot();
        assertThatThrownBy(() -> doctor(false, "y\n", "--apply")).isInstanceOf(CommandException.class)
                .hasMessageContaining("standard input is no terminal: give --yes");
        assertThatThrownBy(() -> doctor(true, "", "--yes")).isInstanceOf(CommandException.class)
                .hasMessage("--yes is for changes: give --apply too");
        assertThat(value("proc/sys/vm/zone_reclaim_mode")).isEqualTo("1");
    }

    @Test
    void shouldNeedRootForChanges() throws IOException {
        assertThatThrownBy(() -> doctor(true, "y\n", "--apply")).isInstanceOf(CommandException.class)
                .hasMessage("--apply changes what only root may: run it by sudo");
        assertThat(out()).isEmpty();
    }

    @Test
    void shouldExamineThisMachine() throws IOException {
        final CommandRun run = CommandRun.kaelix("doctor", "--json");
        assertThat(run.status()).isBetween(ExitStatus.OK, ExitStatus.FAILED);
        assertThat(run.text()).startsWith("{\"ok\":").contains("{\"id\":\"platform.library\"", "{\"id\":\"clock.source\"").hasLineCount(1);
        assertThat(CommandRun.kaelix("doctor", "--help").text()).contains("checks[]", "applied[]", "--apply", "Exit status");
    }
}
