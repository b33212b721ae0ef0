// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.kernel.KernelTrial;
import io.kaelix.bench.report.HtmlReport;
import io.kaelix.bench.rig.Results.Failure;
import io.kaelix.bench.rig.Results.Kernel;
import io.kaelix.platform.Isa;
import io.kaelix.platform.Platforms;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        description = "Measures the kernels over batches on each instruction set of this CPU, interleaved in rounds, beside loops of plain Java"
                + " and filters by the Vector API.",
        footer = {"", "Exit status: 0 all was measured, 1 something failed, 2 wrong usage."})
public final class KernelsCommand implements Callable<Integer> {

    private static final double TIMEOUT_SECONDS = 120;
    private static final int MAX_ROUNDS = 1000;
    private static final int MAX_VALUES = 200_000;
    private static final TypeReference<Map<String, Map<String, Double>>> FIGURES = new TypeReference<>() {
    };

    @Option(names = "--values", paramLabel = "N,...", split = ",", defaultValue = "1000,10000,100000",
            description = "In a batch, one row for each; more than a call takes are several calls. Default: 1000,10000,100000.")
    private List<Integer> values;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Trials of each instruction set and size. Default: 3.")
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
        values.forEach(number -> requireRange("--values", number, MAX_VALUES));
        requireRange("--rounds", rounds, MAX_ROUNDS);
        requireRange("--millis", millis, 1000);
        final String startedAt = RunOptions.now();
        final List<Failure> failures = new ArrayList<>();
        // By workload, then by instruction set: one figure per round.
        final Map<String, Map<String, List<Double>>> found = new LinkedHashMap<>();
        final Children children = new Children();
        for (final int size : values) {
            for (int round = 1; round <= rounds; round++) {
                for (final String system : systems()) {
                    if (failures.stream().noneMatch(failure -> failure.label().equals(system))) {
                        System.err.println("[" + round + "/" + rounds + "] " + system + ", " + size + " values");
                        measure(system, size, children, found, failures);
                    }
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

    /** What takes turns. The first has the loops beside it. */
    private static List<String> systems() {
        final List<String> systems = new ArrayList<>(Arrays.stream(Isa.values()).filter(KernelsCommand::exists).map(Isa::label).toList());
        if (ModuleFinder.ofSystem().find(KernelTrial.VECTOR_MODULE).isPresent()) {
            systems.add(KernelTrial.VECTOR_API);
        }
        return systems;
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

    private void measure(final String system, final int size, final Children children, final Map<String, Map<String, List<Double>>> found,
            final List<Failure> failures) throws InterruptedException {
        final boolean isVectorApi = system.equals(KernelTrial.VECTOR_API);
        final boolean isJava = isVectorApi || system.equals(Isa.JAVA.label());
        final List<String> command = new ArrayList<>();
        if (!isJava) {
            command.addAll(List.of("env", "KAELIX_FORCE_ISA=" + system));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JavaCommand.BASE_OPTIONS);
        // Compiled while the warm-up waits for it, however few CPUs there are for both.
        command.add("-Xbatch");
        command.addAll(JavaCommand.libraryProperties());
        command.addAll(JavaCommand.launcherOptions(System.getenv().getOrDefault("KAELIX_JAVA_OPTS", "")));
        command.add("-Dkaelix.platform=" + (isJava ? "portable" : "ffm"));
        if (isVectorApi) {
            command.addAll(List.of("--add-modules", KernelTrial.VECTOR_MODULE));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), KernelTrial.class.getName(), Integer.toString(size),
                Integer.toString(millis), isVectorApi ? KernelTrial.VECTOR_API : KernelTrial.KERNELS));
        if (isJava && !isVectorApi) {
            command.add(KernelTrial.LOOPS);
        }
        try {
            JsonMapper.shared().readValue(children.run(command, TIMEOUT_SECONDS, KernelTrial.FAILED), FIGURES)
                    .forEach((workload, figures) -> figures.forEach((measured, perSecond) -> found
                            .computeIfAbsent(workload, key -> new LinkedHashMap<>())
                            .computeIfAbsent(measured, key -> new ArrayList<>()).add(perSecond)));
        } catch (final TrialFailure e) {
            failures.add(new Failure(system, e.getMessage()));
        }
    }

    /** @param found by workload, as {@link KernelTrial} names them, and by what was measured: a figure per round */
    static List<Kernel> rows(final Map<String, Map<String, List<Double>>> found) {
        final List<Kernel> rows = new ArrayList<>();
        found.forEach((workload, figures) -> {
            final String[] name = workload.split("\\|");
            figures.forEach((system, perSecond) -> rows.add(new Kernel(system, name[0], Integer.parseInt(name[2]), name[1],
                    Medians.of(perSecond), perSecond.stream().mapToDouble(Double::doubleValue).min().orElse(0),
                    perSecond.stream().mapToDouble(Double::doubleValue).max().orElse(0), ratio(perSecond, figures.get(KernelTrial.LOOPS)),
                    ratio(perSecond, figures.get(KernelTrial.VECTOR_API)), Double.parseDouble(name[3]))));
        });
        return rows;
    }

    private static double ratio(final List<Double> perSecond, final List<Double> other) {
        return other != null && other.size() == perSecond.size() ? Medians.ofRatios(perSecond, other) : 0;
    }

    private String text(final Results<Kernel> results) {
        final KernelTable figures = KernelTable.of(results);
        final TextTable table = new TextTable(KernelTable.NAMES, figures.titles().toArray(String[]::new));
        figures.rows().forEach(row -> table.add(row.toArray(String[]::new)));
        final StringBuilder text = new StringBuilder(results.command() + "  at " + results.startedAt() + "\n" + results.environment().cpu()
                + "; " + results.environment().kernel() + "; " + results.environment().jvm() + "\n\n" + table
                + "billions a second, medians of " + rounds + " rounds; x: " + results.environment().isa()
                + " beside the fastest loop of plain Java, and the Vector API, in the same round\n");
        results.failures().forEach(failure -> text.append("failed: ").append(failure.label()).append(": ").append(failure.reason()).append('\n'));
        return text.toString();
    }

    private String command() {
        final List<String> words = new ArrayList<>(List.of("./kaelix", "bench"));
        words.addAll(spec.commandLine().getParseResult().originalArgs());
        return String.join(" ", words);
    }
}
