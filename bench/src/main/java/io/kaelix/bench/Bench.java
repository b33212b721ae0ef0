// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench;

import io.kaelix.bench.guide.GuideCommand;
import io.kaelix.bench.rig.BackpressureCommand;
import io.kaelix.bench.rig.BatchCommand;
import io.kaelix.bench.rig.BridgeCommand;
import io.kaelix.bench.rig.ConfigCommand;
import io.kaelix.bench.rig.FloorsCommand;
import io.kaelix.bench.rig.IpcCommand;
import io.kaelix.bench.rig.JmhCommand;
import io.kaelix.bench.rig.KernelsCommand;
import io.kaelix.bench.rig.LatencyCommand;
import io.kaelix.bench.rig.NetworkCommand;
import io.kaelix.bench.rig.SchedulerCommand;
import io.kaelix.bench.rig.StreamsCommand;
import io.kaelix.bench.rig.TelemetryCommand;
import io.kaelix.bench.rig.ThroughputCommand;
import io.kaelix.bench.rig.Version;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code kaelix bench}: measures the library, its peers, and what C does on this machine. */
@Command(name = "kaelix bench", mixinStandardHelpOptions = true, versionProvider = Version.class,
        subcommands = {ThroughputCommand.class, LatencyCommand.class, GuideCommand.class, FloorsCommand.class, KernelsCommand.class,
                BackpressureCommand.class, BatchCommand.class, StreamsCommand.class, SchedulerCommand.class, ConfigCommand.class,
                TelemetryCommand.class, NetworkCommand.class, IpcCommand.class, BridgeCommand.class, JmhCommand.class},
        description = "Measures Kaelix beside its peers and beside what C does on this machine, interleaved in one run.")
public final class Bench implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    /** Runs the command; exit status 0, 1 if something failed, 2 for wrong usage. */
    public static void main(final String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The command with its subcommands; errors are one line each. */
    public static CommandLine commandLine() {
        final CommandLine line = new CommandLine(new Bench())
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setParameterExceptionHandler(Bench::complain)
                .setExecutionExceptionHandler((e, command, result) -> fail(e, command));
        // Its options are JMH's.
        line.getSubcommands().get(JmhCommand.NAME).setUnmatchedOptionsArePositionalParams(true);
        return line;
    }

    private static int complain(final ParameterException e, final String[] args) {
        final CommandLine command = e.getCommandLine();
        command.getErr().println("kaelix: " + e.getMessage() + "; see " + command.getCommandSpec().qualifiedName() + " --help");
        return CommandLine.ExitCode.USAGE;
    }

    private static int fail(final Exception e, final CommandLine command) {
        command.getErr().println("kaelix: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
        return CommandLine.ExitCode.SOFTWARE;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return CommandLine.ExitCode.USAGE;
    }
}
