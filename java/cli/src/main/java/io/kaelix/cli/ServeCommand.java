// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.ListenConfig;
import io.kaelix.Listener;
import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.ExitStatus;
import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import io.kaelix.cli.run.Stage;
import io.kaelix.config.ConfigKey;
import io.kaelix.config.ConfigLoader;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
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
    private static final int MAX_PORT = 65_535;

    private final Terminal terminal;
    private final StopSignal stop;
    private final Map<String, String> environment;

    @Option(names = "--listen", paramLabel = "HOST:PORT",
            description = "Where to listen; may be given several times. Port 0 is one that is free. Default: what the settings say, or "
                    + ExchangeOptions.DEFAULT_ADDRESS + ".")
    private List<String> listen = List.of();

    @Option(names = "--config", paramLabel = "FILE",
            description = "A file of settings, which is followed. 'kaelix config default' prints one to start from.")
    private Path config;

    @Option(names = "--profile", paramLabel = "NAME",
            description = "Settings to start from: high-throughput or low-latency. 'kaelix config show' prints them.")
    private String profile;

    @Option(names = "--directory", paramLabel = "DIRECTORY",
            description = "A directory in memory, such as /dev/shm/streams, by which processes of this machine share the same streams without a "
                    + "server: 'kaelix pub --directory', and programs. Whoever comes first makes it, the last one removes it.")
    private Path directory;

    @Option(names = "--resume", description = "Take over what processes left in the directory that have all died, instead of removing it.")
    private boolean resume;

    @Option(names = "--metrics-port", paramLabel = "N",
            description = "Serves the counters to Prometheus on this port, of 127.0.0.1 unless telemetry.prometheus_host says otherwise.")
    private Integer metricsPort;

    ServeCommand(final Terminal terminal, final StopSignal stop, final Map<String, String> environment) {
        this.terminal = terminal;
        this.stop = stop;
        this.environment = environment;
    }

    @Override
    public Integer call() {
        if (metricsPort != null && (metricsPort < 1 || metricsPort > MAX_PORT)) {
            throw CommandException.usage("--metrics-port must be from 1 to " + MAX_PORT + ", not " + metricsPort);
        }
        final ConfigLoader loader = loader();
        // What is wrong with its files is told before anything is launched.
        final List<ListenConfig> places = loader.load().network().listeners();
        try (Stage stage = Stage.configured(loader, NAME).build(this::note)) {
            serve(stage, places);
        }
        return ExitStatus.INTERRUPTED;
    }

    private void serve(final Stage stage, final List<ListenConfig> places) {
        final List<Listener> listeners = new ArrayList<>();
        try {
            for (final ListenConfig place : places) {
                final Listener listener = stage.streamer().listen(place);
                listeners.add(listener);
                note("listening at " + text(listener.address()) + (place.tls() == null ? "" : ", TLS"));
            }
            final CountDownLatch stopped = new CountDownLatch(1);
            stop.onRequest(stopped::countDown);
            stopped.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            listeners.forEach(Listener::close);
        }
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
        ConfigLoader loader = ConfigLoader.of().environment(environment);
        loader = config == null ? loader : loader.file(config);
        loader = profile == null ? loader : loader.profile(profile);
        loader = directory == null ? loader : loader.with(ConfigKey.STREAMS_DIRECTORY, directory.toString());
        loader = resume ? loader.with(ConfigKey.STREAMS_RESUME, true) : loader;
        loader = metricsPort == null ? loader : loader.with(ConfigKey.TELEMETRY_PROMETHEUS_PORT, metricsPort);
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

    private static String text(final InetSocketAddress address) {
        final String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
