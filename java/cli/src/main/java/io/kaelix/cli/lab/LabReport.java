// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.lab;

import io.kaelix.platform.Platform;
import io.kaelix.platform.topology.NumaTopology;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Asks every question, and prints asked and obtained side by side: a table with a row for each node, if nodes are asked anything, then a
 * line for each question to the machine, then a line for each difference. For one thread.
 */
final class LabReport {

    private final Map<String, NodeCheck> nodeChecks = new LinkedHashMap<>();
    private final Map<String, MachineCheck> machineChecks = new LinkedHashMap<>();
    private final List<String> differences = new ArrayList<>();

    /** One column more. */
    LabReport perNode(final String title, final NodeCheck check) {
        nodeChecks.put(title, check);
        return this;
    }

    /** One line more. */
    LabReport once(final String title, final MachineCheck check) {
        machineChecks.put(title, check);
        return this;
    }

    /**
     * Asks and prints.
     *
     * @return whether all that was obtained is what was asked
     */
    boolean print(final Platform platform, final PrintStream out) {
        final List<List<String>> rows = new ArrayList<>();
        rows.add(new ArrayList<>(List.of("node")));
        nodeChecks.keySet().forEach(title -> rows.getFirst().add(title + " asked/obtained"));
        for (final NumaTopology.Node node : platform.topology().nodes()) {
            final List<String> row = new ArrayList<>(List.of(Integer.toString(node.id())));
            nodeChecks.forEach((title, check) -> {
                final Answer answer = answer("node " + node.id() + ", " + title, () -> check.ask(platform, node));
                row.add(answer.asked() + " / " + answer.obtained());
            });
            rows.add(row);
        }
        if (!nodeChecks.isEmpty()) {
            printTable(rows, out);
            out.println();
        }
        machineChecks.forEach((title, check) -> {
            final Answer answer = answer(title, () -> check.ask(platform));
            out.println(title + ": " + answer.asked() + (answer.equal() ? "" : " asked, obtained " + answer.obtained()));
            out.flush();
        });
        differences.forEach(difference -> out.println("DIFFERS  " + difference));
        out.flush();
        return differences.isEmpty();
    }

    private Answer answer(final String title, final Callable<Answer> question) {
        Answer answer;
        try {
            answer = question.call();
        } catch (final Exception | LinkageError | AssertionError failure) {
            answer = new Answer("an answer", "none", failure.toString());
        }
        if (!answer.equal()) {
            differences.add(title + ": asked " + answer.asked() + ", obtained " + answer.obtained()
                    + (answer.why().isEmpty() ? "" : ": " + answer.why()));
        }
        return answer;
    }

    private static void printTable(final List<List<String>> rows, final PrintStream out) {
        final int columns = rows.getFirst().size();
        final int[] widths = new int[columns];
        for (final List<String> row : rows) {
            for (int column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        for (final List<String> row : rows) {
            final StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                final String cell = row.get(column);
                line.append(column == 0 ? "" : " | ").append(cell).append(" ".repeat(widths[column] - cell.length()));
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
