// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.kernel.KernelTrial;
import io.kaelix.bench.report.HtmlReport;
import io.kaelix.bench.rig.Results.Failure;
import io.kaelix.bench.rig.Results.Kernel;
import io.kaelix.platform.Isa;
import io.kaelix.platform.Kernels;
import io.kaelix.platform.Platforms;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** {@code kaelix bench kernels}. */
@Command(name = "kernels", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = "Measures the kernels over batches on each instruction set of this CPU, interleaved in rounds, beside loops of plain Java.",
        footer = {"", "Exit status: 0 all was measured, 1 something failed, 2 wrong usage."})
public final class KernelsCommand implements Callable<Integer> {

    private static final double TIMEOUT_SECONDS = 120;
    private static final double BILLION = 1e9;
    private static final int MAX_ROUNDS = 1000;
    private static final TypeReference<Map<String, Map<String, Double>>> FIGURES = new TypeReference<>() {
    };

    @Option(names = "--values", paramLabel = "N", defaultValue = "10000", description = "In a batch: one call. Default: 10000.")
    private int values;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Trials of each instruction set. Default: 5.")
    private int rounds;

    @Option(names = "--millis", paramLabel = "N", defaultValue = "20", description = "Of each measurement, five a trial. Default: 20.")
    private int millis;

    @Option(names = "--json", description = "Print the results as JSON on standard output, and nothing else.")
    private boolean json;

    @Option(names = "--report", paramLabel = "DIR", description = "Puts the results there as a web page, index.html.")
    private Path report;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        requireRange("--values", values, Kernels.MAX_LONGS);
        requireRange("--rounds", rounds, MAX_ROUNDS);
        requireRange("--millis", millis, 1000);
        final String startedAt = RunOptions.now();
        final List<Failure> failures = new ArrayList<>();
        // By workload, then by instruction set: one figure per round.
        final Map<String, Map<String, List<Double>>> found = new LinkedHashMap<>();
        final Children children = new Children();
        for (int round = 1; round <= rounds; round++) {
            for (final Isa isa : Isa.values()) {
                if (!failures.stream().map(Failure::label).toList().contains(isa.label()) && exists(isa)) {
                    System.err.println("[" + round + "/" + rounds + "] " + isa.label());
                    measure(isa, children, found, failures);
                }
            }
        }
        final Results<Kernel> results = new Results<>(command(), startedAt, Machine.look(1, Version.ofKaelix()), Map.of(),
                rows(found), failures);
        System.out.print(json ? ResultsJson.of(results) : text(results));
        System.out.flush();
        if (report != null && !results.rows().isEmpty()) {
            HtmlReport.write(report, results);
            System.err.println("report: " + report.resolve("index.html"));
        }
        return failures.isEmpty() ? 0 : 1;
    }

    private void requireRange(final String option, final int value, final int most) {
        if (value < 1 || value > most) {
            throw new ParameterException(spec.commandLine(), option + " is a number from 1 to " + most + ", not " + value);
        }
    }

    /** On this kind of CPU; that this one has it is found out by asking for it. */
    private static boolean exists(final Isa isa) {
        final boolean arm = System.getProperty("os.arch").equals("aarch64");
        return switch (isa) {
            case JAVA, SCALAR -> true;
            case AVX2 -> !arm;
            case AVX512 -> !arm && Platforms.current().kernels().isa() == Isa.AVX512;
            case NEON -> arm;
        };
    }

    private void measure(final Isa isa, final Children children, final Map<String, Map<String, List<Double>>> found,
            final List<Failure> failures) throws InterruptedException {
        final List<String> command = new ArrayList<>();
        if (isa != Isa.JAVA) {
            command.addAll(List.of("env", "KAELIX_FORCE_ISA=" + isa.label()));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JavaCommand.BASE_OPTIONS);
        command.addAll(JavaCommand.libraryProperties());
        command.add("-Dkaelix.platform=" + (isa == Isa.JAVA ? "portable" : "ffm"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), KernelTrial.class.getName(), Integer.toString(values),
                Integer.toString(millis)));
        if (isa == Isa.JAVA) {
            command.add("loops");
        }
        try {
            JsonMapper.shared().readValue(children.run(command, TIMEOUT_SECONDS, KernelTrial.FAILED), FIGURES)
                    .forEach((workload, figures) -> figures.forEach((system, perSecond) -> found
                            .computeIfAbsent(workload, key -> new LinkedHashMap<>())
                            .computeIfAbsent(system, key -> new ArrayList<>()).add(perSecond)));
        } catch (final TrialFailure e) {
            failures.add(new Failure(isa.label(), e.getMessage()));
        }
    }

    private List<Kernel> rows(final Map<String, Map<String, List<Double>>> found) {
        final List<Kernel> rows = new ArrayList<>();
        found.forEach((workload, figures) -> {
            final String[] name = workload.split("\\|");
            final List<Double> loop = figures.get(KernelTrial.LOOPS);
            figures.forEach((system, perSecond) -> rows.add(new Kernel(system, name[0], Integer.parseInt(name[2]), name[1],
                    Medians.of(perSecond), perSecond.stream().mapToDouble(Double::doubleValue).min().orElse(0),
                    perSecond.stream().mapToDouble(Double::doubleValue).max().orElse(0),
                    loop != null && loop.size() == perSecond.size() ? Medians.ofRatios(perSecond, loop) : 0)));
        });
        return rows;
    }

    private String text(final Results<Kernel> results) {
        final Set<String> systems = new LinkedHashSet<>();
        final Map<String, Map<String, Kernel>> byMode = new LinkedHashMap<>();
        for (final Kernel row : results.rows()) {
            systems.add(row.system());
            byMode.computeIfAbsent(row.mode(), key -> new LinkedHashMap<>()).put(row.system(), row);
        }
        final List<String> titles = new ArrayList<>(List.of("kernel", "a call"));
        titles.addAll(systems);
        final TextTable table = new TextTable(2, titles.toArray(String[]::new));
        byMode.forEach((mode, rows) -> {
            final Kernel any = rows.values().iterator().next();
            final List<String> cells = new ArrayList<>(List.of(mode, any.payload() + " " + any.unit()));
            for (final String system : systems) {
                final Kernel row = rows.get(system);
                cells.add(row == null ? "-"
                        : String.format(Locale.ROOT, "%.2f (%.1fx)", row.medianPerSecond() / BILLION, row.ofLoop()));
            }
            table.add(cells.toArray(String[]::new));
        });
        final StringBuilder text = new StringBuilder(results.command() + "  at " + results.startedAt() + "\n" + results.environment().cpu()
                + "; " + results.environment().kernel() + "; " + results.environment().jvm() + "\n\n" + table
                + "billions a second, medians of " + rounds + " rounds; in brackets: times the fastest loop of plain Java in the same round\n");
        results.failures().forEach(failure -> text.append("failed: ").append(failure.label()).append(": ").append(failure.reason()).append('\n'));
        return text.toString();
    }

    private String command() {
        final List<String> words = new ArrayList<>(List.of("./kaelix", "bench"));
        words.addAll(spec.commandLine().getParseResult().originalArgs());
        return String.join(" ", words);
    }
}
