// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.KaelixException;
import io.kaelix.cli.console.ClosedPipeException;
import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.ExitStatus;
import io.kaelix.cli.console.Interactive;
import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import io.kaelix.cli.doctor.ThisMachine;
import io.kaelix.platform.LibNuma;
import io.kaelix.platform.topology.NumaTopology;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;

/**
 * The command as a function of its arguments and streams: whatever happens, an exit status, and at most one line about an error.
 */
final class Kaelix {

    /** The command whose help is named where no command was. */
    private static final String FIRST_COMMAND = "run";

    private final Terminal terminal;
    private final StopSignal stop;
    private final Map<String, String> environment;

    /**
     * @param stop ends a run early
     */
    Kaelix(final Terminal terminal, final StopSignal stop) {
        this(terminal, stop, System.getenv());
    }

    /**
     * @param environment that settings may come from
     */
    Kaelix(final Terminal terminal, final StopSignal stop, final Map<String, String> environment) {
        this.terminal = terminal;
        this.stop = stop;
        this.environment = environment;
    }

    /** Does what the arguments say; what the process should exit with. */
    int execute(final String... arguments) {
        final StringWriter help = new StringWriter();
        try {
            final CommandLine line = new CommandLine(new KaelixCommand());
            line.addSubcommand(new RunCommand(terminal, stop, environment));
            line.addSubcommand(new ServeCommand(terminal, stop, environment));
            line.addSubcommand(new BridgeCommand(terminal, stop, environment));
            line.addSubcommand(new PubCommand(terminal, stop, environment));
            line.addSubcommand(new SubCommand(terminal, stop, environment));
            line.addSubcommand(new ConfigCommand(terminal, environment));
            line.addSubcommand(new TopologyCommand(terminal, NumaTopology::ofThisMachine, LibNuma::on));
            line.addSubcommand(new TopCommand(terminal, stop, environment));
            line.addSubcommand(new MetricsCommand(terminal, stop));
            line.addSubcommand(new DoctorCommand(terminal, Interactive.ofProcess(), stop, ThisMachine::look, environment));
            line.setOut(new PrintWriter(help));
            line.setErr(new PrintWriter(terminal.err(), true));
            line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
            line.setParameterExceptionHandler((e, ignored) -> fail(e, e.getCommandLine()));
            line.setExecutionExceptionHandler((e, command, result) -> fail(e, command));
            final int status = line.execute(arguments);
            terminal.print(help.toString());
            return status;
        } catch (final IOException | RuntimeException | Error e) {
            return fail(e, null);
        }
    }

    /** With the command that was being done, null if there was none. */
    private int fail(final Throwable e, final CommandLine command) {
        return switch (e) {
            case ClosedPipeException quiet -> ExitStatus.CLOSED_PIPE;
            case UncheckedIOException wrapper -> fail(wrapper.getCause(), command);
            case ParameterException usage -> error(usage.getMessage() + hint(command), usage, ExitStatus.USAGE);
            case CommandException known -> error(
                    known.status() == ExitStatus.USAGE ? known.getMessage() + hint(command) : known.getMessage(), known, known.status());
            case KaelixException environment -> error(environment.getMessage(), environment, ExitStatus.FAILED);
            case IOException io -> error("cannot write standard output: " + io.getMessage()
                    + "; send it to a place that can be written", io, ExitStatus.FAILED);
            case OutOfMemoryError memory -> error("the Java heap is full: start Java with a larger -Xmx", memory, ExitStatus.FAILED);
            default -> error("internal error, " + e + "; report it with the stack trace that -Dkaelix.debug=true prints", e,
                    ExitStatus.FAILED);
        };
    }

    private static String hint(final CommandLine command) {
        final String name = command == null || command.getParent() == null ? "kaelix " + FIRST_COMMAND
                : command.getCommandSpec().qualifiedName();
        return "; try '" + name + " --help'";
    }

    private int error(final String message, final Throwable cause, final int status) {
        terminal.error(message, cause);
        return status;
    }
}
