// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.report;

import java.util.ArrayList;
import java.util.List;

/** What report.js draws, as its JSON has it; figures are numbered over the whole page in the order in which they are added. */
final class Figures {

    private final List<Bars> bars = new ArrayList<>();
    private final List<Lines> lines = new ArrayList<>();
    private final List<Curves> curves = new ArrayList<>();
    private int count;

    /** The element's id of the next figure: {@code figure-1}, … */
    String nextId() {
        return "figure-" + ++count;
    }

    /** Number of the figure that {@link #nextId} named last. */
    int number() {
        return count;
    }

    void add(final Bars figure) {
        bars.add(figure);
    }

    void add(final Lines figure) {
        lines.add(figure);
    }

    void add(final Curves figure) {
        curves.add(figure);
    }

    Drawn drawn() {
        return new Drawn(List.copyOf(bars), List.copyOf(lines), List.copyOf(curves));
    }

    /** All figures of a page. */
    record Drawn(List<Bars> bars, List<Lines> lines, List<Curves> curves) {
    }

    /** Throughput, a group of bars per mode. */
    record Bars(String id, List<Group> groups) {
    }

    /**
     * The systems in one mode, the fastest first.
     *
     * @param floor messages a second of the C ring in this mode, 0 if there is none
     */
    record Group(String name, double floor, List<Bar> bars) {
    }

    /**
     * Messages a second of one system.
     *
     * @param label behind the bar
     * @param rounds each round's figure, in order
     */
    record Bar(String system, String name, double median, double min, double max, String label, List<Double> rounds) {
    }

    /**
     * Throughput over a quantity that grows.
     *
     * @param base of the logarithm by which x is laid out; 0 for a linear axis
     * @param wide whether rates are laid out by their logarithm, since they span decades
     */
    record Lines(String id, String x, int base, boolean wide, List<Line> lines) {
    }

    /** One system's points, by x. */
    record Line(String system, List<Point> points) {
    }

    /** Messages a second at an x. */
    record Point(int x, double median, double min, double max, String label) {
    }

    /** Latency by percentile. */
    record Curves(String id, List<Curve> curves) {
    }

    /**
     * One system's distribution.
     *
     * @param name as the plot has it: the system, with the variant where the plot holds several
     * @param variant number of the variant within its system, from 0 on: it picks the dashes
     * @param points x = 1/(1-p) and nanoseconds
     * @param quiet the same at the usual percentiles of the quiet messages; empty if they were not told apart
     */
    record Curve(String system, String name, int variant, List<double[]> points, List<double[]> quiet) {
    }
}
