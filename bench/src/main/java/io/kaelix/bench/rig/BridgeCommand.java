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

/** {@code bench bridge}: streams over a bridge beside bare Aeron on the same channel. */
@Command(name = "bridge", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = "Measures streams over a bridge beside bare Aeron on the same channel, interleaved in rounds: UDP on loopback, each side "
                + "one thread that calls its embedded driver. Modes: to-and-fro (in one process), short, long.",
        footer = {"", "Exit status: 0 all was measured, whether or not a goal is met; 1 something failed, 2 wrong usage."})
public final class BridgeCommand implements Callable<Integer> {

    private static final int CPUS = 2;

    @Mixin
    private RemoteOptions options;

    @Override
    public Integer call() throws InterruptedException {
        final List<Exchange> modes = options.chooseModes(Exchange.BRIDGE);
        final Rig rig = options.rig();
        final String startedAt = RunOptions.now();
        final RemoteRun run = new RemoteRun(rig, options.isAlone(), 0, 1);
        final List<Probe<Outcome>> plan = new ArrayList<>();
        for (final Exchange mode : modes) {
            plan.addAll(run.systems(mode, Subject.BRIDGE));
        }
        final List<Results.Failure> failures = new ArrayList<>();
        final List<RemoteResult.Row> rows = run.rows(plan, failures);
        return options.conclude(new RemoteResult(options.command(), startedAt, Machine.look(CPUS, Version.ofKaelix()), rig.cpus(),
                rig.rounds(), RemoteGoals.ofBridge(rows), rows, failures));
    }
}
