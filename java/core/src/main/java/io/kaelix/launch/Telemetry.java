// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.config.KaelixConfig;
import io.kaelix.config.TelemetryConfig;
import io.kaelix.runtime.TaskScheduler;
import io.kaelix.telemetry.CounterFile;
import io.kaelix.telemetry.CounterReader;
import io.kaelix.telemetry.FlightEvents;
import io.kaelix.telemetry.Readings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Shows what a streamer, and a scheduler if there is one, do: in a counter file, which {@code kaelix top} and others read, to the flight
 * recorder, and to who asks. {@link Kaelix} has one; a program that launches its streamer itself starts its own.
 *
 * {@snippet :
 * try (Telemetry telemetry = Telemetry.start("orders", KaelixConfig.defaults(), streamer)) {
 *     System.out.println(telemetry.counterFile().orElseThrow());
 * }
 * }
 *
 * <p><b>What it costs</b>: a daemon thread, {@code kaelix-telemetry}, which looks each {@code telemetry.counters_interval_ms}, some hundred
 * microseconds at a time; hot paths pay nothing for it. With {@code telemetry.enabled = false} there is no file and nothing is copied, nor
 * is any subscriber found slow; while the process is not profiled either, there is no thread, or it sleeps for good.
 *
 * <p><b>Where there is no room for the file</b>, in the usual folder, that is logged, and all goes on without; in a folder that was named
 * it is an error.
 *
 * <p><b>Threads</b>: any. Nothing blocks but {@link #close}. Close it before what it looks at.
 */
public final class Telemetry implements AutoCloseable {

    private static final System.Logger LOGGER = System.getLogger(Telemetry.class.getName());

    private final CounterFile file;
    private final ProcessProfiler profiler;
    private final SlowSubscribers slow;
    private final Collector collector;

    private Telemetry(final CounterFile file, final ProcessProfiler profiler, final SlowSubscribers slow, final Collector collector) {
        this.file = file;
        this.profiler = profiler;
        this.slow = slow;
        this.collector = collector;
    }

    /**
     * Looks at a streamer from now on.
     *
     * @param name of the program, as tools show it
     * @param config of which {@code [telemetry]} and the profiling keys of {@code [performance]} count
     * @throws KaelixException if there is no room for the file in the folder that was named
     */
    public static Telemetry start(final String name, final KaelixConfig config, final MemoryStreamer streamer) {
        return start(name, config, Objects.requireNonNull(streamer, "streamer"), null, List.of());
    }

    /** The same with a scheduler. */
    public static Telemetry start(final String name, final KaelixConfig config, final MemoryStreamer streamer,
            final TaskScheduler scheduler) {
        return start(name, config, Objects.requireNonNull(streamer, "streamer"), Objects.requireNonNull(scheduler, "scheduler"),
                List.of());
    }

    /** A source of one's own. */
    interface SourceOfFile {

        /** Over a file. */
        Source over(CounterFile file);
    }

    /** @param scheduler null for none */
    static Telemetry start(final String name, final KaelixConfig config, final MemoryStreamer streamer, final TaskScheduler scheduler,
            final List<SourceOfFile> more) {
        final CounterFile file = create(name, config.telemetry());
        try {
            final SlowSubscribers slow = new SlowSubscribers(FlightEvents::slowSubscriber, System::nanoTime);
            slow.threshold(config.telemetry().slowSubscriberEvent().toNanos());
            final ProcessProfiler profiler = ProcessProfiler.ofThisProcess();
            final List<Source> sources = new ArrayList<>();
            if (scheduler != null) {
                sources.add(new SchedulerSource(scheduler, file, System::nanoTime));
                profiler.follow(SchedulerSource.threads(scheduler));
            }
            sources.add(new StreamerSource(streamer, file, slow, System::nanoTime));
            streamer.config().directory().ifPresent(folder -> sources.add(new DirectorySource(folder.toAbsolutePath(), file)));
            more.forEach(source -> sources.add(source.over(file)));
            return new Telemetry(file, profiler, slow, Collector.start(file, sources, profiler, Pace.of(config)));
        } catch (final RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private static CounterFile create(final String name, final TelemetryConfig config) {
        if (!config.enabled()) {
            return CounterFile.hidden();
        }
        if (!config.directory().isEmpty()) {
            return CounterFile.create(Path.of(config.directory()), name);
        }
        try {
            return CounterFile.create(CounterFile.defaultDirectory(), name);
        } catch (final KaelixException e) {
            LOGGER.log(System.Logger.Level.WARNING, "no counters are shown to other processes: " + e.getMessage()
                    + "; telemetry.directory names another folder, telemetry.enabled = false is without");
            return CounterFile.hidden();
        }
    }

    /** Where counters of one's own are added to those of the library; hidden if {@code telemetry.enabled} is false. */
    public CounterFile counters() {
        return file;
    }

    /** Where the counter file lies; empty if there is none. */
    public Optional<Path> counterFile() {
        return file.isOpen() ? Optional.of(file.path()) : Optional.empty();
    }

    /** What the file shows, as of the last time that counters were copied; empty if there is none. Reads all of it. */
    public Optional<Readings> readings() {
        final Optional<Path> path = counterFile();
        if (path.isEmpty()) {
            return Optional.empty();
        }
        try (CounterReader reader = CounterReader.open(path.get())) {
            return Optional.of(reader.snapshot());
        } catch (final KaelixException e) {
            if (file.isOpen()) {
                throw e;
            }
            // Closed meanwhile.
            return Optional.empty();
        }
    }

    /** What the process used, as of the last look; empty while nothing of it is switched on, and before the first. */
    public Optional<ProcessProfile> profile() {
        return profiler.profile();
    }

    /** Goes on as this says: intervals, the parts of the process that are profiled, from when on a subscriber is slow. At once. */
    public void reconfigure(final KaelixConfig config) {
        slow.threshold(config.telemetry().slowSubscriberEvent().toNanos());
        collector.pace(Pace.of(config));
    }

    /** Ends its thread and removes the file. What counted in it goes on counting unseen. Again it is without effect. */
    @Override
    public void close() {
        try {
            collector.close();
        } finally {
            file.close();
        }
    }
}
