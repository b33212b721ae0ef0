// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.telemetry.Counter;
import io.kaelix.telemetry.CounterFile;
import io.kaelix.telemetry.HistogramSlot;
import io.kaelix.telemetry.LatencyHistogram;
import io.kaelix.telemetry.Metric;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Counters of owners that come and go: lanes, subscribers, workers. What was not set in a round is taken out of the file with its end.
 *
 * <p><b>Threads</b>: one.
 */
final class CounterTable {

    private final CounterFile file;
    private final Map<String, Row> rows = new HashMap<>();
    private int round;
    private boolean removed;

    CounterTable(final CounterFile file) {
        this.file = file;
    }

    /** That of an owner, made if there is none. */
    Row row(final String owner) {
        return rows.computeIfAbsent(owner, Row::new);
    }

    /** All that there is was set: takes out the rest. */
    void endRound() {
        removed = false;
        removeIf(cell -> cell.setIn != round);
        if (removed) {
            // There is room now: what found none before is asked for anew when it is set the next time.
            removeIf(Cell::isHidden);
        }
        round++;
    }

    private void removeIf(final Predicate<Cell> isOld) {
        final Iterator<Row> all = rows.values().iterator();
        while (all.hasNext()) {
            if (all.next().removeIf(isOld)) {
                all.remove();
            }
        }
    }

    /** Takes all out. */
    void close() {
        round++;
        endRound();
    }

    /** What one owner has. */
    final class Row {

        private final String owner;
        private final Map<Metric, Cell> cells = new EnumMap<>(Metric.class);

        private Row(final String owner) {
            this.owner = owner;
        }

        /** Shows a value. */
        void set(final Metric metric, final long value) {
            Cell cell = cells.get(metric);
            if (cell == null) {
                cell = new Cell(file.counter(metric, owner), null);
                cells.put(metric, cell);
            }
            // Most stay as they are, and a line of memory that nobody has touched for long is slow to get.
            if (cell.value != value) {
                cell.value = value;
                cell.counter.set(value);
            }
            cell.setIn = round;
        }

        /** Shows a histogram. */
        void publish(final Metric metric, final LatencyHistogram histogram) {
            Cell cell = cells.get(metric);
            if (cell == null) {
                cell = new Cell(null, file.histogram(metric, owner));
                cells.put(metric, cell);
            }
            cell.histogram.publish(histogram);
            cell.setIn = round;
        }

        /** Whether nothing is left. */
        private boolean removeIf(final Predicate<Cell> isOld) {
            final Iterator<Cell> all = cells.values().iterator();
            while (all.hasNext()) {
                final Cell cell = all.next();
                if (isOld.test(cell)) {
                    cell.close();
                    all.remove();
                    removed = true;
                }
            }
            return cells.isEmpty();
        }
    }

    /** A counter, or a histogram. */
    private static final class Cell {

        private final Counter counter;
        private final HistogramSlot histogram;
        private int setIn;
        /** Of the counter, which begins with it. */
        private long value;

        Cell(final Counter counter, final HistogramSlot histogram) {
            this.counter = counter;
            this.histogram = histogram;
        }

        /** Whether there was no room for it. */
        boolean isHidden() {
            return counter != null ? counter.id() == 0 : histogram.id() == 0;
        }

        void close() {
            if (counter != null) {
                counter.close();
            } else {
                histogram.close();
            }
        }
    }
}
