// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.telemetry.CounterFile;
import io.kaelix.telemetry.Metric;

/** What a {@link ProcessProfiler} finds, for the parts that are on. */
final class ProcessSource implements Source {

    static final String PROCESS = "process";
    private static final double MILLION = 1e6;

    private final ProcessProfiler profiler;
    private final CounterTable table;

    ProcessSource(final ProcessProfiler profiler, final CounterFile file) {
        this.profiler = profiler;
        this.table = new CounterTable(file);
    }

    @Override
    public String name() {
        return "profiler";
    }

    /** Looks at what is on; what is off is shown no longer. */
    @Override
    public void collect() {
        final ProcessProfile profile = profiler.look();
        final CounterTable.Row process = table.row(PROCESS);
        profile.cpu().ifPresent(cpu -> {
            process.set(Metric.PROCESS_CPU, Math.round(cpu.used() * MILLION));
            cpu.workers().forEach(worker -> table.row(SchedulerSource.workerName(worker.number()))
                    .set(Metric.WORKER_CPU_TIME, worker.nanos()));
        });
        profile.memory().ifPresent(memory -> {
            process.set(Metric.PROCESS_MEMORY, memory.residentBytes());
            memory.nodes().forEach(node -> table.row(StreamerSource.nodeName(node.node()))
                    .set(Metric.NODE_PROCESS_MEMORY, node.bytes()));
        });
        profile.io().ifPresent(io -> {
            process.set(Metric.PROCESS_READ, io.deviceReadBytes());
            process.set(Metric.PROCESS_WRITTEN, io.deviceWrittenBytes());
        });
        table.endRound();
    }

    @Override
    public void close() {
        table.close();
        profiler.close();
    }
}
