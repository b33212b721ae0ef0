// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.StreamerConfig;
import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.ExitStatus;
import io.kaelix.cli.console.Interactive;
import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import io.kaelix.cli.console.Typed;
import io.kaelix.cli.doctor.Applied;
import io.kaelix.cli.doctor.Doctor;
import io.kaelix.cli.doctor.Host;
import io.kaelix.cli.doctor.Remedy;
import io.kaelix.cli.doctor.Result;
import io.kaelix.cli.doctor.Status;
import io.kaelix.cli.doctor.Treatment;
import io.kaelix.cli.report.DoctorJson;
import io.kaelix.cli.report.DoctorTable;
import io.kaelix.config.ConfigLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kaelix doctor}: what this machine allows and what it costs, and what to do about it. */
@Command(name = "doctor", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = "Tells what this machine allows and what it costs: for each check what was found, what is wanted, why, and what "
                + "to type. It reads only, unless --apply is given.",
        footer = {"",
            "A check ends as",
            "  OK       as wanted",
            "  ADVICE   it costs latency or throughput; nothing fails for it",
            "  PROBLEM  something that is asked of the library will fail",
            "  UNKNOWN  it could not be read, and why",
            "",
            "The JSON object:",
            "  ok, advice, problem, unknown: how many checks ended so",
            "  checks[]   id, status (in small letters), found, wanted, why,",
            "             source,",
            "             remedies[]: command (until the next start), permanent,",
            "             words: what no command does,",
            "             applicable: whether --apply can do it",
            "  applied[]  id, command, done, now: what was read back, or why",
            "             it was refused",
            "", "Exit status: 0 no PROBLEM, 1 a PROBLEM, or a change that was refused,", "2 wrong usage, 130 ended by Ctrl-C."})
final class DoctorCommand implements Callable<Integer> {

    private final Terminal terminal;
    private final Interactive interactive;
    private final StopSignal stop;
    private final LongFunction<Host> machine;
    private final Map<String, String> environment;

    @Option(names = "--json", description = "One JSON object, as below.")
    private boolean json;

    @Option(names = "--explain", description = "Says of what is as wanted, too, what is wanted and why.")
    private boolean explain;

    @Option(names = "--only", split = ",", paramLabel = "CHECK",
            description = "Only these checks, or families of them: memory.hugepages,cpu")
    private List<String> only;

    @Option(names = "--memory", paramLabel = "BYTES", converter = MemorySize.class,
            description = "Memory limit of the streamer that the machine is for, such as 512m or 8g. Default: that of --config, else that of "
                    + "the library, 4g.")
    private Long memory;

    @Option(names = "--config", paramLabel = "FILE",
            description = "Takes the memory limit of this file of settings, and of the environment (KAELIX_MEMORY_LIMIT).")
    private Path config;

    @Option(names = "--apply",
            description = "Asks for each change that can be made here, makes it, and reads back what it is then. Needs root.")
    private boolean apply;

    @Option(names = "--yes", description = "With --apply: yes to all, for scripts.")
    private boolean yes;

    /**
     * @param environment that settings may come from, if there is a file of them
     * @param stop ends the questions
     * @param machine looks at the machine, given the memory limit, each time it is asked
     */
    DoctorCommand(final Terminal terminal, final Interactive interactive, final StopSignal stop, final LongFunction<Host> machine,
            final Map<String, String> environment) {
        this.terminal = terminal;
        this.interactive = interactive;
        this.stop = stop;
        this.machine = machine;
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        final Set<String> wanted = checks();
        if (yes && !apply) {
            throw CommandException.usage("--yes is for changes: give --apply too");
        }
        if (apply && !yes && !interactive.in()) {
            throw CommandException.usage(
                    "--apply asks before each change, and standard input is no terminal: give --yes to have all of them");
        }
        final long limit = memoryLimit();
        final Host host = machine.apply(limit);
        if (apply && !host.isRoot()) {
            throw CommandException.failed("--apply changes what only root may: run it by sudo");
        }
        List<Result> results = Doctor.examine(host, wanted);
        List<Applied> applied = List.of();
        if (apply) {
            applied = treat(host, results);
            if (stop.isRequested()) {
                return ExitStatus.INTERRUPTED;
            }
            results = Doctor.examine(machine.apply(limit), wanted);
        }
        terminal.print(json ? DoctorJson.of(results, applied) : DoctorTable.of(results, interactive.out(), explain));
        return results.stream().anyMatch(result -> result.finding().status() == Status.PROBLEM)
                || applied.stream().anyMatch(change -> !change.done()) ? ExitStatus.FAILED : ExitStatus.OK;
    }

    private long memoryLimit() {
        if (memory != null) {
            return memory;
        }
        return config == null ? StreamerConfig.defaults().memoryLimit()
                : ConfigLoader.of().environment(environment).file(config).load().memory().limit();
    }

    private Set<String> checks() {
        if (only == null) {
            return Set.of();
        }
        for (final String name : only) {
            if (Doctor.ids().stream().noneMatch(id -> id.equals(name) || Doctor.family(id).equals(name))) {
                throw CommandException.usage("there is no check '" + name + "'; name one as the table does, or a family: "
                        + Doctor.ids().stream().map(Doctor::family).distinct().collect(Collectors.joining(", ")));
            }
        }
        return new LinkedHashSet<>(only);
    }

    // ---- changes ----

    private List<Applied> treat(final Host host, final List<Result> results) throws IOException {
        if (results.stream().flatMap(result -> result.finding().remedies().stream()).allMatch(remedy -> remedy.change().isEmpty())) {
            tell("nothing to apply");
            return List.of();
        }
        return new Treatment(host, this::consent, this::tell).of(results);
    }

    private boolean consent(final Result result, final Remedy remedy) throws IOException {
        if (stop.isRequested()) {
            return false;
        }
        tell("");
        tell(result.check().id() + ": " + result.finding().found() + "; wanted: " + result.finding().wanted());
        tell("  " + remedy.now());
        if (yes) {
            return true;
        }
        while (true) {
            terminal.err().print("do this now? [y/n] ");
            terminal.err().flush();
            final String answer = Typed.line(terminal, stop);
            if (answer == null) {
                tell("");
                return false;
            }
            switch (answer.strip().toLowerCase(Locale.ROOT)) {
                case "y", "yes" -> {
                    return true;
                }
                case "n", "no", "" -> {
                    return false;
                }
                default -> tell("y or n");
            }
        }
    }

    private void tell(final String line) {
        terminal.err().println(line);
    }
}
