// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scenario;

import io.kaelix.MemoryStreamer;
import io.kaelix.config.ConfigLoader;
import io.kaelix.config.KaelixConfig;
import io.kaelix.launch.Kaelix;
import io.kaelix.telemetry.CounterReader;
import io.kaelix.telemetry.FlightEvents;
import io.kaelix.telemetry.Metric;
import io.kaelix.telemetry.Readings;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import jdk.jfr.Recording;

/**
 * A streamer of which everything is told that can be: counters at their default interval, latencies at their default sampling, all events
 * recorded, a JMX bean, the process profiled; and somebody who looks at it all.
 *
 * <pre>
 *   publisher ──► lane ──► subscriber                      what is measured
 *                  ▲ looks, 2 times a second
 *            kaelix-telemetry ──► counter file ◄── bench-reader, once a second; it asks the JMX bean, too
 * </pre>
 *
 * <p>The reader is a thread of this process that sleeps, and not another process: on a machine of two CPUs, which are both taken by the
 * threads under test, either of them has to take its time from those, and a second JVM would take more than a reader does.
 *
 * <p>For the first seconds all of it goes on at a hundred times the pace: what is done twice a second only, a compiler would come to after
 * minutes, and until then its work would be measured, and not what it costs from then on.
 *
 * <p>With it come the workers of a scheduler, as with any {@link Kaelix}: they have nothing to do, and sleep.
 */
final class ObservedProgram implements Program {

    /** As the flight recorder knows them. */
    private static final List<String> EVENTS = List.of("io.kaelix.Backpressure", "io.kaelix.Overrun", "io.kaelix.SlowSubscriber",
            "io.kaelix.Reload", "io.kaelix.PlacementFallback", "io.kaelix.LongTask");
    private static final long READ_EACH_MILLIS = 1_000;
    /** The pace of the first seconds, and how long those are: less than a warm-up. */
    private static final long RUSH_EACH_MILLIS = 10;
    private static final long RUSH_NANOS = 2_500_000_000L;
    /** Two programs in one JVM are two names in JMX. */
    private static final AtomicInteger PROGRAMS = new AtomicInteger();

    private final Recording recording;
    private final Kaelix kaelix;
    private final CounterReader reader;
    private final ObjectName bean;
    private final long launched;
    private final Thread thread;
    private volatile boolean ending;
    private volatile int reads;
    private volatile Exception failure;

    ObservedProgram() {
        recording = record();
        final String name = "bench-" + PROGRAMS.incrementAndGet();
        kaelix = Kaelix.launch(everything(), name);
        launched = System.nanoTime();
        kaelix.telemetry().reconfigure(everything().with("telemetry.counters_interval_ms", RUSH_EACH_MILLIS)
                .with("performance.profiling_interval_ms", RUSH_EACH_MILLIS).load());
        reader = CounterReader.open(kaelix.telemetry().counterFile()
                .orElseThrow(() -> new IllegalStateException("there is no counter file: see the log for why")));
        try {
            bean = new ObjectName("io.kaelix:type=Kaelix,name=" + name);
        } catch (final JMException e) {
            throw new IllegalStateException(e);
        }
        if (!FlightEvents.isBackpressureOn() || !FlightEvents.isPlacementFallbackOn()) {
            throw new IllegalStateException("the flight recorder does not record events of Kaelix");
        }
        thread = Thread.ofPlatform().daemon().name("bench-reader").start(this::read);
    }

    private static ConfigLoader everything() {
        return ConfigLoader.of()
                .with("telemetry.jmx", true)
                .with("performance.enable_cpu_profiling", true)
                .with("performance.enable_memory_profiling", true)
                .with("performance.enable_io_profiling", true);
    }

    /** In memory: a disk is not what is measured. */
    private static Recording record() {
        final Recording recording = new Recording();
        recording.setToDisk(false);
        EVENTS.forEach(recording::enable);
        recording.start();
        return recording;
    }

    private void read() {
        try {
            while (!ending && System.nanoTime() - launched < RUSH_NANOS) {
                look(RUSH_EACH_MILLIS);
            }
            kaelix.telemetry().reconfigure(kaelix.config());
            while (!ending) {
                look(READ_EACH_MILLIS);
                reads++;
            }
        } catch (final JMException | RuntimeException e) {
            failure = e;
        }
    }

    private void look(final long pauseMillis) throws JMException {
        reader.snapshot();
        askBean();
        LockSupport.parkNanos(pauseMillis * 1_000_000);
    }

    private void askBean() throws JMException {
        final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        for (final MBeanAttributeInfo attribute : server.getMBeanInfo(bean).getAttributes()) {
            server.getAttribute(bean, attribute.getName());
        }
    }

    @Override
    public MemoryStreamer streamer() {
        return kaelix.streamer();
    }

    /** What another process sees of it. */
    Readings readings() {
        return reader.snapshot();
    }

    /** The kaelix that it is. */
    Kaelix kaelix() {
        return kaelix;
    }

    /** How often it was looked at. */
    int reads() {
        return reads;
    }

    @Override
    public String settings() {
        if (failure != null) {
            throw new IllegalStateException("the reader of telemetry failed", failure);
        }
        final KaelixConfig config = kaelix.config();
        final long timed = readings().histograms().stream().filter(reading -> reading.metric().orElse(null) == Metric.SUBSCRIBER_DELIVERY)
                .mapToLong(reading -> reading.histogram().count()).sum();
        return "counters copied each " + config.telemetry().countersInterval().toMillis() + " ms and read each " + READ_EACH_MILLIS
                + " ms (" + reads + " times), JMX asked as often, one message in " + config.telemetry().latencySamplingBytes()
                + " bytes timed (" + timed + "), " + EVENTS.size() + " events recorded in memory, CPU, memory and I/O profiled each "
                + config.performance().profilingInterval().toMillis() + " ms, " + kaelix.scheduler().performanceMetrics().workers().size()
                + " workers asleep";
    }

    @Override
    public void close() {
        ending = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        reader.close();
        kaelix.close();
        recording.close();
    }
}
