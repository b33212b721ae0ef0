// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is shown is what is done, and it cures: on machines that were rebuilt in a folder, by the deed and by a shell. */
class RemedyTest {

    @TempDir
    private Path folder;

    private Path root;
    private Path programs;

    @BeforeEach
    void makePrograms() throws IOException {
        root = Files.createDirectory(folder.resolve("root"));
        programs = Files.createDirectory(folder.resolve("programs"));
        program("sudo", "exec \"$@\"");
        program("update-grub", "echo updated >> " + folder.resolve("started"));
    }

    private void program(final String name, final String line) throws IOException {
        Files.setPosixFilePermissions(Files.writeString(programs.resolve(name), "#!/bin/sh\n" + line + "\n"),
                PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** By a shell on that machine: its folders are below the root. */
    private void shell(final String command) throws Exception {
        final ProcessBuilder builder = new ProcessBuilder("sh", "-c", command.replaceAll("/(proc|sys|etc)/", root + "/$1/"))
                .redirectErrorStream(true);
        builder.environment().merge("PATH", programs.toString(), (old, first) -> first + ":" + old);
        final Process process = builder.start();
        final String text = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(command + ": " + text).isZero();
    }

    static List<Function<Path, MachineFolder>> machines() {
        return List.of(MachineFolder::laptop, root -> MachineFolder.container(root, false), root -> MachineFolder.container(root, true),
                MachineFolder::ofTwoNodes);
    }

    private record Ill(String id, Remedy remedy, Change.Write write) {
    }

    private static List<Ill> writes(final Host host) {
        final List<Ill> found = new ArrayList<>();
        for (final Result result : Doctor.examine(host, Set.of())) {
            for (final Remedy remedy : result.finding().remedies()) {
                if (remedy.change().isPresent() && remedy.change().get() instanceof Change.Write write) {
                    found.add(new Ill(result.check().id(), remedy, write));
                }
            }
        }
        assertThat(found).isNotEmpty();
        return found;
    }

    private Map<String, String> content() throws IOException {
        final Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (final Path file : files.filter(Files::isRegularFile).toList()) {
                content.put(root.relativize(file).toString(), Files.readString(file));
            }
        }
        return content;
    }

    @ParameterizedTest
    @MethodSource("machines")
    void shouldDoWhatAShellDoesWithTheTextThatIsShown(final Function<Path, MachineFolder> machine) throws Exception {
        for (final Ill ill : writes(machine.apply(root).host())) {
            ill.write.apply(machine.apply(root).host());
            final Map<String, String> byDeed = content();
            machine.apply(root);
            assertThat(content()).as(ill.id).isNotEqualTo(byDeed);
            shell(ill.remedy.now());
            assertThat(content()).as(ill.id).isEqualTo(byDeed);
        }
    }

    /** What the kernel would do: a file with a choice keeps its brackets there, pages that were reserved are seen on the node. */
    private void react(final MachineFolder machine, final Change.Write write) {
        for (final String file : write.files()) {
            if (file.startsWith("/sys/kernel/mm/transparent_hugepage/")) {
                machine.file(file, "always [" + write.value() + "] never");
            } else if (file.equals("/proc/sys/vm/nr_hugepages")) {
                machine.file("/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages", write.value())
                        .file("/sys/devices/system/node/node0/hugepages/hugepages-2048kB/free_hugepages", write.value());
            } else if (file.endsWith("/nr_hugepages")) {
                machine.file(file.replace("nr_hugepages", "free_hugepages"), write.value());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("machines")
    void shouldCureWhatItIsFor(final Function<Path, MachineFolder> machine) throws Exception {
        for (final Ill ill : writes(machine.apply(root).host())) {
            final MachineFolder patient = machine.apply(root);
            ill.write.apply(patient.host());
            react(patient, ill.write);
            assertThat(Doctor.examine(patient.host(), Set.of(ill.id)).getFirst().finding().status()).as(ill.id).isEqualTo(Status.OK);
            assertThat(ill.write.readBack(patient.host())).as(ill.id).contains(ill.write.value());
        }
    }

    @ParameterizedTest
    @MethodSource("machines")
    void shouldKeepTheSameValueForTheNextStart(final Function<Path, MachineFolder> machine) throws Exception {
        Files.createDirectories(root.resolve("etc/sysctl.d"));
        Files.createDirectories(root.resolve("etc/tmpfiles.d"));
        for (final Ill ill : writes(machine.apply(root).host())) {
            if (ill.remedy.permanent().contains("sudo tee /etc/")) {
                final Map<String, String> before = content();
                shell(ill.remedy.permanent());
                final Map<String, String> after = content();
                after.keySet().removeAll(before.keySet());
                assertThat(after).as(ill.id).hasSize(1);
                // At its start the kernel spreads hugepages over both nodes.
                final String kept = ill.write.files().getFirst().contains("/node1/") ? "" + 2 * Integer.parseInt(ill.write.value())
                        : ill.write.value();
                assertThat(after.values().iterator().next()).as(ill.id).endsWith(kept + "\n").containsAnyOf("=", "w " + root + "/sys/");
            }
        }
    }

    @Test
    void shouldPutParametersOnTheCommandLineOfTheKernel() throws Exception {
        final Path grub = root.resolve("etc/default/grub");
        Files.createDirectories(grub.getParent());
        Files.writeString(grub, "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\nGRUB_CMDLINE_LINUX=\"console=ttyS0\"\n");
        shell(Distribution.DEBIAN.bootParameters("isolcpus=domain,managed_irq,2-3 nohz_full=2-3").permanent());
        assertThat(Files.readString(grub)).isEqualTo("GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n"
                + "GRUB_CMDLINE_LINUX=\"isolcpus=domain,managed_irq,2-3 nohz_full=2-3 console=ttyS0\"\n");
        assertThat(Files.readString(folder.resolve("started"))).isEqualTo("updated\n");
    }

    @Test
    void shouldPutParametersOnTheCommandLineOfARedHatKernel() throws Exception {
        program("grubby", "printf '%s\\n' \"$@\" >> " + folder.resolve("started"));
        shell(Distribution.RED_HAT.bootParameters("isolcpus=2-3 nohz_full=2-3").permanent());
        assertThat(Files.readString(folder.resolve("started"))).isEqualTo("--update-kernel=ALL\n--args=isolcpus=2-3 nohz_full=2-3\n");
    }

    @Test
    void shouldRunTheProgramThatIsShown() throws IOException {
        final MachineFolder laptop = MachineFolder.laptop(root);
        final List<String> shown = new ArrayList<>();
        for (final Result result : Doctor.examine(laptop.host(), Set.of())) {
            for (final Remedy remedy : result.finding().remedies()) {
                if (remedy.change().orElse(null) instanceof Change.Run run) {
                    run.apply(laptop.host());
                    shown.add(remedy.now());
                }
            }
        }
        assertThat(shown).hasSize(4).containsExactlyElementsOf(laptop.programs().stream().map(words -> "sudo " + String.join(" ", words))
                .toList());
    }

    @Test
    void shouldSayInOneLineWhatCannotBeWritten() {
        final Host host = new MachineFolder(root).host();
        assertThatThrownBy(() -> Change.Write.to("/proc/sys/vm/none", "1").apply(host)).isInstanceOf(IOException.class)
                .hasMessage("/proc/sys/vm/none is not there");
        assertThat(content(root.resolve("proc"))).isFalse();
        assertThat(Change.Write.to("/proc/sys/vm/none", "1").readBack(host)).isEqualTo("/proc/sys/vm/none is not there");
    }

    private static boolean content(final Path path) {
        return Files.exists(path);
    }

    @ParameterizedTest
    @MethodSource("machines")
    void shouldShowOnlyWhatAShellUnderstands(final Function<Path, MachineFolder> machine) throws Exception {
        for (final Result result : Doctor.examine(machine.apply(root).unusableLibrary().host(), Set.of())) {
            for (final Remedy remedy : result.finding().remedies()) {
                assertThat(remedy.now() + remedy.permanent() + remedy.words()).as(result.check().id()).isNotEmpty();
                understood(remedy.now());
                understood(remedy.permanent());
            }
        }
    }

    private static void understood(final String command) throws Exception {
        final Process shell = new ProcessBuilder("sh", "-n", "-c", command).redirectErrorStream(true).start();
        assertThat(shell.waitFor()).as(command).isZero();
    }

    @Test
    void shouldNeverShowARedirectionThatSudoWouldNotDo() {
        for (final Function<Path, MachineFolder> machine : machines()) {
            for (final Result result : Doctor.examine(machine.apply(root).host(), Set.of())) {
                assertThat(result.finding().remedies()).allSatisfy(remedy -> assertThat(remedy.now() + remedy.permanent())
                        .doesNotContain(">"));
            }
        }
    }
}
