// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much memory this process takes up.
 *
 * <p><b>Threads</b>: any. Reads a small file of the kernel's, some ten microseconds.
 */
final class ProcessMemory {

    private static final long KIB = 1 << 10;
    private static final double MIB = 1 << 20;

    private final Path status;

    /** With the root of the proc file system. */
    ProcessMemory(final Path proc) {
        this.status = proc.resolve("self/status");
    }

    static ProcessMemory ofThisProcess() {
        return new ProcessMemory(Path.of("/proc"));
    }

    /** MiB that it takes up at this moment: what is resident, and its huge pages; where the kernel does not say, the heap in use. */
    double mebibytes() {
        try {
            long bytes = 0;
            for (final String line : Files.readAllLines(status)) {
                // Reserved huge pages are no part of what the kernel calls resident.
                if (line.startsWith("VmRSS:") || line.startsWith("HugetlbPages:")) {
                    bytes += KIB * Long.parseLong(line.substring(line.indexOf(':') + 1).strip().split("\\s+")[0]);
                }
            }
            if (bytes > 0) {
                return bytes / MIB;
            }
        } catch (final IOException | NumberFormatException absent) {
            // No proc file system, or not the one that is known here.
        }
        final Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) / MIB;
    }
}
