// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.streams.StreamsOutcome;
import io.kaelix.bench.streams.StreamsTrial;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code kaelix bench streams}. */
@Command(name = "streams", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = "Creates streams, measures what they cost and how fast they are found by name, beside a HashMap, and sends messages spread "
                + "over all of them, which are checked.",
        footer = {"", "Exit status: 0 all was measured, 1 something failed, 2 wrong usage."})
public final class StreamsCommand implements Callable<Integer> {

    private static final double TIMEOUT_SECONDS = 600;
    private static final int MAX_COUNT = 16_000_000;
    private static final int MAX_ROUNDS = 100;

    /** Of the topics and strings that a trial has at a time, some to spare. */
    private static final long HEAP_BYTES_PER_STREAM = 600;
    private static final long LEAST_HEAP_MEGABYTES = 256;

    @Option(names = "--count", paramLabel = "N", defaultValue = "1000000", description = "Streams. Default: 1000000.")
    private int count;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Each in a JVM of its own. Default: 3.")
    private int rounds;

    @Option(names = "--json", description = "Print the results as JSON on standard output, and nothing else.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        requireRange("--count", count, MAX_COUNT);
        requireRange("--rounds", rounds, MAX_ROUNDS);
        final String startedAt = RunOptions.now();
        final List<StreamsOutcome> found = new ArrayList<>();
        final Children children = new Children();
        try {
            for (int round = 1; round <= rounds; round++) {
                System.err.println("[" + round + "/" + rounds + "] " + count + " streams");
                found.add(JsonMapper.shared().readValue(children.run(trial(), TIMEOUT_SECONDS, StreamsTrial.FAILED), StreamsOutcome.class));
            }
        } catch (final TrialFailure e) {
            System.err.println("kaelix: the trial failed: " + e.getMessage());
            return 1;
        }
        final StreamsResult result = StreamsResult.of(command(), startedAt, Machine.look(1, Version.ofKaelix()), count,
                StreamsTrial.NAME_LENGTH, found);
        System.out.print(json ? ResultsJson.of(result) : result.toText());
        System.out.flush();
        if (!result.isClean()) {
            System.err.println("kaelix: what was received is not what was sent; this must not happen, report it with the figures above");
            return 1;
        }
        return 0;
    }

    private void requireRange(final String option, final int value, final int most) {
        if (value < 1 || value > most) {
            throw new ParameterException(spec.commandLine(), option + " is a number from 1 to " + most + ", not " + value);
        }
    }

    private List<String> trial() {
        final String heap = LEAST_HEAP_MEGABYTES + (count * HEAP_BYTES_PER_STREAM >> 20) + "m";
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JavaCommand.BASE_OPTIONS);
        // The last: a full collection leaves nothing dead behind, which would count as used.
        command.addAll(List.of("-Xms" + heap, "-Xmx" + heap, "-XX:MarkSweepDeadRatio=0"));
        command.addAll(JavaCommand.libraryProperties());
        command.addAll(JavaCommand.launcherOptions(System.getenv().getOrDefault("KAELIX_JAVA_OPTS", "")));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), StreamsTrial.class.getName(), Integer.toString(count)));
        return command;
    }

    private String command() {
        final List<String> words = new ArrayList<>(List.of("./kaelix"));
        words.addAll(JavaCommand.libraryProperties());
        words.add("bench");
        words.addAll(spec.commandLine().getParseResult().originalArgs());
        return String.join(" ", words);
    }
}
