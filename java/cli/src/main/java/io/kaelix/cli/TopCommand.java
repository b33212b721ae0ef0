// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import io.kaelix.cli.top.SortKey;
import io.kaelix.cli.top.Top;
import io.kaelix.cli.top.Watched;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kaelix top}: what a process does, live. */
@Command(name = "top", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = {"Shows what a process does, from the counters that it writes: rates of lanes, how far subscribers are behind, "
                + "latencies, workers, memory. Keys: q quits, ? tells the others."},
        footer = {"",
            "The JSON object of --once; what the process does not tell is null:",
            "  pid, name, started, alive, health, uptimeSeconds,",
            "  intervalSeconds, cpus, memoryBytes, readBytesPerSecond,",
            "  writtenBytesPerSecond",
            "  scheduler     executedPerSecond, stolenPerSecond, failed, refused,",
            "                blocked, delayed, queues[]: priority, depth",
            "  lanes[]       name, messagesPerSecond, bytesPerSecond,",
            "                refusalsPerSecond, readers, capacityBytes,",
            "                messages, bytes",
            "  subscribers[] name, messagesPerSecond, lagBytes, lagMessages,",
            "                lagNanos, lost, lostPerSecond, blockingNanos, received",
            "  latencies[]   metric, owner, count, p50Nanos, p90Nanos, p99Nanos,",
            "                p999Nanos, maxNanos: of the interval",
            "  workers[]     name, cpu, utilization, cpus, executedPerSecond,",
            "                stolenPerSecond, parksPerSecond, runningNanos",
            "  nodes[]       name, reservedBytes, usedBytes, liveBytes,",
            "                processBytes",
            "  pool          hitsPerSecond, missesPerSecond, outstanding,",
            "                reservedBytes, leaked",
            "  directories[] name, processes, lanes, bytes, reclaimedLanes,",
            "                reclaimedSlots, resumedLanes",
            "  bridges[]     name, peers, messagesPerSecond, bytesPerSecond,",
            "                lagBytes, lost, lostPerSecond, refusalsPerSecond,",
            "                messages, duplicates, looped, retransmits, position",
            "  errors[]      kind, count, perSecond, last, lastAgoNanos",
            "  config        reloads, refused, lastReloadNanos",
            "  own[]         of users' own counters: key, owner, unit, value,",
            "                perSecond",
            "", "Exit status: 0 shown, 1 there is no such process, its counters cannot be read or there is no terminal, 2 wrong usage, "
                + "130 interrupted."})
final class TopCommand implements Callable<Integer> {

    private static final Duration MIN_INTERVAL = Duration.ofMillis(100);

    private final Terminal terminal;
    private final StopSignal stop;
    private final Map<String, String> environment;

    @Parameters(arity = "0..1", paramLabel = "PID|FILE",
            description = "The process, or the file of its counters. Default: the only one that runs; if there are more, it asks.")
    private String target;

    @Option(names = "--interval", paramLabel = "DURATION", converter = DurationText.class, defaultValue = "1s",
            description = "From one reading to the next, at least 100ms. Default: ${DEFAULT-VALUE}.")
    private Duration interval;

    @Option(names = "--sort", paramLabel = "KEY", converter = SortName.class, defaultValue = "lag",
            description = "What comes first: rate, bytes, lag, lost, cpu or name. Default: ${DEFAULT-VALUE}.")
    private SortKey sort;

    @Option(names = "--once", description = "Print one picture, after one interval, to a terminal or not.")
    private boolean once;

    @Option(names = "--json", description = "With --once: one JSON object, as below.")
    private boolean json;

    @Option(names = "--directory", paramLabel = "DIRECTORY",
            description = "Where processes write their counters, or the directory in memory by which they share streams. Default: "
                    + "/dev/shm/kaelix-USER, or the folder for temporary files.")
    private Path directory;

    /** @param environment of the process: what terminal it is */
    TopCommand(final Terminal terminal, final StopSignal stop, final Map<String, String> environment) {
        this.terminal = terminal;
        this.stop = stop;
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        if (json && !once) {
            throw CommandException.usage("--json is for one picture: give --once too");
        }
        if (interval.compareTo(MIN_INTERVAL) < 0) {
            throw CommandException.usage("--interval must be at least 100ms, not " + interval.toMillis() + "ms");
        }
        final Top top = new Top(terminal, stop, environment, sort, interval);
        final Path folder = Watched.folder(directory);
        return once ? top.once(target, folder, json) : top.live(target, folder);
    }
}
