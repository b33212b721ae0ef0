// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Options and course of commands that have one trial alone, and each round of it in a JVM of its own. */
final class ChildRounds {

    private static final int MAX_ROUNDS = 100;
    private static final double TIMEOUT_SECONDS = 600;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5",
            description = "Each in a JVM of its own; the figures are medians over them. Default: 5.")
    private int rounds;

    @Option(names = "--json", description = "Print the results as JSON on standard output, and nothing else.")
    private boolean json;

    /** Before anything takes time. */
    void requireRange(final String option, final int value, final int most) {
        if (value < 1 || value > most) {
            throw usage(option + " is a number from 1 to " + most + ", not " + value);
        }
    }

    /** What the command line got wrong, in one line. */
    ParameterException usage(final String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /**
     * Runs the trial, once a round.
     *
     * @param what is measured, for the line of progress
     * @param command of the trial, which prints its outcome as one line of JSON
     * @param failedPrefix what its line of standard error begins with that has the reason of a failure
     * @return as many as there are rounds, or none: then one line has said why
     */
    <T> List<T> run(final String what, final List<String> command, final String failedPrefix, final Class<T> outcome)
            throws InterruptedException {
        requireRange("--rounds", rounds, MAX_ROUNDS);
        final List<T> found = new ArrayList<>();
        final Children children = new Children();
        try {
            for (int round = 1; round <= rounds; round++) {
                System.err.println("[" + round + "/" + rounds + "] " + what);
                found.add(JsonMapper.shared().readValue(children.run(command, TIMEOUT_SECONDS, failedPrefix), outcome));
            }
        } catch (final TrialFailure e) {
            System.err.println("kaelix: the trial failed: " + e.getMessage());
            return List.of();
        }
        return found;
    }

    /** Prints what was found, for people or as JSON; the exit status. */
    int conclude(final Record result, final String text) {
        System.out.print(json ? ResultsJson.of(result) : text);
        System.out.flush();
        return 0;
    }

    /** The command that gives the same figures again. */
    String command() {
        return JavaCommand.benchCommand(spec);
    }
}
