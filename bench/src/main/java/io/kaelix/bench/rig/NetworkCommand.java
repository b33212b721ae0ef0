// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.remote.Exchange;
import io.kaelix.bench.remote.Outcome;
import io.kaelix.bench.remote.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench network}: streams over TCP on loopback beside bare sockets in C and beside peers. */
@Command(name = "network", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = "Measures streams between two processes over TCP on loopback beside bare sockets in C, Aeron by UDP, Netty and JeroMQ, "
                + "interleaved in rounds. Modes: ping-pong, stream, bulk, connect, copies.",
        footer = {"", "Exit status: 0 all was measured, whether or not a goal is met; 1 something failed, 2 wrong usage."})
public final class NetworkCommand implements Callable<Integer> {

    private static final long MAX_BYTES = 1L << 40;
    private static final int MAX_CONNECTIONS = 5_000;
    private static final int CPUS = 2;

    @Mixin
    private RemoteOptions options;

    @Option(names = "--bytes", paramLabel = "N", defaultValue = "1073741824",
            description = "Measured in mode bulk at the least. Default: 1073741824.")
    private long bytes;

    @Option(names = "--connections", paramLabel = "N", defaultValue = "1000", description = "Made at once in mode connect. Default: 1000.")
    private int connections;

    @Override
    public Integer call() throws InterruptedException {
        options.requireRange("--bytes", bytes, 0, MAX_BYTES);
        options.requireRange("--connections", connections, 1, MAX_CONNECTIONS);
        final List<Exchange> modes = options.chooseModes(Exchange.NETWORK);
        final Rig rig = options.rig();
        final String startedAt = RunOptions.now();
        final RemoteRun run = new RemoteRun(rig, options.isAlone(), bytes, connections);
        final List<Probe<Outcome>> plan = new ArrayList<>();
        for (final Exchange mode : modes) {
            plan.addAll(run.systems(mode, Subject.NETWORK));
            plan.addAll(run.tcp(mode));
        }
        final List<Results.Failure> failures = new ArrayList<>();
        final List<RemoteResult.Row> rows = run.rows(plan, failures);
        return options.conclude(new RemoteResult(options.command(), startedAt, Machine.look(CPUS, Version.ofKaelix()), rig.cpus(),
                rig.rounds(), RemoteGoals.ofNetwork(rows), rows, failures));
    }
}
