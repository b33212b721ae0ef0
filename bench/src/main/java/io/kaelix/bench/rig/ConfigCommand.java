// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.config.ConfigOutcome;
import io.kaelix.bench.config.ConfigTrial;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kaelix bench config}. */
@Command(name = "config", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = "Measures how soon a configuration file that is replaced is in force, singly and in a burst, what checking a file of 48 "
                + "keys takes beyond parsing it, and what a configuration keeps of the heap.",
        footer = {"", "Exit status: 0 all was measured, whether or not the goals are met; 1 something failed, 2 wrong usage."})
public final class ConfigCommand implements Callable<Integer> {

    private static final int MAX_TIMES = 100_000;

    @Option(names = "--times", paramLabel = "N", defaultValue = "1000",
            description = "Single reloads in a round, behind as many (500 at most) to warm up. Default: 1000.")
    private int times;

    @Mixin
    private ChildRounds rounds;

    @Override
    public Integer call() throws InterruptedException {
        rounds.requireRange("--times", times, MAX_TIMES);
        final String startedAt = RunOptions.now();
        final List<ConfigOutcome> found = rounds.run(times + " reloads",
                JavaCommand.ofMain(ConfigTrial.class, List.of(), List.of(Integer.toString(times))), ConfigTrial.FAILED,
                ConfigOutcome.class);
        if (found.isEmpty()) {
            return 1;
        }
        final ConfigResult result = ConfigResult.of(rounds.command(), startedAt, Machine.look(1, Version.ofKaelix()), found);
        return rounds.conclude(result, result.toText());
    }
}
