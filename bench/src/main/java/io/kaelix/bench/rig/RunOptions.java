// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.report.HtmlReport;
import io.kaelix.bench.scenario.Catalogue;
import io.kaelix.platform.Platforms;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that throughput and latency have in common, and what follows from them. */
final class RunOptions {

    private static final int MAX_ROUNDS = 1000;
    private static final double MAX_SECONDS = 3600;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--payload", paramLabel = "N", split = ",", defaultValue = "64",
            description = "Bytes of each message: multiples of 8. Default: 64.")
    private List<Integer> payloads;

    @Option(names = "--systems", paramLabel = "NAME", split = ",",
            description = "Which systems. Default: all but " + Catalogue.OBSERVED + ", which is Kaelix with all telemetry on.")
    private List<String> systems = List.of();

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Trials of each row. Default: 5.")
    private int rounds;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "1", description = "Measured in each trial. Default: 1.")
    private double seconds;

    @Option(names = "--cpus", paramLabel = "CPU", split = ",",
            description = "For the threads under test, producers first. Default: those of this process.")
    private List<Integer> cpus = List.of();

    @Option(names = "--json", description = "Print the results as JSON on standard output, and nothing else.")
    private boolean json;

    @Option(names = "--report", paramLabel = "DIR",
            description = "Puts the results there as a web page, index.html, with the data beside it; those of the other kind stay.")
    private Path report;

    List<Integer> payloads() {
        return payloads;
    }

    /** Where the web page goes, or null. */
    Path report() {
        return report;
    }

    /**
     * Prints the results, and writes the web page if one is wanted.
     *
     * @param text the results for people
     * @return exit status
     */
    int conclude(final Results<?> results, final String text) throws IOException {
        System.out.print(json ? ResultsJson.of(results) : text);
        System.out.flush();
        if (report != null && !results.rows().isEmpty()) {
            HtmlReport.write(report, results);
            System.err.println("report: " + report.resolve("index.html"));
        }
        return results.failures().isEmpty() ? 0 : 1;
    }

    /** The entries that are wanted. */
    List<Catalogue.Entry> entries(final List<String> modes) {
        try {
            return Selection.choose(systems.isEmpty() ? Catalogue.entries() : Catalogue.everything(), systems, modes);
        } catch (final IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    /** Checks the figures, and makes what the trials run on. */
    Rig rig(final double warmup) {
        for (final int payload : payloads) {
            if (payload < Long.BYTES || payload % Long.BYTES != 0) {
                throw usage("--payload is a whole number of 8-byte words, not " + payload + " bytes");
            }
        }
        requireRange("--rounds", rounds, 1, MAX_ROUNDS);
        requireRange("--seconds", seconds, 0.001, MAX_SECONDS);
        requireRange("--warmup", warmup, 0, MAX_SECONDS);
        final List<Integer> usable = Platforms.current().affinity().stream().boxed().toList();
        for (final int cpu : cpus) {
            if (!usable.contains(cpu)) {
                throw usage("--cpus: this process may not use CPU " + cpu + ", only " + usable);
            }
        }
        final List<Integer> chosen = cpus.isEmpty() ? usable : cpus;
        final Children children = new Children();
        final Floors floors = new Floors(Floors.locate(), children, chosen);
        if (floors.missing() != null) {
            System.err.println("kaelix: " + floors.missing());
        }
        return new Rig(chosen, rounds, seconds, warmup, children, floors.missing() == null ? floors : null, System.err);
    }

    private void requireRange(final String option, final double value, final double least, final double most) {
        if (!(value >= least && value <= most)) {
            throw usage(option + " is a number from " + least + " to " + most + ", not " + value);
        }
    }

    /** What the command line got wrong, in one line. */
    ParameterException usage(final String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** The command that gives the same figures again. */
    String command() {
        return JavaCommand.benchCommand(spec);
    }

    /** The moment, as results have it. */
    static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
