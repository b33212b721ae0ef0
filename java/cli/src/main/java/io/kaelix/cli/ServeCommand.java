// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.ListenConfig;
import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.ExitStatus;
import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import io.kaelix.cli.run.Stage;
import io.kaelix.config.ConfigKey;
import io.kaelix.config.ConfigLoader;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kaelix serve}: a streamer that others connect to. */
@Command(name = "serve", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = {"Lets others publish and subscribe by TCP: 'kaelix pub', 'kaelix sub', and programs with KaelixClient, on this machine and, "
                + "where it listens for them, on others. Runs until Ctrl-C. Who may do what, TLS, tokens and limits are settings: [network]."},
        footer = {"", "Exit status: 1 it cannot listen or a setting is wrong, 2 wrong usage, 130 interrupted.", "",
                "  kaelix serve", "  kaelix serve --listen 0.0.0.0:7878 --config kaelix.toml",
            "  kaelix serve --directory /dev/shm/streams --resume"})
final class ServeCommand implements Callable<Integer> {

    private static final String NAME = "kaelix serve";

    private final Terminal terminal;
    private final StopSignal stop;
    private final Map<String, String> environment;

    @Option(names = "--listen", paramLabel = "HOST:PORT",
            description = "Where to listen; may be given several times. Port 0 is one that is free. Default: what the settings say, or "
                    + ExchangeOptions.DEFAULT_ADDRESS + ".")
    private List<String> listen = List.of();

    @Mixin
    private SettingsOptions settings;

    @Mixin
    private DirectoryOptions directory;

    ServeCommand(final Terminal terminal, final StopSignal stop, final Map<String, String> environment) {
        this.terminal = terminal;
        this.stop = stop;
        this.environment = environment;
    }

    @Override
    public Integer call() {
        settings.check();
        final Stage stage = Stage.configured(loader(), NAME).build(this::note);
        try {
            stop.await();
        } finally {
            stage.close();
        }
        return ExitStatus.INTERRUPTED;
    }

    /** What options say wins. */
    private ConfigLoader loader() {
        for (final String place : listen) {
            try {
                ListenConfig.on(place);
            } catch (final IllegalArgumentException e) {
                throw CommandException.usage("--listen: " + e.getMessage());
            }
        }
        final ConfigLoader loader = directory.over(settings.loader(environment));
        if (!listen.isEmpty()) {
            return loader.with(ConfigKey.NETWORK_LISTEN, listen);
        }
        return loader.load().network().listen().isEmpty() ? loader.with(ConfigKey.NETWORK_LISTEN, List.of(ExchangeOptions.DEFAULT_ADDRESS))
                : loader;
    }

    private void note(final String line) {
        terminal.err().println("kaelix: " + line);
        terminal.err().flush();
    }
}
