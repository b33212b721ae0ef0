// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.remote.Figures;
import io.kaelix.bench.remote.Exchange;
import io.kaelix.bench.remote.Outcome;
import io.kaelix.bench.remote.Subject;
import io.kaelix.bench.scenario.Catalogue;
import io.kaelix.bench.trial.EncodedHistogram;
import io.kaelix.bench.trial.LatencyOutcome;
import io.kaelix.bench.trial.ThroughputOutcome;
import io.kaelix.bench.trial.Trial;
import io.kaelix.bench.trial.TrialRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** {@code bench ipc}: streams between two processes beside the same within one, and beside peers. */
@Command(name = "ipc", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = "Measures streams between two processes that share a directory beside the same within one process, a ring in C, Aeron "
                + "IPC and Chronicle Queue, interleaved in rounds. Modes: ping-pong, one-by-one, batch-64.",
        footer = {"", "Exit status: 0 all was measured, whether or not a goal is met; 1 something failed, 2 wrong usage."})
public final class IpcCommand implements Callable<Integer> {

    private static final String ONE_BY_ONE = "one-by-one";
    private static final int CPUS = 2;

    @Mixin
    private RemoteOptions options;

    @Override
    public Integer call() throws InterruptedException {
        final List<Exchange> modes = options.chooseModes(Exchange.IPC);
        final Rig rig = options.rig();
        final String startedAt = RunOptions.now();
        final RemoteRun run = new RemoteRun(rig, options.isAlone(), 0, 1);
        final List<Probe<Outcome>> plan = new ArrayList<>();
        for (final Exchange mode : modes) {
            plan.addAll(run.systems(mode, Subject.IPC));
            plan.add(inProcess(rig, mode));
            if (rig.floors() != null) {
                plan.add(RemoteRun.beside(RemoteRun.FLOOR, mode, "C", "ring of the lane's protocol, two threads",
                        () -> mode == Exchange.PING_PONG ? run.floors().ringPingPong(mode.payload())
                                : run.floors().ring(mode.payload(), mode == Exchange.ONE_BY_ONE ? 1 : 64)));
            }
        }
        final List<Results.Failure> failures = new ArrayList<>();
        final List<RemoteResult.Row> rows = run.rows(plan, failures);
        return options.conclude(new RemoteResult(options.command(), startedAt, Machine.look(CPUS, Version.ofKaelix()), rig.cpus(),
                rig.rounds(), RemoteGoals.ofIpc(rows), rows, failures));
    }

    /** The library between two threads of one process, by the trial that {@code bench latency} and {@code bench throughput} run. */
    private static Probe<Outcome> inProcess(final Rig rig, final Exchange mode) {
        final boolean isLatency = mode == Exchange.PING_PONG;
        final TrialRequest request = new TrialRequest(isLatency ? TrialRequest.Kind.PING_PONG : TrialRequest.Kind.THROUGHPUT,
                Catalogue.KAELIX, isLatency ? ONE_BY_ONE : mode.label(), mode.payload(), rig.seconds(), rig.warmup(), rig.cpus(), 0);
        final List<String> command = JavaCommand.of(List.of(), request);
        return new Probe<>(RemoteGoals.IN_PROCESS, mode.label(), "remote", mode.payload(), 1, 1, Version.ofKaelix(), round -> {
            final String line = rig.children().run(command, rig.timeoutSeconds(), Trial.FAILED);
            try {
                return isLatency ? latency(JsonMapper.shared().readValue(line, LatencyOutcome.class))
                        : rate(JsonMapper.shared().readValue(line, ThroughputOutcome.class), mode);
            } catch (final JacksonException e) {
                throw new TrialFailure("it printed no outcome: " + line, "");
            }
        });
    }

    private static Outcome latency(final LatencyOutcome outcome) {
        final Histogram all = EncodedHistogram.decode(outcome.all());
        return new Outcome(Map.of(Figures.P50.name(), (double) all.getValueAtPercentile(50),
                Figures.P99.name(), (double) all.getValueAtPercentile(99), Figures.P999.name(), (double) all.getValueAtPercentile(99.9),
                Figures.MAX.name(), (double) all.getMaxValue()), outcome.settings());
    }

    private static Outcome rate(final ThroughputOutcome outcome, final Exchange mode) {
        return new Outcome(Map.of(Figures.MESSAGE_RATE.name(), outcome.perSecond(),
                Figures.BYTES_PER_SECOND.name(), outcome.perSecond() * mode.payload()), outcome.settings());
    }
}
