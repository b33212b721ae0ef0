// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.cli.console.CommandException;
import io.kaelix.config.ConfigKey;
import io.kaelix.config.ConfigLoader;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options that say what settings something is launched with. They win over the environment and the file. */
final class SettingsOptions {

    private static final int MAX_PORT = 65_535;

    @Option(names = "--profile", paramLabel = "NAME",
            description = "Settings to start from: high-throughput or low-latency. 'kaelix config show' prints them.")
    private String profile;

    @Option(names = "--config", paramLabel = "FILE",
            description = "A file of settings, which is followed. 'kaelix config default' prints one to start from.")
    private Path config;

    @Option(names = "--metrics-port", paramLabel = "N",
            description = "Serves the counters to Prometheus on this port, of 127.0.0.1 unless telemetry.prometheus_host says otherwise.")
    private Integer metricsPort;

    /** Whether a file or a profile is named. */
    boolean areGiven() {
        return profile != null || config != null;
    }

    /** @throws CommandException if an option is out of its range */
    void check() {
        if (metricsPort != null && (metricsPort < 1 || metricsPort > MAX_PORT)) {
            throw CommandException.usage("--metrics-port must be from 1 to " + MAX_PORT + ", not " + metricsPort);
        }
    }

    /** What loads them, over variables of an environment. */
    ConfigLoader loader(final Map<String, String> environment) {
        ConfigLoader loader = ConfigLoader.of().environment(environment);
        loader = config == null ? loader : loader.file(config);
        loader = profile == null ? loader : loader.profile(profile);
        return metricsPort == null ? loader : loader.with(ConfigKey.TELEMETRY_PROMETHEUS_PORT, metricsPort);
    }
}
