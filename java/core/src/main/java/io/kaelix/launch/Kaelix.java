// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.KaelixException;
import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.StreamerConfig;
import io.kaelix.config.ConfigChange;
import io.kaelix.config.ConfigException;
import io.kaelix.config.ConfigKey;
import io.kaelix.config.ConfigLoader;
import io.kaelix.config.ConfigProblem;
import io.kaelix.config.ConfigReloader;
import io.kaelix.config.KaelixConfig;
import io.kaelix.config.Origin;
import io.kaelix.config.Setting;
import io.kaelix.config.TopicConfig;
import io.kaelix.runtime.TaskScheduler;
import io.kaelix.telemetry.CounterFile;
import io.kaelix.telemetry.FlightEvents;
import io.kaelix.telemetry.Readings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A streamer, the scheduler whose workers serve it, listeners for clients, bridges to other hosts, and telemetry, all as a configuration
 * says; and a watch of its file, so that hot keys act while the program runs.
 *
 * {@snippet :
 * try (Kaelix kaelix = Kaelix.launch(ConfigLoader.of().profile("low-latency").environment(System.getenv()))) {
 *     kaelix.streamer().subscribe("orders.*", order -> System.out.println(order.asString()));
 *     kaelix.scheduler().schedule(() -> System.out.println("now"), TaskPriority.HIGH);
 * }
 * }
 *
 * <p><b>Hot reload</b>, where there is a file: {@link ConfigReloader} says when it is read, and what becomes of one that is wrong. What
 * changed acts at once, on what there is and on what comes: settings of scheduler and streamer
 * ({@link TaskScheduler#reconfigure}, {@link MemoryStreamer#reconfigure}), intervals, sampling and profiling, the log level, tokens, rules
 * and limits of listeners ({@link Listener#reconfigure}). Keys that need a restart are named in the log, once. Files that {@code [network]}
 * names are read again when they change, with or without such a file.
 *
 * <p><b>Log level</b>: {@code telemetry.log_level} is set for the logger {@code io.kaelix}, of {@code java.util.logging}, if any layer but
 * the defaults sets it; closing puts back what was before. Where {@link System.Logger} is served by something else, that is said once, and
 * its level is its own affair.
 *
 * <p><b>Bridges</b> need the artifact {@code kaelix-aeron}, which is a {@link BridgeProvider}.
 *
 * <p><b>Launching</b> fails as a whole or not at all: what was launched already is closed. {@code telemetry.prometheus_port} is not served
 * here but by {@code kaelix run}.
 *
 * <p><b>Threads</b>: any. Besides the workers, {@code kaelix-watch} of the scheduler, {@code kaelix-telemetry}, with a file
 * {@code kaelix-config}, and where it listens {@code kaelix-files}: daemons all.
 */
public final class Kaelix implements AutoCloseable {

    /** What tools and JMX show where a program gives no name. */
    public static final String DEFAULT_NAME = "kaelix";

    private static final System.Logger LOGGER = System.getLogger(Kaelix.class.getName());

    private final KaelixConfig launched;
    /** Closed in the reverse order. */
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final LogLevel logLevel;
    private final TaskScheduler scheduler;
    private final MemoryStreamer streamer;
    private final Telemetry telemetry;
    private final Listeners listeners;
    /** Null if there are none. */
    private final BridgeProvider.Bridges bridges;
    private final Path file;
    /** Null without a file; and while the first change comes before it is known, which waits for that. */
    private volatile ConfigReloader reloader;

    private Kaelix(final KaelixConfig config, final ConfigLoader loader, final String name) {
        this.launched = config;
        this.file = loader == null ? null : loader.file();
        try {
            // Before anything is launched: it is missing on every host that it is missing on.
            final BridgeProvider provider = config.bridges().isEmpty() ? null : BridgeProvider.installed(config.bridges());
            logLevel = add(new LogLevel());
            applyLogLevel(config);
            scheduler = add(TaskScheduler.launch(Translation.scheduler(config)));
            streamer = add(launch(Translation.streamer(config), scheduler));
            for (final TopicConfig topic : config.streams().topics()) {
                streamer.declare(topic.name(), topic.partitions());
            }
            telemetry = add(Telemetry.start(name, config, streamer, scheduler, List.of(counters -> new ReloadSource(this, counters),
                    counters -> new BridgeSource(this::bridges, counters))));
            if (config.telemetry().jmx()) {
                add(register(name));
            }
            listeners = add(Listeners.open(config.network(), streamer));
            bridges = provider == null ? null : add(provider.open(streamer, config.bridges()));
            if (file != null) {
                watch(loader);
            }
        } catch (final RuntimeException | Error e) {
            closeAll(e);
            throw e;
        }
    }

    private static MemoryStreamer launch(final StreamerConfig config, final TaskScheduler scheduler) {
        return config.directory().isEmpty() ? MemoryStreamer.launch(config, scheduler) : MemoryStreamer.join(config, scheduler);
    }

    private <T extends AutoCloseable> T add(final T part) {
        parts.push(part);
        return part;
    }

    private ManagementBean register(final String name) {
        try {
            return ManagementBean.register(this, name);
        } catch (final LinkageError e) {
            throw new KaelixException("telemetry.jmx needs the module java.management, which is not there: start Java with --add-modules "
                    + "java.management, on a runtime that has it", e);
        }
    }

    private void watch(final ConfigLoader loader) {
        // A change that comes at once finds the reloader.
        synchronized (parts) {
            reloader = add(ConfigReloader.start(loader, launched, new ConfigReloader.Listener() {
                @Override
                public void changed(final ConfigChange change) {
                    apply(change);
                }

                @Override
                public void refused(final ConfigException reason) {
                    tell(false, List.of(), List.of(), reason.problems());
                }
            }));
        }
    }

    /**
     * Launches with a configuration that nothing changes.
     *
     * @throws KaelixException if memory or threads cannot be had, native access is not enabled, or a bridge cannot be opened; nothing is
     *     left behind
     */
    public static Kaelix launch(final KaelixConfig config) {
        return new Kaelix(Objects.requireNonNull(config, "config"), null, DEFAULT_NAME);
    }

    /**
     * Launches with what a loader loads, and follows its file if it has one.
     *
     * @throws ConfigException if something is wrong with that: all of it is in the message
     * @throws KaelixException if memory or threads cannot be had, native access is not enabled, or a bridge cannot be opened; nothing is
     *     left behind
     */
    public static Kaelix launch(final ConfigLoader loader) {
        return launch(loader, DEFAULT_NAME);
    }

    /**
     * The same under a name, by which tools and JMX know it.
     *
     * @throws ConfigException if something is wrong with what is loaded: all of it is in the message
     * @throws KaelixException if memory or threads cannot be had, native access is not enabled, or a bridge cannot be opened; nothing is
     *     left behind
     */
    public static Kaelix launch(final ConfigLoader loader, final String name) {
        return new Kaelix(loader.load(), loader, Objects.requireNonNull(name, "name"));
    }

    /**
     * Launches with a file and the variables of the process laid over it, and follows the file.
     *
     * @throws ConfigException if something is wrong with them: all of it is in the message
     * @throws KaelixException if memory or threads cannot be had, native access is not enabled, or a bridge cannot be opened; nothing is
     *     left behind
     */
    public static Kaelix launch(final Path file) {
        return launch(ConfigLoader.of().file(file).environment(System.getenv()));
    }

    private void apply(final ConfigChange change) {
        final KaelixConfig after = change.after();
        attempt("the scheduler", () -> scheduler.reconfigure(Translation.hot(scheduler.config(), after)));
        attempt("the streamer", () -> streamer.reconfigure(Translation.hot(streamer.config(), after)));
        attempt("telemetry", () -> telemetry.reconfigure(after));
        attempt("the log level", () -> applyLogLevel(after));
        if (change.changed().stream().anyMatch(setting -> setting.key().section().equals("network"))) {
            attempt("listeners", () -> listeners.reconfigure(after.network()));
        }
        tell(true, change.changed(), change.needRestart(), List.of());
    }

    /** One that refuses keeps the others from nothing. */
    private static void attempt(final String what, final Runnable change) {
        try {
            change.run();
        } catch (final RuntimeException e) {
            LOGGER.log(System.Logger.Level.ERROR, "a changed configuration is without effect on " + what, e);
        }
    }

    private void applyLogLevel(final KaelixConfig config) {
        if (config.setting(ConfigKey.TELEMETRY_LOG_LEVEL).origin().layer() == Origin.Layer.DEFAULT) {
            logLevel.close();
        } else {
            logLevel.set(config.telemetry().logLevel());
        }
    }

    private void tell(final boolean accepted, final List<Setting> changed, final List<Setting> needRestart,
            final List<ConfigProblem> problems) {
        synchronized (parts) {
            FlightEvents.reload(file.toString(), accepted, keys(changed), keys(needRestart),
                    problems.stream().map(Object::toString).collect(Collectors.joining("; ")), accepted ? reloadTime().toNanos() : 0);
        }
    }

    private static String keys(final List<Setting> settings) {
        return settings.stream().map(setting -> setting.key().path()).collect(Collectors.joining(", "));
    }

    /** Its scheduler: do not close it. */
    public TaskScheduler scheduler() {
        return scheduler;
    }

    /** Its streamer: do not close it. */
    public MemoryStreamer streamer() {
        return streamer;
    }

    /** Its listeners, one for each place of {@code network.listen}, in that order: do not close them. */
    public List<Listener> listeners() {
        return listeners.all();
    }

    /** Its bridges, as their provider has them; empty if there are none: do not close them. */
    public Optional<BridgeProvider.Bridges> bridges() {
        return Optional.ofNullable(bridges);
    }

    /** The configuration that is in force, one immutable snapshot: cold keys as they were launched with. */
    public KaelixConfig config() {
        final ConfigReloader watched = reloader;
        return watched == null ? launched : watched.current();
    }

    /** What the file wants of keys that need a restart, and has not got. */
    public List<Setting> needRestart() {
        final ConfigReloader watched = reloader;
        return watched == null ? List.of() : watched.needRestart();
    }

    /** What shows what it does. */
    public Telemetry telemetry() {
        return telemetry;
    }

    /** Where counters of one's own are added: as {@link Telemetry#counters}. */
    public CounterFile counters() {
        return telemetry.counters();
    }

    /** What is counted, as of the last {@code telemetry.counters_interval_ms}: as {@link Telemetry#readings}. */
    public Optional<Readings> readings() {
        return telemetry.readings();
    }

    /** What the process used: as {@link Telemetry#profile}. */
    public Optional<ProcessProfile> profile() {
        return telemetry.profile();
    }

    /** How often a changed file was taken over. */
    public long reloads() {
        final ConfigReloader watched = reloader;
        return watched == null ? 0 : watched.reloads();
    }

    /** How often a file was refused. */
    public long refusedReloads() {
        final ConfigReloader watched = reloader;
        return watched == null ? 0 : watched.refused();
    }

    /** How long the last change took, from before the file was read until it was in force; zero as long as there was none. */
    public Duration reloadTime() {
        final ConfigReloader watched = reloader;
        return watched == null ? Duration.ZERO : watched.reloadTime();
    }

    /**
     * Loads the file now, on the calling thread.
     *
     * @throws IllegalStateException if it was launched without a file, or closed
     */
    public ConfigReloader.Outcome reload() {
        final ConfigReloader watched = reloader;
        if (watched == null) {
            throw new IllegalStateException("there is no file to load: launch it with one (ConfigLoader.file)");
        }
        return watched.reload();
    }

    /**
     * Closes all of it: watch, bridges, listeners, JMX bean, telemetry with its file, streamer, scheduler, which waits for tasks as
     * {@link TaskScheduler#close} does. Publishers and subscribers that are open keep their memory until they are closed. Again it is
     * without effect.
     */
    @Override
    public void close() {
        final RuntimeException failed = new KaelixException("not all could be closed");
        closeAll(failed);
        if (failed.getSuppressed().length > 0) {
            throw failed;
        }
    }

    private void closeAll(final Throwable takesWhatFails) {
        AutoCloseable part = next();
        while (part != null) {
            try {
                part.close();
            } catch (final Exception | Error e) {
                takesWhatFails.addSuppressed(e);
            }
            part = next();
        }
    }

    private AutoCloseable next() {
        synchronized (parts) {
            return parts.poll();
        }
    }
}
