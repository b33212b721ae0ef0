// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.guide;

import io.kaelix.bench.rig.RemoteResult;
import io.kaelix.bench.rig.Results;
import io.kaelix.bench.rig.Results.Failure;
import io.kaelix.bench.rig.Results.Latency;
import io.kaelix.bench.rig.Results.Throughput;
import io.kaelix.bench.rig.SchedulerResult;
import io.kaelix.bench.rig.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code kaelix bench guide}. */
@Command(name = "guide", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = "Measures each target of the library and prints it beside what C and the best peer do in the same rounds.",
        footer = {"", "Exit status: 0 all was measured, whether or not a target is met; 1 something failed, 2 wrong usage."})
public final class GuideCommand implements Callable<Integer> {

    private static final int MAX_ROUNDS = 1000;
    private static final double MIN_SECONDS = 0.1;
    private static final double MAX_SECONDS = 3600;
    private static final String FILE = "guide.json";

    @Spec
    private CommandSpec spec;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Trials of each figure. Default: 5.")
    private int rounds;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "1", description = "Measured in each trial. Default: 1.")
    private double seconds;

    @Option(names = "--json", description = "Print the guide as JSON on standard output, and nothing else.")
    private boolean json;

    @Option(names = "--report", paramLabel = "DIR",
            description = "Puts the guide there as " + FILE + ", with the web page of all that was measured for it, index.html.")
    private Path report;

    @Override
    public Integer call() throws IOException, InterruptedException {
        requireRange("--rounds", rounds, 1, MAX_ROUNDS);
        requireRange("--seconds", seconds, MIN_SECONDS, MAX_SECONDS);
        prepareReport();
        final String startedAt = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        final Results<Throughput> throughput = run(Throughput.class, arguments("throughput",
                "--systems", String.join(",", Targets.THROUGHPUT_SYSTEMS), "--modes", String.join(",", Targets.THROUGHPUT_MODES)));
        final Results<Latency> latency = run(Latency.class, arguments("latency",
                "--systems", String.join(",", Targets.LATENCY_SYSTEMS)));
        if (throughput.environment() == null && latency.environment() == null) {
            throw new IOException("nothing was measured: " + throughput.failures().get(0).reason());
        }
        final SchedulerResult scheduler = runScheduler(List.of("scheduler", "--modes", String.join(",", Targets.SCHEDULER_MODES), "--rounds",
                Integer.toString(rounds), "--seconds", Double.toString(seconds), "--json"));
        final RemoteResult network = runNetwork(List.of("network", "--modes", String.join(",", Targets.NETWORK_MODES), "--rounds",
                Integer.toString(rounds), "--seconds", Double.toString(seconds), "--json"));
        final Parts parts = Parts.measure(rounds, seconds, System.err);
        return conclude(guide(startedAt, new Measured(throughput, latency, scheduler, network, parts)));
    }

    /** Before minutes go into figures that could not be written. */
    private void prepareReport() {
        try {
            if (report != null) {
                Files.createDirectories(report);
            }
        } catch (final IOException e) {
            throw new ParameterException(spec.commandLine(), "--report: no directory " + report + " and none can be made: " + e);
        }
    }

    /** What came to nothing is a failure of its own: what was measured for minutes before it is not lost. */
    static <R extends Results.Row> Results<R> run(final Class<R> kind, final List<String> arguments) throws InterruptedException {
        try {
            return BenchProcess.run(kind, arguments);
        } catch (final IOException e) {
            System.err.println("kaelix: " + e.getMessage());
            return new Results<>("./kaelix bench " + String.join(" ", arguments), null, null, Map.of(), List.of(),
                    List.of(new Failure(arguments.get(0), e.getMessage())));
        }
    }

    /** The same of the scheduler. */
    static SchedulerResult runScheduler(final List<String> arguments) throws InterruptedException {
        try {
            return BenchProcess.runScheduler(arguments);
        } catch (final IOException e) {
            System.err.println("kaelix: " + e.getMessage());
            return new SchedulerResult("./kaelix bench " + String.join(" ", arguments), null, null, List.of(), 0, Map.of(), List.of(), List.of(),
                    List.of(new Failure(arguments.get(0), e.getMessage())));
        }
    }

    /** The same of messages to another process. */
    static RemoteResult runNetwork(final List<String> arguments) throws InterruptedException {
        try {
            return BenchProcess.runNetwork(arguments);
        } catch (final IOException e) {
            System.err.println("kaelix: " + e.getMessage());
            return new RemoteResult("./kaelix bench " + String.join(" ", arguments), null, null, List.of(), 0, List.of(), List.of(),
                    List.of(new Failure(arguments.get(0), e.getMessage())));
        }
    }

    private List<String> arguments(final String command, final String... more) {
        final List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of(more));
        arguments.addAll(List.of("--rounds", Integer.toString(rounds), "--seconds", Double.toString(seconds)));
        if (report != null) {
            arguments.addAll(List.of("--report", report.toString()));
        }
        arguments.add("--json");
        return arguments;
    }

    /** Judges every target. */
    static Guide guide(final String startedAt, final Measured measured) {
        return new Guide(startedAt, measured.environment(),
                List.of(measured.throughput().command(), measured.latency().command(), measured.scheduler().command(),
                        measured.network().command(), measured.parts().command()),
                Targets.list().stream().map(target -> target.judge(measured)).toList(), measured.failures());
    }

    private int conclude(final Guide guide) throws IOException {
        System.out.print(json ? guide.toJson() : GuideTable.of(guide));
        System.out.flush();
        if (report != null) {
            Files.writeString(report.resolve(FILE), guide.toJson());
        }
        return guide.failures().isEmpty() ? 0 : 1;
    }

    private void requireRange(final String option, final double value, final double least, final double most) {
        if (!(value >= least && value <= most)) {
            throw new ParameterException(spec.commandLine(),
                    option + " is a number from " + least + " to " + most + ", not " + value);
        }
    }
}
