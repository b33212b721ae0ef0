// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import java.util.Arrays;
import java.util.List;

/** How a system is used. */
public enum Mode {

    /** A task every 20 us, from another core. */
    PACED("paced", List.of(1), Figures.PACED),
    /** A task that schedules itself again. */
    SWITCH("switch", List.of(1), Figures.SWITCH),
    /** One task schedules a thousand. */
    FAN_OUT("fan-out", List.of(1, 2), Figures.RATE),
    /** Each task schedules two. */
    TREE("tree", List.of(1, 2), Figures.RATE),
    /** More tasks of 10 us than workers. */
    SATURATION("saturation", List.of(2), Figures.SATURATION),
    /** A task after a silence. */
    WAKE("wake", List.of(2), Figures.WAKE),
    /** Tasks in 1 ms. */
    DELAYED("delayed", List.of(1), Figures.DELAYED);

    private final String label;
    private final List<Integer> workers;
    private final List<Figure> figures;

    Mode(final String label, final List<Integer> workers, final List<Figure> figures) {
        this.label = label;
        this.workers = workers;
        this.figures = figures;
    }

    /** As results have it. */
    public String label() {
        return label;
    }

    /** With each of these numbers of workers it is measured. */
    public List<Integer> workers() {
        return workers;
    }

    /** What it finds. */
    public List<Figure> figures() {
        return figures;
    }

    /** With this label. */
    static Mode of(final String label) {
        return Arrays.stream(values()).filter(mode -> mode.label.equals(label)).findFirst().orElseThrow();
    }

    /** Whether a task schedules others from within. */
    boolean hasChildren() {
        return this == TREE || this == FAN_OUT;
    }

    /** Whether it can be written with forks. */
    boolean hasForks() {
        return hasChildren() || this == SWITCH;
    }
}
