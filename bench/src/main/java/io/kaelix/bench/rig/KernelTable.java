// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.kernel.KernelTrial;
import io.kaelix.bench.rig.Results.Kernel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * The figures of kernels as a table: a row for each kernel and size, a column for each instruction set and for what it is compared with.
 *
 * @param titles of the columns
 * @param rows as many cells each; the first {@link #NAMES} are words
 */
public record KernelTable(List<String> titles, List<List<String>> rows) {

    /** How many of the columns come first that hold words: kernel, and size. */
    public static final int NAMES = 2;

    private static final double BILLION = 1e9;
    private static final String NOTHING = "-";

    /** Of these results. What is compared is the instruction set that the library chose, which the environment names. */
    public static KernelTable of(final Results<Kernel> results) {
        final Set<String> systems = new LinkedHashSet<>();
        final Map<String, Map<String, Kernel>> bySize = new LinkedHashMap<>();
        for (final Kernel row : results.rows()) {
            systems.add(row.system());
            bySize.computeIfAbsent(row.mode() + '|' + row.payload(), key -> new LinkedHashMap<>()).put(row.system(), row);
        }
        systems.removeAll(List.of(KernelTrial.LOOPS, KernelTrial.VECTOR_API));
        final List<String> titles = new ArrayList<>(List.of("kernel", "batch"));
        titles.addAll(systems);
        titles.addAll(List.of("plain Java", "Vector API", "x Java", "x Vector API", "goal", "met"));
        return new KernelTable(titles, bySize.values().stream().map(row -> cells(row, systems, results.environment().isa())).toList());
    }

    private static List<String> cells(final Map<String, Kernel> row, final Set<String> systems, final String chosen) {
        final Kernel any = row.values().iterator().next();
        final List<String> cells = new ArrayList<>(List.of(any.mode(), any.payload() + " " + any.unit()));
        systems.forEach(system -> cells.add(billions(row.get(system))));
        cells.add(billions(row.get(KernelTrial.LOOPS)));
        cells.add(billions(row.get(KernelTrial.VECTOR_API)));
        final Kernel ours = row.get(chosen);
        cells.add(times(ours, Kernel::ofLoop));
        cells.add(times(ours, Kernel::ofVectorApi));
        cells.add(times(ours, Kernel::goal));
        cells.add(ours == null || ours.ofLoop() == 0 ? NOTHING : ours.isGoalMet() ? "yes" : "no");
        return cells;
    }

    private static String billions(final Kernel row) {
        return row == null ? NOTHING : String.format(Locale.ROOT, "%.2f", row.medianPerSecond() / BILLION);
    }

    private static String times(final Kernel row, final ToDoubleFunction<Kernel> figure) {
        return row == null || figure.applyAsDouble(row) == 0 ? NOTHING : String.format(Locale.ROOT, "%.1f", figure.applyAsDouble(row));
    }
}
