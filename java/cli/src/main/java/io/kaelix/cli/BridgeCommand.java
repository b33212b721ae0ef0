// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.ExitStatus;
import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import io.kaelix.cli.run.Stage;
import io.kaelix.config.ConfigLoader;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kaelix bridge}: streams between hosts, over Aeron. */
@Command(name = "bridge", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = {"Links streams with those of other hosts, over Aeron: each [bridge.NAME] of the settings is one direction of a link. Programs "
                + "of this machine take part by --directory, or by TCP if the settings have network.listen. Runs until Ctrl-C."},
        footer = {"", "Exit status: 1 a bridge cannot be opened or a setting is wrong, 2 wrong usage, 130 interrupted.", "",
            "  kaelix bridge --config east.toml --directory /dev/shm/streams"})
final class BridgeCommand implements Callable<Integer> {

    private static final String NAME = "kaelix bridge";

    private final Terminal terminal;
    private final StopSignal stop;
    private final Map<String, String> environment;

    @Mixin
    private SettingsOptions settings;

    @Mixin
    private DirectoryOptions directory;

    BridgeCommand(final Terminal terminal, final StopSignal stop, final Map<String, String> environment) {
        this.terminal = terminal;
        this.stop = stop;
        this.environment = environment;
    }

    @Override
    public Integer call() {
        settings.check();
        final ConfigLoader loader = directory.over(settings.loader(environment));
        if (loader.load().bridges().isEmpty()) {
            throw CommandException.usage("there is no bridge in the settings: name a file that has a section [bridge.NAME] by --config");
        }
        final Stage stage = Stage.configured(loader, NAME).build(this::note);
        try {
            stop.await();
        } finally {
            stage.close();
        }
        return ExitStatus.INTERRUPTED;
    }

    private void note(final String line) {
        terminal.err().println("kaelix: " + line);
        terminal.err().flush();
    }
}
