// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.cli.config.SettingsJson;
import io.kaelix.cli.config.SettingsText;
import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.ExitStatus;
import io.kaelix.cli.console.Terminal;
import io.kaelix.config.ConfigException;
import io.kaelix.config.ConfigFile;
import io.kaelix.config.ConfigLoader;
import io.kaelix.config.ConfigProblem;
import io.kaelix.config.KaelixConfig;
import io.kaelix.config.Origin.Layer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kaelix config}: shows settings and where they came from, checks files, prints the commented one. */
@Command(name = "config", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = "Shows the settings that a program would have here, checks a file of them, or prints one to start from.",
        footer = {"",
            "The JSON object:",
            "  valid      whether there is no problem",
            "  settings[] key, value, unit, hot (acts without a restart),",
            "             layer (default, profile, file, environment, code),",
            "             source: name of the profile, file or variable,",
            "             line and column, null where there are none,",
            "             reason: why the value is another than the layer has",
            "  problems[] where, line, column, key, text",
            "", "Exit status: 0 valid, 1 there are problems, 2 wrong usage."})
final class ConfigCommand implements Callable<Integer> {

    private final Terminal terminal;
    private final Map<String, String> environment;

    /**
     * @param environment that settings may come from
     */
    ConfigCommand(final Terminal terminal, final Map<String, String> environment) {
        this.terminal = terminal;
        this.environment = environment;
    }

    @Override
    public Integer call() {
        throw CommandException.usage("config takes show, check or default");
    }

    @Command(name = "show", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
            description = "Prints each value and where it came from: defaults, profile, file, environment (KAELIX_…).",
            footer = {"", "Exit status: 0 shown, 1 there are problems, which are listed, 2 wrong usage."})
    int show(
            @Option(names = "--profile", paramLabel = "NAME", description = "high-throughput or low-latency.") final String profile,
            @Option(names = "--config", paramLabel = "FILE", description = "A file of settings.") final Path file,
            @Option(names = "--json", description = "One JSON object, as the help of 'kaelix config' has it.") final boolean json)
            throws IOException {
        ConfigLoader loader = ConfigLoader.of().environment(environment);
        loader = file == null ? loader : loader.file(file);
        loader = profile == null ? loader : loader.profile(profile);
        try {
            final KaelixConfig config = loader.load();
            terminal.print(json ? SettingsJson.of(config) : SettingsText.of(config));
            return ExitStatus.OK;
        } catch (final ConfigException e) {
            return problems(e, json);
        }
    }

    @Command(name = "check", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
            description = "Checks a file as it would be read on this machine, without the environment, and prints all that is wrong.",
            footer = {"", "Exit status: 0 valid, 1 there are problems, one a line, 2 wrong usage."})
    int check(
            @Parameters(paramLabel = "FILE", description = "A file of settings.") final Path file,
            @Option(names = "--json", description = "One JSON object, as the help of 'kaelix config' has it.") final boolean json)
            throws IOException {
        try {
            final KaelixConfig config = ConfigLoader.of().file(file).load();
            final long set = config.settings().stream().filter(setting -> setting.origin().layer() == Layer.FILE).count();
            terminal.print(json ? SettingsJson.of(config)
                    : file.toString().replaceAll("\\p{Cntrl}", "?") + ": valid, sets " + set + (set == 1 ? " key\n" : " keys\n"));
            return ExitStatus.OK;
        } catch (final ConfigException e) {
            return problems(e, json);
        }
    }

    @Command(name = "default", mixinStandardHelpOptions = true, versionProvider = Version.class,
            description = "Prints a file with every key, commented out: what it means, what it takes, its default, and whether a change "
                    + "needs a restart.",
            footer = {"", "Exit status: 0 printed, 1 it could not be written, 2 wrong usage."})
    int defaults() throws IOException {
        terminal.print(ConfigFile.commentedDefaults());
        return ExitStatus.OK;
    }

    private int problems(final ConfigException e, final boolean json) throws IOException {
        terminal.print(json ? SettingsJson.of(e.problems()) : e.problems().stream().map(ConfigProblem::message)
                .collect(Collectors.joining("\n", "", "\n")));
        return ExitStatus.FAILED;
    }
}
