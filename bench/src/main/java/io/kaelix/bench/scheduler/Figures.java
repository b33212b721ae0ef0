// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import java.util.List;
import java.util.stream.Stream;

/** All that the modes find. */
public final class Figures {

    /** From the call of schedule to the first instruction of the task. */
    public static final Figure CALL_P50 = nanos("callP50Nanos", "p50 ns");
    /** The same. */
    public static final Figure CALL_P99 = nanos("callP99Nanos", "p99");
    /** The same. */
    public static final Figure CALL_P999 = nanos("callP999Nanos", "p99.9");
    /** The same. */
    public static final Figure CALL_MAX = nanos("callMaxNanos", "max");
    /** Of tasks that overlap no gap of the machine. */
    public static final Figure QUIET_P50 = nanos("quietCallP50Nanos", "quiet p50");
    /** The same. */
    public static final Figure QUIET_P99 = nanos("quietCallP99Nanos", "quiet p99");
    /** How many these are of all. */
    public static final Figure QUIET_FRACTION = percent("quietFraction", "quiet %");
    /** From the time that the task was due at. */
    public static final Figure INTENDED_P50 = nanos("intendedP50Nanos", "intended p50");
    /** The same. */
    public static final Figure INTENDED_P99 = nanos("intendedP99Nanos", "p99");
    /** The same, of tasks that overlap no gap. */
    public static final Figure QUIET_INTENDED_P99 = nanos("quietIntendedP99Nanos", "quiet p99");
    /** Of heap, all threads. */
    public static final Figure BYTES = new Figure("allocatedBytesPerTask", "B/task", 1, 4);
    /** From one run to the next. */
    public static final Figure SWITCH_NANOS = new Figure("nanosPerTask", "ns/task", 1, 1);
    /** All workers together. */
    public static final Figure TASKS_PER_SECOND = new Figure("tasksPerSecond", "M tasks/s", 1e6, 2);
    /** Of the workers' time. */
    public static final Figure UTILISATION = percent("utilisation", "in tasks %");
    /** Of the workers' time, taken away by the machine. */
    public static final Figure GAPS = percent("gapFraction", "gaps %");
    /** From the call to the start, the workers having slept. */
    public static final Figure WAKE_P50 = new Figure("wakeP50Nanos", "p50 us", 1e3, 1);
    /** The same. */
    public static final Figure WAKE_MAX = new Figure("wakeMaxNanos", "max", 1e3, 1);
    /** CPU time of the process in the second second of silence, one core being 1. */
    public static final Figure IDLE_CPU = percent("idleCpuFraction", "idle CPU %");
    /** From the time that the delay ends at to the start. */
    public static final Figure LATE_P50 = new Figure("lateP50Nanos", "p50 us late", 1e3, 1);
    /** The same. */
    public static final Figure LATE_P99 = new Figure("lateP99Nanos", "p99", 1e3, 1);

    static final List<Figure> PACED = List.of(CALL_P50, CALL_P99, CALL_P999, CALL_MAX, QUIET_P50, QUIET_P99, QUIET_FRACTION, INTENDED_P50,
            INTENDED_P99, QUIET_INTENDED_P99, BYTES);
    static final List<Figure> SWITCH = List.of(SWITCH_NANOS, BYTES);
    static final List<Figure> RATE = List.of(TASKS_PER_SECOND, BYTES);
    static final List<Figure> SATURATION = List.of(UTILISATION, GAPS, BYTES);
    static final List<Figure> WAKE = List.of(WAKE_P50, WAKE_MAX, IDLE_CPU);
    static final List<Figure> DELAYED = List.of(LATE_P50, LATE_P99);

    private Figures() {
    }

    /** Each once. */
    public static List<Figure> all() {
        return Stream.of(PACED, SWITCH, RATE, SATURATION, WAKE, DELAYED).flatMap(List::stream).distinct().toList();
    }

    private static Figure nanos(final String name, final String title) {
        return new Figure(name, title, 1, 0);
    }

    private static Figure percent(final String name, final String title) {
        return new Figure(name, title, 0.01, 2);
    }
}
