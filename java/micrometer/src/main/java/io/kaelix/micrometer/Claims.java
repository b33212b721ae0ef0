// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.micrometer;

import io.micrometer.core.instrument.Tag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Names that the meters of a registry have taken. Two owners of the same name would share one meter, and lose it together when one of them
 * goes; and of meters of one name, a registry takes only those of one type, unit and set of tags.
 *
 * <p>Names are compared as Prometheus does, which is the strictest: {@code a.b}, {@code a_b} and {@code a-b.total} are the same there.
 *
 * <p><b>Threads</b>: one at a time.
 */
final class Claims {

    private static final Pattern FOREIGN = Pattern.compile("[^A-Za-z0-9_]");
    private static final Pattern RESERVED = Pattern.compile("(_total|_created|_bucket|_info)+$");

    private final Map<String, Use> names = new HashMap<>();
    private final Map<String, Series> meters = new HashMap<>();

    /** What meters of a name have in common, and how many there are. */
    private static final class Use {

        private final String shape;
        private int count;

        Use(final String shape) {
            this.shape = shape;
        }
    }

    /** Whether a series may have its meters: nobody else has them, and they are of the same kind as others of their names. */
    boolean take(final Series series) {
        final List<String> wanted = names(series);
        final String shape = shape(series);
        final String identity = wanted.getFirst() + series.tags();
        if (meters.containsKey(identity)
                || wanted.stream().anyMatch(name -> names.containsKey(name) && !names.get(name).shape.equals(shape))) {
            return false;
        }
        meters.put(identity, series);
        wanted.forEach(name -> names.computeIfAbsent(name, first -> new Use(shape)).count++);
        return true;
    }

    /** Others may have them. */
    void release(final Series series) {
        meters.remove(names(series).getFirst() + series.tags());
        names(series).forEach(name -> names.computeIfPresent(name, (same, use) -> --use.count == 0 ? null : use));
    }

    /** As registries compare them, with and without the unit that Prometheus appends. */
    private static List<String> names(final Series series) {
        final String name = MeterNames.name(series.key().metric());
        final List<String> names = new ArrayList<>();
        for (final String one : series.isTimed() ? List.of(name, name + Binding.PERCENTILE, name + Binding.MAX) : List.of(name)) {
            final String unit = MeterNames.baseUnit(series.unit());
            names.add(plain(one));
            if (unit != null) {
                names.add(plain(one + '_' + unit));
            }
        }
        return names.stream().distinct().toList();
    }

    static String plain(final String name) {
        return RESERVED.matcher(FOREIGN.matcher(name).replaceAll("_")).replaceFirst("");
    }

    private static String shape(final Series series) {
        return series.key().kind() + " " + series.unit() + series.tags().stream().map(Tag::getKey).toList()
                + MeterNames.name(series.key().metric());
    }
}
