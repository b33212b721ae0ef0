// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.rig.Results.Failure;
import io.kaelix.bench.scheduler.Mode;
import io.kaelix.platform.Platforms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code kaelix bench scheduler}. */
@Command(name = "scheduler", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = "Measures the scheduler of tasks beside ForkJoinPool, ThreadPoolExecutor and virtual threads on the same CPUs, and "
                + "beside a worker in C that spins, interleaved in rounds.",
        footer = {"", "Exit status: 0 all was measured, whether or not a goal is met; 1 something failed, 2 wrong usage."})
public final class SchedulerCommand implements Callable<Integer> {

    private static final int MAX_ROUNDS = 1000;
    private static final int MAX_SILENCES = 1000;
    private static final int MAX_TREE_TASKS = 500_000_000;
    private static final double MAX_SECONDS = 3600;
    private static final int CPUS = 2;

    @Spec
    private CommandSpec spec;

    @Option(names = "--modes", paramLabel = "MODE", split = ",",
            description = "paced, switch, fan-out, tree, saturation, wake, delayed. Default: all.")
    private List<String> modes = List.of();

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Trials of each row. Default: 5.")
    private int rounds;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "1", description = "Measured in each trial. Default: 1.")
    private double seconds;

    @Option(names = "--warmup", paramLabel = "S", defaultValue = "3", description = "Before each trial. Default: 3.")
    private double warmup;

    @Option(names = "--silences", paramLabel = "N", defaultValue = "4",
            description = "Of a second each, after which workers are woken, in a round. Default: 4.")
    private int silences;

    @Option(names = "--tree", paramLabel = "N", defaultValue = "10000000", description = "Tasks of a tree. Default: 10000000.")
    private int treeTasks;

    @Option(names = "--cpus", paramLabel = "CPU", split = ",",
            description = "For the workers, from the last on, and for the thread that schedules. Default: two of this process.")
    private List<Integer> cpus = List.of();

    @Option(names = "--json", description = "Print the results as JSON on standard output, and nothing else.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        requireRange("--rounds", rounds, 1, MAX_ROUNDS);
        requireRange("--seconds", seconds, 0.001, MAX_SECONDS);
        requireRange("--warmup", warmup, 0, MAX_SECONDS);
        requireRange("--silences", silences, 1, MAX_SILENCES);
        requireRange("--tree", treeTasks, 1, MAX_TREE_TASKS);
        final List<Mode> chosen = chooseModes();
        final Rig rig = rig();
        final String startedAt = RunOptions.now();
        final List<Failure> failures = new ArrayList<>();
        final Map<String, Object> floors = rig.floorsOnce(failures);
        final List<SchedulerResult.Row> rows = new SchedulerRun(rig, silences, treeTasks).rows(chosen, failures);
        final SchedulerResult result = new SchedulerResult(JavaCommand.benchCommand(spec), startedAt,
                Machine.look(CPUS, Version.ofKaelix()), rig.cpus(), rounds, floors, SchedulerGoals.of(rows), rows, failures);
        System.out.print(json ? ResultsJson.of(result) : SchedulerText.of(result));
        System.out.flush();
        return failures.isEmpty() ? 0 : 1;
    }

    private List<Mode> chooseModes() {
        final List<String> known = Arrays.stream(Mode.values()).map(Mode::label).toList();
        for (final String mode : modes) {
            if (!known.contains(mode)) {
                throw usage("no mode '" + mode + "'; there are " + String.join(", ", known));
            }
        }
        return Arrays.stream(Mode.values()).filter(mode -> modes.isEmpty() || modes.contains(mode.label())).collect(Collectors.toList());
    }

    private Rig rig() {
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

    private void requireRange(final String option, final double value, final double least, final double most) {
        if (!(value >= least && value <= most)) {
            throw usage(option + " is a number from " + least + " to " + most + ", not " + value);
        }
    }

    private ParameterException usage(final String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
