// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit.noise;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the CPUs of the machine did since it was started, from the first line of {@code /proc/stat}.
 *
 * @param steal ticks that the hypervisor gave to others
 * @param total all ticks
 */
public record CpuTimes(long steal, long total) {

    /** What is read where there is no such file, or not in the form that Linux gives it. */
    public static final CpuTimes UNKNOWN = new CpuTimes(-1, -1);

    /** cpu, then: user nice system idle iowait irq softirq steal; what follows is part of user and nice. */
    private static final int STEAL_COLUMN = 8;

    /**
     * Reads them.
     *
     * @param proc the root of procfs, usually {@code /proc}
     */
    public static CpuTimes read(final Path proc) {
        try (var lines = Files.lines(proc.resolve("stat"))) {
            final String[] columns = lines.findFirst().orElse("").split(" +");
            if (!columns[0].equals("cpu") || columns.length <= STEAL_COLUMN) {
                return UNKNOWN;
            }
            long total = 0;
            for (int i = 1; i <= STEAL_COLUMN; i++) {
                total += Long.parseLong(columns[i]);
            }
            return new CpuTimes(Long.parseLong(columns[STEAL_COLUMN]), total);
        } catch (final IOException | NumberFormatException e) {
            return UNKNOWN;
        }
    }

    /** Share of the CPUs' time from {@code earlier} to here that was stolen, 0 to 1; -1 if unknown. */
    public double stealShareSince(final CpuTimes earlier) {
        if (equals(UNKNOWN) || earlier.equals(UNKNOWN) || total <= earlier.total) {
            return -1;
        }
        return Math.clamp((double) (steal - earlier.steal) / (total - earlier.total), 0, 1);
    }
}
