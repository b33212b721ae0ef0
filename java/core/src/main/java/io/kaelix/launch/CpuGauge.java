// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Processor time of the process and of its workers' threads, between two looks.
 *
 * <p><b>Threads</b>: one. A look reads a file of the process and one of each worker, some 5 µs each.
 */
final class CpuGauge implements AutoCloseable {

    /** The kernel tells users of ticks of this length, whatever its own are. */
    private static final long TICK_NANOS = 10_000_000;
    /** Fields of {@code stat} behind the name: the 14th and 15th of all, where the state is the 3rd. */
    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;
    private static final long UNKNOWN = -1;

    private final Path proc;
    private final double available;
    private final KernelFile stat;
    private final List<WorkerClock> workers = new ArrayList<>();
    private long before = UNKNOWN;
    private long beforeAt;

    CpuGauge(final Path proc, final double available) {
        this.proc = proc;
        this.available = available;
        this.stat = new KernelFile(proc.resolve("self/stat"));
    }

    /**
     * Looks.
     *
     * @param now by a clock that never goes back
     * @param threads of workers, by their numbers, as the operating system has them; negative for one that is not known
     * @param absences takes the reasons of what is missing
     */
    Optional<ProcessProfile.Cpu> look(final long now, final long[] threads, final List<String> absences) {
        final long nanos;
        try {
            nanos = processNanos();
        } catch (final IOException e) {
            before = UNKNOWN;
            stat.close();
            absences.add("CPU time of the process: " + e.getMessage());
            return Optional.empty();
        }
        final List<ProcessProfile.WorkerCpu> ofWorkers = workers(now, threads, absences);
        final boolean known = before != UNKNOWN && now > beforeAt;
        final double used = (double) (nanos - before) / (now - beforeAt);
        before = nanos;
        beforeAt = now;
        if (!known) {
            absences.add("CPU time of the process: measured between two looks, this is the first");
            return Optional.empty();
        }
        return Optional.of(new ProcessProfile.Cpu(nanos, used, available, ofWorkers));
    }

    private long processNanos() throws IOException {
        stat.rewind();
        // The name stands in brackets and may hold some itself: fields are counted from the last one on.
        int field = 0;
        long ticks = 0;
        long value = 0;
        boolean numeric = false;
        boolean named = false;
        for (int c = stat.next(); c >= 0; c = stat.next()) {
            if (c == ')') {
                field = -1;
                ticks = 0;
                named = true;
            } else if (c == ' ') {
                if (numeric && (field == USER_TIME || field == SYSTEM_TIME)) {
                    ticks += value;
                }
                field++;
                value = 0;
                numeric = true;
            } else if (c >= '0' && c <= '9') {
                value = 10 * value + c - '0';
            } else {
                numeric = false;
            }
        }
        if (!named || field <= SYSTEM_TIME) {
            throw new IOException(stat.path() + " is not as it is known here");
        }
        return ticks * TICK_NANOS;
    }

    private List<ProcessProfile.WorkerCpu> workers(final long now, final long[] threads, final List<String> absences) {
        final List<ProcessProfile.WorkerCpu> found = new ArrayList<>(threads.length);
        while (workers.size() > threads.length) {
            workers.removeLast().close();
        }
        for (int number = 0; number < threads.length; number++) {
            if (number == workers.size()) {
                workers.add(null);
            }
            WorkerClock clock = workers.get(number);
            if (clock == null || clock.thread != threads[number]) {
                if (clock != null) {
                    clock.close();
                }
                clock = new WorkerClock(proc, threads[number]);
                workers.set(number, clock);
            }
            clock.look(number, now, found, absences);
        }
        return found;
    }

    @Override
    public void close() {
        stat.close();
        for (final WorkerClock worker : workers) {
            worker.close();
        }
        workers.clear();
        before = UNKNOWN;
    }

    /** Time of one thread, to the nanosecond where the kernel keeps statistics of its scheduler. */
    private static final class WorkerClock implements AutoCloseable {

        private final long thread;
        private final KernelFile schedstat;
        private long before = UNKNOWN;
        private long beforeAt;

        WorkerClock(final Path proc, final long thread) {
            this.thread = thread;
            this.schedstat = new KernelFile(proc.resolve("self/task/" + thread + "/schedstat"));
        }

        void look(final int number, final long now, final List<ProcessProfile.WorkerCpu> found, final List<String> absences) {
            if (thread < 0) {
                absences.add("CPU time of worker " + number + ": its thread's number is not known");
                return;
            }
            try {
                schedstat.rewind();
                final long nanos = schedstat.number();
                if (before != UNKNOWN && now > beforeAt) {
                    found.add(new ProcessProfile.WorkerCpu(number, nanos, (double) (nanos - before) / (now - beforeAt)));
                }
                before = nanos;
                beforeAt = now;
            } catch (final IOException e) {
                before = UNKNOWN;
                schedstat.close();
                absences.add("CPU time of worker " + number + ": " + e.getMessage());
            }
        }

        @Override
        public void close() {
            schedstat.close();
        }
    }
}
