// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.rig.Results.Failure;
import io.kaelix.bench.scenario.Catalogue;
import io.kaelix.platform.Platforms;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code kaelix bench telemetry}. */
@Command(name = "telemetry", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = "Measures messages a second with all telemetry on (counters, sampled latencies, recorded events, JMX, the process "
                + "profiled, somebody who reads it) beside none, in pairs, and says whether the rounds can tell the two apart.",
        footer = {"", "Exit status: 0 all was measured, whether or not the goal is met; 1 something failed, 2 wrong usage."})
public final class TelemetryCommand implements Callable<Integer> {

    private static final int MAX_ROUNDS = 1000;
    private static final double MAX_SECONDS = 3600;
    private static final int MAX_PAYLOAD = 1 << 16;
    private static final int CPUS = 2;

    @Spec
    private CommandSpec spec;

    @Option(names = "--modes", paramLabel = "MODE", split = ",", description = "one-by-one, batch-64. Default: both.")
    private List<String> modes = List.of();

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "20", description = "Pairs of each mode. Default: 20.")
    private int rounds;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "1", description = "Measured in each trial. Default: 1.")
    private double seconds;

    @Option(names = "--warmup", paramLabel = "S", defaultValue = "4", description = "Before each trial. Default: 4.")
    private double warmup;

    @Option(names = "--payload", paramLabel = "N", defaultValue = "64",
            description = "Bytes of each message: a multiple of 8. Default: 64.")
    private int payload;

    @Option(names = "--cpus", paramLabel = "CPU", split = ",", description = "For producer and consumer. Default: two of this process.")
    private List<Integer> cpus = List.of();

    @Option(names = "--no-floor", description = "Does not compare Kaelix with itself, too, which takes a third of the time.")
    private boolean noFloor;

    @Option(names = "--json", description = "Print the results as JSON on standard output, and nothing else.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        requireRange("--rounds", rounds, PairedDifference.LEAST_ROUNDS, MAX_ROUNDS);
        requireRange("--seconds", seconds, 0.001, MAX_SECONDS);
        requireRange("--warmup", warmup, 0, MAX_SECONDS);
        requireRange("--payload", payload, Long.BYTES, MAX_PAYLOAD);
        if (payload % Long.BYTES != 0) {
            throw usage("--payload is a whole number of 8-byte words, not " + payload + " bytes");
        }
        final List<String> chosen = chooseModes();
        final Rig rig = new Rig(chooseCpus(), rounds, seconds, warmup, new Children(), null, System.err);
        final String startedAt = RunOptions.now();
        final List<Failure> failures = new ArrayList<>();
        final List<TelemetryResult.Row> rows = new TelemetryRun(rig, payload, !noFloor).rows(chosen, failures);
        final TelemetryResult result = new TelemetryResult(JavaCommand.benchCommand(spec), startedAt,
                Machine.look(rig.cpus().size(), Version.ofKaelix()), rig, payload, rows, failures);
        System.out.print(json ? ResultsJson.of(result) : result.toText());
        System.out.flush();
        return failures.isEmpty() ? 0 : 1;
    }

    private List<String> chooseModes() {
        final List<String> known = Catalogue.everything().stream().filter(entry -> entry.system().equals(Catalogue.OBSERVED))
                .map(Catalogue.Entry::mode).toList();
        for (final String mode : modes) {
            if (!known.contains(mode)) {
                throw usage("no mode '" + mode + "'; there are " + String.join(", ", known));
            }
        }
        return known.stream().filter(mode -> modes.isEmpty() || modes.contains(mode)).toList();
    }

    private List<Integer> chooseCpus() {
        final List<Integer> usable = Platforms.current().affinity().stream().boxed().toList();
        for (final int cpu : cpus) {
            if (!usable.contains(cpu)) {
                throw usage("--cpus: this process may not use CPU " + cpu + ", only " + usable);
            }
        }
        return cpus.isEmpty() ? usable.stream().limit(CPUS).toList() : cpus;
    }

    private void requireRange(final String option, final double value, final double least, final double most) {
        if (!(value >= least && value <= most)) {
            throw usage(option + " is a number from " + least + " to " + most + ", not " + value);
        }
    }

    private ParameterException usage(final String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
