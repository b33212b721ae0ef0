// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.trial.BackpressureOutcome;
import io.kaelix.bench.trial.BackpressureTrial;
import io.kaelix.platform.Platforms;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kaelix bench backpressure}. */
@Command(name = "backpressure", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = "Measures how soon a publisher learns that its lane is full, and that a subscriber made room, beside the least that "
                + "two cores need for that.",
        footer = {"", "Exit status: 0 all was measured, whether or not the goal is met; 1 something failed, 2 wrong usage."})
public final class BackpressureCommand implements Callable<Integer> {

    private static final int MAX_TIMES = 10_000_000;
    private static final int CPUS = 2;

    @Option(names = "--times", paramLabel = "N", defaultValue = "20000",
            description = "Of each event in a round, all taken in turn. Default: 20000.")
    private int times;

    @Option(names = "--cpus", paramLabel = "CPU", split = ",", description = "The publisher's and the subscriber's. Default: two of this process.")
    private List<Integer> cpus = List.of();

    @Mixin
    private ChildRounds rounds;

    @Override
    public Integer call() throws InterruptedException {
        rounds.requireRange("--times", times, MAX_TIMES);
        final List<Integer> chosen = chooseCpus();
        final String startedAt = RunOptions.now();
        final List<BackpressureOutcome> found = rounds.run(times + " times", JavaCommand.ofMain(BackpressureTrial.class, List.of(),
                List.of(Integer.toString(times), chosen.get(0).toString(), chosen.get(1).toString())), BackpressureTrial.FAILED,
                BackpressureOutcome.class);
        if (found.isEmpty()) {
            return 1;
        }
        final BackpressureResult result = BackpressureResult.of(rounds.command(), startedAt, Machine.look(CPUS, Version.ofKaelix()), chosen,
                times, found);
        return rounds.conclude(result, result.toText());
    }

    private List<Integer> chooseCpus() {
        final List<Integer> usable = Platforms.current().affinity().stream().boxed().toList();
        final List<Integer> wanted = cpus.isEmpty() ? usable.stream().limit(CPUS).toList() : cpus;
        if (wanted.stream().distinct().count() != CPUS || wanted.size() != CPUS || !usable.containsAll(wanted)) {
            throw rounds.usage("--cpus: two different CPUs of those that this process may use, " + usable + ", not " + wanted);
        }
        return wanted;
    }
}
