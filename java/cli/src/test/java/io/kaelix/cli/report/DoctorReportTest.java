// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.cli.doctor.Applied;
import io.kaelix.cli.doctor.Doctor;
import io.kaelix.cli.doctor.Finding;
import io.kaelix.cli.doctor.MachineFolder;
import io.kaelix.cli.doctor.Remedy;
import io.kaelix.cli.doctor.Result;
import io.kaelix.cli.doctor.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorReportTest {

    @TempDir
    private Path root;

    private List<Result> laptop(final String... only) {
        return Doctor.examine(MachineFolder.laptop(root).host(), Set.of(only));
    }

    @Test
    void shouldShowWhatIsNotAsWantedInFull() {
        assertThat(DoctorTable.of(laptop("memory.zone-reclaim", "limits.quota"), false, false)).isEqualTo("""
                ADVICE   memory.zone-reclaim    1
                           wanted  0
                           why     a node that is full is scanned for pages to drop before another node is asked: an allocation takes
                                   milliseconds (kernel doc admin-guide/sysctl/vm)
                           now     echo 0 | sudo tee /proc/sys/vm/zone_reclaim_mode
                           always  echo vm.zone_reclaim_mode=0 | sudo tee /etc/sysctl.d/90-kaelix-vm.zone_reclaim_mode.conf

                OK       limits.quota           none

                2 checks: 1 ok, 1 advice, 0 problem, 0 unknown
                """);
    }

    @Test
    void shouldExplainWhatIsAsWantedIfAsked() {
        assertThat(DoctorTable.of(laptop("limits.quota"), false, true))
                .contains("\n           wanted  none\n").contains("(kernel doc scheduler/sched-bwc)")
                .contains("\n1 check: ");
    }

    @Test
    void shouldFitItsColumns() {
        final List<Result> all = new ArrayList<>(laptop());
        all.addAll(Doctor.examine(MachineFolder.container(root, false).host(), Set.of()));
        assertThat(DoctorTable.of(all, false, true).lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(120));
    }

    @Test
    void shouldBreakCommandsWhereAShellGoesOn() {
        final String command = "echo one two three | sudo tee /a/path";
        final List<String> lines = DoctorTable.wrapped(command, 16, " \\");
        assertThat(lines).containsExactly("echo one two \\", "three | sudo \\", "tee /a/path").allSatisfy(line -> assertThat(line.length()).isLessThan(17));
        assertThat(String.join("\n", lines).replace("\\\n", "")).isEqualTo(command);
        assertThat(DoctorTable.wrapped("averyveryverylongword and", 8, "")).containsExactly("averyveryverylongword", "and");
    }

    @Test
    void shouldBreakNoQuotes() {
        final List<String> lines = DoctorTable.wrapped("sed -i 's/one two three/four five/' file && next", 20, " \\");
        assertThat(lines).containsExactly("sed -i \\", "'s/one two three/four five/' \\", "file && next");
        for (final Result result : laptop()) {
            for (final Remedy remedy : result.finding().remedies()) {
                final List<String> broken = DoctorTable.wrapped(remedy.permanent(), 60, " \\");
                assertThat(broken).allSatisfy(line -> assertThat(line.chars().filter(c -> c == '\'').count() % 2).isZero());
                assertThat(String.join("\n", broken).replace("\\\n", "")).isEqualTo(remedy.permanent());
            }
        }
    }

    @Test
    void shouldLetNoFileControlTheTerminal() {
        final Finding finding = new Finding(Status.OK, "a\u001b[31mb\nc", "any", List.of());
        final String table = DoctorTable.of(List.of(new Result(laptop("cpu.smt").getFirst().check(), finding)), false, false);
        assertThat(table).doesNotContain("\u001b").contains("a [31mb c\n");
    }

    @Test
    void shouldColourOnlyIfAsked() {
        assertThat(DoctorTable.of(laptop(), true, false)).contains("\u001b[33mADVICE\u001b[0m   memory.hugepages",
                "\u001b[32mOK\u001b[0m       limits.quota");
        assertThat(DoctorTable.of(laptop(), false, false)).doesNotContain("\u001b");
        assertThat(DoctorTable.of(laptop(), true, true).replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(DoctorTable.of(laptop(), false, true));
    }

    @Test
    void shouldHaveStableFieldsForScripts() {
        final List<Result> results = laptop("memory.zone-reclaim");
        final Remedy remedy = results.getFirst().finding().remedies().getFirst();
        final String json = DoctorJson.of(results, List.of(new Applied("memory.zone-reclaim", remedy.now(), true, "0")));
        assertThat(json).endsWith("]}\n").isEqualTo("""
                {"ok":0,"advice":1,"problem":0,"unknown":0,"checks":[{"id":"memory.zone-reclaim","status":"advice","found":"1",\
                "wanted":"0","why":"WHY","source":"kernel doc admin-guide/sysctl/vm","remedies":[{\
                "command":"echo 0 | sudo tee /proc/sys/vm/zone_reclaim_mode",\
                "permanent":"echo vm.zone_reclaim_mode=0 | sudo tee /etc/sysctl.d/90-kaelix-vm.zone_reclaim_mode.conf",\
                "words":"","applicable":true}]}],"applied":[{"id":"memory.zone-reclaim",\
                "command":"echo 0 | sudo tee /proc/sys/vm/zone_reclaim_mode","done":true,"now":"0"}]}
                """.replace("WHY", results.getFirst().check().why()));
    }
}
