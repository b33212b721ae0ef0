// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.streams.StreamsOutcome;
import io.kaelix.bench.streams.StreamsTrial;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kaelix bench streams}. */
@Command(name = "streams", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = "Creates streams, measures what they cost and how fast they are found by name, beside a HashMap, and sends messages spread "
                + "over all of them, which are checked.",
        footer = {"", "Exit status: 0 all was measured, 1 something failed, 2 wrong usage."})
public final class StreamsCommand implements Callable<Integer> {

    private static final int MAX_COUNT = 16_000_000;

    /** Of the topics and strings that a trial has at a time, some to spare. */
    private static final long HEAP_BYTES_PER_STREAM = 600;
    private static final long LEAST_HEAP_MEGABYTES = 256;

    @Option(names = "--count", paramLabel = "N", defaultValue = "1000000", description = "Streams. Default: 1000000.")
    private int count;

    @Mixin
    private ChildRounds rounds;

    @Override
    public Integer call() throws InterruptedException {
        rounds.requireRange("--count", count, MAX_COUNT);
        final String startedAt = RunOptions.now();
        final List<StreamsOutcome> found = rounds.run(count + " streams", trial(), StreamsTrial.FAILED, StreamsOutcome.class);
        if (found.isEmpty()) {
            return 1;
        }
        final StreamsResult result = StreamsResult.of(rounds.command(), startedAt, Machine.look(1, Version.ofKaelix()), count,
                StreamsTrial.NAME_LENGTH, found);
        rounds.conclude(result, result.toText());
        if (!result.isClean()) {
            System.err.println("kaelix: what was received is not what was sent; this must not happen, report it with the figures above");
            return 1;
        }
        return 0;
    }

    private List<String> trial() {
        final String heap = LEAST_HEAP_MEGABYTES + (count * HEAP_BYTES_PER_STREAM >> 20) + "m";
        // The last: a full collection leaves nothing dead behind, which would count as used.
        return JavaCommand.ofMain(StreamsTrial.class, List.of("-Xms" + heap, "-Xmx" + heap, "-XX:MarkSweepDeadRatio=0"),
                List.of(Integer.toString(count)));
    }
}
