// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.micrometer;

import io.kaelix.telemetry.Metric;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What metrics are called by Micrometer's conventions: words with dots between them, base units, and tags for who has them.
 *
 * <pre>
 *   subscriber.lag_bytes of "orders.**#2"   kaelix.subscriber.lag.bytes  {subscriber="orders.**", number="2"}  bytes
 *   worker.cpu_time of "worker 3"           kaelix.worker.cpu.time       {worker="3"}                          seconds
 *   process.cpu                             kaelix.process.cpu                                                 ratio, 1 is one CPU
 * </pre>
 */
final class MeterNames {

    /** Whether there is a process to read. */
    static final String UP = "kaelix.up";

    private static final String PREFIX = "kaelix.";
    private static final String OWN_PREFIX = PREFIX + "own.";
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MILLIS_PER_SECOND = 1e3;
    private static final double MILLION = 1e6;

    private static final Set<String> BY_PRIORITY = Set.of(Metric.SCHEDULER_QUEUE_DEPTH.key(), Metric.SCHEDULER_START_DELAY.key());
    private static final Set<String> LIBRARY = library();

    private MeterNames() {
    }

    /** One of the users' own that would be taken for one of the library's has another prefix. */
    static String name(final String metric) {
        final String name = PREFIX + metric.replace('_', '.');
        return Metric.ofKey(metric).isEmpty() && LIBRARY.contains(Claims.plain(name)) ? OWN_PREFIX + metric.replace('_', '.') : name;
    }

    private static Set<String> library() {
        final Set<String> names = new HashSet<>(Set.of(Claims.plain(UP)));
        for (final Metric metric : Metric.values()) {
            final String name = PREFIX + metric.key().replace('_', '.');
            final String unit = baseUnit(metric.unit());
            for (final String part : List.of("", Binding.PERCENTILE, Binding.MAX)) {
                names.add(Claims.plain(name + part));
                names.add(Claims.plain(name + part + '_' + unit));
            }
        }
        return names;
    }

    /** Null if the value counts what the name says. */
    static String baseUnit(final String unit) {
        return switch (unit) {
            case "ns", "ms" -> "seconds";
            case "ppm" -> "ratio";
            case "", "state", "cpu", "times" -> null;
            default -> unit;
        };
    }

    /** What a value is divided by to be in its base unit. */
    static double divisor(final String unit) {
        return switch (unit) {
            case "ns" -> NANOS_PER_SECOND;
            case "ms" -> MILLIS_PER_SECOND;
            case "ppm" -> MILLION;
            default -> 1;
        };
    }

    static String description(final String metric) {
        return Metric.ofKey(metric).map(Metric::help).orElse(null);
    }

    /** Who has the metric; the keys are the same for all owners of a metric. */
    static Tags tags(final String metric, final String owner) {
        if (Metric.ofKey(metric).isEmpty()) {
            return Tags.of("owner", owner);
        }
        final int dot = metric.indexOf('.');
        return switch (dot < 0 ? metric : metric.substring(0, dot)) {
            case "lane" -> numbered("topic", "publisher", owner);
            case "subscriber", "handler" -> numbered("subscriber", "number", owner);
            case "node" -> Tags.of("node", lastWord(owner));
            case "worker" -> Tags.of("worker", lastWord(owner));
            case "errors" -> Tags.of("kind", owner);
            case "scheduler" -> Tags.of(BY_PRIORITY.contains(metric) ? "priority" : "scheduler", owner);
            // What a process has once.
            case "process", "pool", "streams", "config" -> Tags.empty();
            default -> Tags.of("owner", owner);
        };
    }

    /** {@code name#number}. */
    private static Tags numbered(final String nameKey, final String numberKey, final String owner) {
        final int hash = owner.lastIndexOf('#');
        return Tags.of(Tag.of(nameKey, hash < 0 ? owner : owner.substring(0, hash)),
                Tag.of(numberKey, hash < 0 ? "" : owner.substring(hash + 1)));
    }

    private static String lastWord(final String owner) {
        return owner.substring(owner.lastIndexOf(' ') + 1);
    }
}
