// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What the lab prints, and when it is content. */
class LabReportTest {

    private final LabReport report = new LabReport();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private boolean print() {
        return report.print(new MachineOfTwoNodes().platform(), new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    private String[] lines() {
        return printed.toString(StandardCharsets.UTF_8).split(System.lineSeparator());
    }

    @Test
    void shouldPrintAskedBesideObtainedForEachNode() {
        report.perNode("memory", (platform, node) -> Answer.of("on " + node.id(), "on " + node.id()))
                .once("weather", platform -> Answer.of("fine", "fine"));
        assertThat(print()).isTrue();
        assertThat(lines()).containsExactly(
                "node | memory asked/obtained",
                "0    | on 0 / on 0",
                "1    | on 1 / on 1",
                "",
                "weather: fine");
    }

    @Test
    void shouldNameEachDifferenceAndItsReason() {
        report.perNode("memory", (platform, node) -> new Answer("on " + node.id(), "on 0", "no room"))
                .once("weather", platform -> Answer.of("fine", "rain"));
        assertThat(print()).isFalse();
        assertThat(lines()).contains(
                "1    | on 1 / on 0",
                "weather: fine asked, obtained rain",
                "DIFFERS  node 1, memory: asked on 1, obtained on 0: no room",
                "DIFFERS  weather: asked fine, obtained rain");
    }

    @Test
    void shouldCountAFailureAsADifferenceAndGoOn() {
        report.perNode("memory", (platform, node) -> {
            throw new IllegalStateException("broken");
        }).once("weather", platform -> Answer.of("fine", "fine"));
        assertThat(print()).isFalse();
        assertThat(lines()).contains(
                "weather: fine",
                "DIFFERS  node 0, memory: asked an answer, obtained none: java.lang.IllegalStateException: broken");
    }
}
