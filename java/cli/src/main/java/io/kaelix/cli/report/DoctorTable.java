// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.report;

import io.kaelix.cli.doctor.Doctor;
import io.kaelix.cli.doctor.Finding;
import io.kaelix.cli.doctor.Remedy;
import io.kaelix.cli.doctor.Result;
import io.kaelix.cli.doctor.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a machine allows, for people: a line for what is as wanted, some more for what is not. Lines have at most {@value #WIDTH} columns;
 * what is to be typed is broken only where a shell goes on reading.
 *
 * <pre>
 * OK       memory.swap            off
 * ADVICE   memory.hugepages       0 of 2 MiB reserved, 0 free
 *            wanted  2,048 of 2 MiB (4.00 GiB, the memory limit)
 *            why     a lane of 1 MiB takes 256 entries of the TLB in normal pages …
 *            now     echo 2048 | sudo tee /proc/sys/vm/nr_hugepages
 *            always  echo vm.nr_hugepages=2048 | sudo tee /etc/sysctl.d/90-kaelix-vm.nr_hugepages.conf
 * </pre>
 */
public final class DoctorTable {

    private static final int WIDTH = 120;
    private static final String HEAD = "%-8s %-22s ";
    private static final int HEAD_WIDTH = 32;
    private static final String DETAIL = "%-11s%-7s ";
    private static final int DETAIL_WIDTH = 19;

    private static final String RESET = "\u001b[0m";
    private static final String DIM = "\u001b[2m";
    private static final String BOLD = "\u001b[1m";

    private final StringBuilder text = new StringBuilder();
    private final boolean colours;
    private final boolean explained;

    private DoctorTable(final boolean colours, final boolean explained) {
        this.colours = colours;
        this.explained = explained;
    }

    /**
     * The table, lines ended.
     *
     * @param colours whether it is for a terminal
     * @param explained whether what is as wanted is explained as well
     */
    public static String of(final List<Result> results, final boolean colours, final boolean explained) {
        final DoctorTable table = new DoctorTable(colours, explained);
        String family = "";
        for (final Result result : results) {
            if (!family.isEmpty() && !family.equals(Doctor.family(result.check().id()))) {
                table.text.append('\n');
            }
            family = Doctor.family(result.check().id());
            table.row(result);
        }
        table.summary(results);
        return table.text.toString();
    }

    static long count(final List<Result> results, final Status status) {
        return results.stream().filter(result -> result.finding().status() == status).count();
    }

    private void row(final Result result) {
        final Finding finding = result.finding();
        final String status = finding.status().name();
        final String head = String.format(HEAD, status, result.check().id());
        final List<String> found = wrapped(finding.found(), WIDTH - HEAD_WIDTH, "");
        text.append(colour(finding.status())).append(head, 0, status.length()).append(reset()).append(head.substring(status.length()))
                .append(found.getFirst()).append('\n');
        found.stream().skip(1).forEach(line -> text.append(" ".repeat(HEAD_WIDTH)).append(line).append('\n'));
        if (finding.status() == Status.ADVICE || finding.status() == Status.PROBLEM || explained) {
            detail("wanted", finding.wanted(), "");
            detail("why", result.check().why() + " (" + result.check().source() + ")", "");
        }
        for (int i = 0; i < finding.remedies().size(); i++) {
            final Remedy remedy = finding.remedies().get(i);
            command(i == 0 ? "now" : "or now", remedy.now());
            command("always", remedy.permanent());
            if (!remedy.words().isEmpty()) {
                detail("do", remedy.words(), "");
            }
        }
    }

    private void command(final String name, final String command) {
        if (!command.isEmpty()) {
            detail(name, command, " \\");
        }
    }

    private void detail(final String name, final String content, final String joint) {
        final List<String> lines = wrapped(content, WIDTH - DETAIL_WIDTH, joint);
        final boolean typed = !joint.isEmpty();
        for (int i = 0; i < lines.size(); i++) {
            text.append(i == 0 ? String.format(DETAIL, "", name) : " ".repeat(DETAIL_WIDTH)).append(colours ? typed ? BOLD : DIM : "")
                    .append(lines.get(i)).append(reset()).append('\n');
        }
    }

    private void summary(final List<Result> results) {
        text.append('\n').append(results.size()).append(results.size() == 1 ? " check" : " checks");
        String separator = ": ";
        for (final Status status : Status.values()) {
            text.append(separator).append(count(results, status)).append(' ').append(colour(status))
                    .append(status.name().toLowerCase(Locale.ROOT)).append(reset());
            separator = ", ";
        }
        text.append('\n');
    }

    /**
     * Broken at blanks, with the joint at the end of each line but the last; a word that is longer than a line stays whole, and where there
     * is a joint, so does what stands in single quotes, in which a shell would take it for content.
     */
    static List<String> wrapped(final String content, final int width, final String joint) {
        final List<String> lines = new ArrayList<>();
        String rest = content.replaceAll("\\p{Cntrl}", " ");
        while (rest.length() > width) {
            int blank = -1;
            boolean quoted = false;
            for (int at = 0; at < rest.length() && (blank <= 0 || at <= width - joint.length()); at++) {
                quoted ^= rest.charAt(at) == '\'' && !joint.isEmpty();
                if (rest.charAt(at) == ' ' && !quoted) {
                    blank = at;
                }
            }
            if (blank <= 0) {
                break;
            }
            lines.add(rest.substring(0, blank) + joint);
            rest = rest.substring(blank + 1);
        }
        lines.add(rest);
        return lines;
    }

    private String colour(final Status status) {
        return !colours ? "" : switch (status) {
            case OK -> "\u001b[32m";
            case ADVICE -> "\u001b[33m";
            case PROBLEM -> "\u001b[1;31m";
            case UNKNOWN -> "\u001b[36m";
        };
    }

    private String reset() {
        return colours ? RESET : "";
    }
}
