// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.config;

import io.kaelix.bench.config.ConfigOutcome.Micros;
import io.kaelix.config.ConfigFile;
import io.kaelix.config.ConfigLoader;
import io.kaelix.config.KaelixConfig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measures reloads of a configuration in this process, beginning with the first one, then what loading takes and what a configuration
 * keeps. Prints a {@link ConfigOutcome} as one line of JSON.
 */
public final class ConfigTrial {

    /** What the line of a failure begins with. */
    public static final String FAILED = "config: ";

    private static final String NAME = "kaelix.toml";
    private static final int INSTANCES = 10_000;
    private static final int LOADS = 4_000;
    private static final int WARM_UP = 4_000;
    private static final double NANOS_PER_MICRO = 1e3;

    private ConfigTrial() {
    }

    /** @param args how many reloads */
    public static void main(final String[] args) {
        try {
            System.out.println(JsonMapper.shared().writeValueAsString(run(Integer.parseInt(args[0]), LOADS, INSTANCES)));
        } catch (final RuntimeException | IOException | InterruptedException e) {
            System.err.println(FAILED + e);
            System.exit(1);
        }
    }

    /** With so many single reloads, loads beside parsing, and instances. */
    static ConfigOutcome run(final int reloads, final int loads, final int instances) throws IOException, InterruptedException {
        final Path folder = Files.createTempDirectory("kaelix-config");
        try {
            final ReloadTrial reloading = new ReloadTrial(folder);
            final ConfigOutcome.Reload reload = reloading.single(reloads);
            final Micros handOver = reloading.handOver(reloads);
            final ConfigOutcome.Burst burst = reloading.burst();
            final double[] micros = parseAndValidate(loads);
            return new ConfigOutcome(Sample.KEYS, Sample.text(1).length(), micros[0], micros[1], bytesPerConfig(instances), reload,
                    handOver, burst);
        } finally {
            delete(folder);
        }
    }

    /** Medians of both, taken in turn, in microseconds. */
    private static double[] parseAndValidate(final int loads) {
        final String text = Sample.text(1);
        final ConfigLoader loader = ConfigLoader.of();
        final double[] parse = new double[loads];
        final double[] validate = new double[loads];
        for (int i = -Math.min(loads, WARM_UP); i < loads; i++) {
            final long start = System.nanoTime();
            final ConfigFile file = ConfigFile.parse(NAME, text);
            final long parsed = System.nanoTime();
            final KaelixConfig config = loader.load(file);
            final long end = System.nanoTime();
            if (config.runtime().targetLatency().toNanos() != 1_000) {
                throw new IllegalStateException("what was loaded is not what was written");
            }
            if (i >= 0) {
                parse[i] = (parsed - start) / NANOS_PER_MICRO;
                validate[i] = (end - parsed) / NANOS_PER_MICRO;
            }
        }
        return new double[] {micros(parse).p50(), micros(validate).p50()};
    }

    private static double bytesPerConfig(final int instances) {
        final KaelixConfig[] kept = new KaelixConfig[instances];
        final long before = usedHeap();
        for (int i = 0; i < instances; i++) {
            // Each from a text and a name of its own, so that they share nothing that loading would not let them share.
            kept[i] = ConfigLoader.of().load(ConfigFile.parse("conf/" + i + '/' + NAME, Sample.text(1)));
        }
        final long after = usedHeap();
        if (kept[instances - 1].settings().isEmpty()) {
            throw new IllegalStateException("a configuration has no settings");
        }
        return (double) (after - before) / instances;
    }

    private static long usedHeap() {
        // The second one frees what the first one's finishing has let go.
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Percentiles of values, which it sorts. */
    static Micros micros(final double[] values) {
        Arrays.sort(values);
        return new Micros(values[values.length / 2], values[(int) (values.length * 0.99)], values[values.length - 1]);
    }

    private static void delete(final Path folder) throws IOException {
        final List<Path> all;
        try (Stream<Path> found = Files.walk(folder)) {
            all = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (final Path each : all) {
            Files.delete(each);
        }
    }
}
