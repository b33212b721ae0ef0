// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.remote.Exchange;
import io.kaelix.platform.Platforms;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the commands have in common that measure between two processes. */
final class RemoteOptions {

    private static final int MAX_ROUNDS = 1000;
    private static final double MAX_SECONDS = 3600;
    private static final int CPUS = 2;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--modes", paramLabel = "MODE", split = ",", description = "Some of them. Default: all.")
    private List<String> modes = List.of();

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Trials of each row. Default: 5.")
    private int rounds;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "2", description = "Measured in each trial. Default: 2.")
    private double seconds;

    @Option(names = "--warmup", paramLabel = "S", defaultValue = "2", description = "Before each trial. Default: 2.")
    private double warmup;

    @Option(names = "--cpus", paramLabel = "CPU", split = ",",
            description = "Of the process that connects, and of the server. Default: two of this process.")
    private List<Integer> cpus = List.of();

    @Option(names = "--no-peers", description = "Measure no other system, but the floors.")
    private boolean isAlone;

    @Option(names = "--json", description = "Print the results as JSON on standard output, and nothing else.")
    private boolean json;

    boolean isAlone() {
        return isAlone;
    }

    /** The wanted ones of those that there are. */
    List<Exchange> chooseModes(final List<Exchange> all) {
        final List<String> known = all.stream().map(Exchange::label).toList();
        for (final String mode : modes) {
            if (!known.contains(mode)) {
                throw usage("no mode '" + mode + "'; there are " + String.join(", ", known));
            }
        }
        return all.stream().filter(mode -> modes.isEmpty() || modes.contains(mode.label())).toList();
    }

    /** Where the trials run. */
    Rig rig() {
        requireRange("--rounds", rounds, 1, MAX_ROUNDS);
        requireRange("--seconds", seconds, 0.001, MAX_SECONDS);
        requireRange("--warmup", warmup, 0, MAX_SECONDS);
        final List<Integer> usable = Platforms.current().affinity().stream().boxed().toList();
        final List<Integer> wanted = cpus.isEmpty() ? usable.stream().limit(CPUS).toList() : cpus;
        if (wanted.stream().distinct().count() != CPUS || wanted.size() != CPUS || !usable.containsAll(wanted)) {
            throw usage("--cpus: two different CPUs of those that this process may use, " + usable + ", not " + wanted);
        }
        final Children children = new Children();
        final Floors floors = new Floors(Floors.locate(), children, wanted);
        if (floors.missing() != null) {
            System.err.println("kaelix: " + floors.missing());
        }
        return new Rig(wanted, rounds, seconds, warmup, children, floors.missing() == null ? floors : null, System.err);
    }

    void requireRange(final String option, final double value, final double least, final double most) {
        if (!(value >= least && value <= most)) {
            throw usage(option + " is a number from " + least + " to " + most + ", not " + value);
        }
    }

    private ParameterException usage(final String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** Prints them; the exit status. */
    int conclude(final RemoteResult result) {
        System.out.print(json ? ResultsJson.of(result) : RemoteText.of(result));
        System.out.flush();
        return result.failures().isEmpty() ? 0 : 1;
    }

    /** The command that gives the same figures again. */
    String command() {
        return JavaCommand.benchCommand(spec);
    }
}
