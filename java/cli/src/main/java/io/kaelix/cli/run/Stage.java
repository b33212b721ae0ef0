// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.StreamerConfig;
import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.metrics.MetricsPage;
import io.kaelix.cli.metrics.MetricsServer;
import io.kaelix.config.ConfigLoader;
import io.kaelix.config.KaelixConfig;
import io.kaelix.config.TelemetryConfig;
import io.kaelix.launch.Kaelix;
import io.kaelix.launch.Telemetry;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * What a run happens on: a streamer, what shows it to tools, listeners where a configuration has them, and a server of metrics if there is
 * a port for one.
 *
 * <p><b>Threads</b>: one.
 */
public final class Stage implements AutoCloseable {

    /** Name of the process of a run in tools. */
    private static final String RUN = "kaelix run";

    /** Closed in the reverse order. */
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private MemoryStreamer streamer;

    private Stage() {
    }

    /** Makes the stage of a run. */
    public interface Builder {

        /** @param notes takes what a user should know, a line each */
        Stage build(Consumer<String> notes);
    }

    /**
     * A streamer with the defaults, and a lane of this size; it is shown to tools, unless telemetry is off.
     *
     * @param config of which {@code [telemetry]} counts
     */
    public static Builder plain(final int laneCapacity, final KaelixConfig config) {
        return notes -> build(stage -> {
            stage.streamer = stage.add(MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(laneCapacity)));
            stage.serve(stage.add(Telemetry.start(RUN, config, stage.streamer)), config.telemetry(), notes);
        });
    }

    /** All that a configuration has: a scheduler besides, and its file is followed. */
    public static Builder configured(final ConfigLoader loader) {
        return configured(loader, RUN);
    }

    /** The same for something else than a run, under a name by which tools know it. */
    public static Builder configured(final ConfigLoader loader, final String name) {
        return notes -> build(stage -> {
            final Kaelix kaelix = stage.add(Kaelix.launch(loader, name));
            stage.streamer = kaelix.streamer();
            stage.serve(kaelix.telemetry(), kaelix.config().telemetry(), notes);
            kaelix.listeners().forEach(listener -> notes.accept(text(listener)));
        });
    }

    private static String text(final Listener listener) {
        final InetSocketAddress address = listener.address();
        final String host = address.getAddress().getHostAddress();
        return "listening at " + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort()
                + (listener.config().tls() == null ? "" : ", TLS");
    }

    private static Stage build(final Consumer<Stage> building) {
        final Stage stage = new Stage();
        try {
            building.accept(stage);
            return stage;
        } catch (final RuntimeException | Error e) {
            stage.close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T add(final T part) {
        parts.push(part);
        return part;
    }

    private void serve(final Telemetry telemetry, final TelemetryConfig config, final Consumer<String> notes) {
        if (config.prometheusPort() == 0) {
            return;
        }
        if (!config.enabled()) {
            throw CommandException.usage("metrics are read from the counters, which telemetry.enabled = false switches off: leave out the "
                    + "port, or switch them on");
        }
        final MetricsPage page = new MetricsPage(() -> telemetry.readings().orElse(null));
        final MetricsServer server = add(MetricsServer.start(config.prometheusHost(), config.prometheusPort(), page::text));
        notes.accept("metrics at " + server.url());
    }

    /** That messages go through. */
    public MemoryStreamer streamer() {
        return streamer;
    }

    @Override
    public void close() {
        RuntimeException failed = null;
        for (final AutoCloseable part : parts) {
            try {
                part.close();
            } catch (final Exception e) {
                failed = failed == null ? new IllegalStateException("not all could be closed") : failed;
                failed.addSuppressed(e);
            }
        }
        parts.clear();
        if (failed != null) {
            throw failed;
        }
    }
}
