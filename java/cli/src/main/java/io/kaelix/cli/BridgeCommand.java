// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.ExitStatus;
import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import io.kaelix.cli.run.Stage;
import io.kaelix.config.BridgeConfig;
import io.kaelix.config.ConfigKey;
import io.kaelix.config.ConfigLoader;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

    @Option(names = "--directory", paramLabel = "DIRECTORY",
            description = "A directory in memory, such as /dev/shm/streams, whose streams are linked. Whoever comes first makes it, the last one "
                    + "removes it.")
    private Path directory;

    @Option(names = "--resume", description = "Take over what processes left in the directory that have all died, instead of removing it.")
    private boolean resume;

    BridgeCommand(final Terminal terminal, final StopSignal stop, final Map<String, String> environment) {
        this.terminal = terminal;
        this.stop = stop;
        this.environment = environment;
    }

    @Override
    public Integer call() {
        settings.check();
        ConfigLoader loader = settings.loader(environment);
        loader = directory == null ? loader : loader.with(ConfigKey.STREAMS_DIRECTORY, directory.toString());
        loader = resume ? loader.with(ConfigKey.STREAMS_RESUME, true) : loader;
        final var bridges = loader.load().bridges();
        if (bridges.isEmpty()) {
            throw CommandException.usage("there is no bridge in the settings: name a file that has a section [bridge.NAME] by --config");
        }
        final Stage stage = Stage.configured(loader, NAME).build(this::note);
        try {
            bridges.forEach(bridge -> note(text(bridge)));
            stop.await();
        } finally {
            stage.close();
        }
        return ExitStatus.INTERRUPTED;
    }

    private static String text(final BridgeConfig bridge) {
        return "bridge " + bridge.name() + ": " + (bridge.direction() == BridgeConfig.Direction.OUT ? "sends " + bridge.pattern() + " to "
                : "takes in what comes from ") + bridge.channel() + ", mode " + bridge.mode().name().toLowerCase(Locale.ROOT)
                + (bridge.mode() == BridgeConfig.Mode.TRANSPORT ? ": what is in flight when an end dies is lost, and counted"
                        : ": what is recorded arrives, through crashes and cuts");
    }

    private void note(final String line) {
        terminal.err().println("kaelix: " + line);
        terminal.err().flush();
    }
}
