// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import io.kaelix.CpuSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What the kernel lets this process use, by its own account in {@code /proc}: cpusets and cgroups are in it already.
 *
 * <p>The file of the process is that of its first thread, which nobody pins, so it tells the limits of the process even
 * when it is read by a pinned thread.
 */
final class ProcessStatus {

    private final Path proc;

    /** With the root of the proc file system. */
    ProcessStatus(final Path proc) {
        this.proc = proc;
    }

    static ProcessStatus ofThisProcess() {
        return new ProcessStatus(Path.of("/proc"));
    }

    /** CPUs that the process may use; where the kernel does not say, as many as the JVM counts. */
    CpuSet cpus() {
        return list("self/status", "Cpus_allowed_list:").orElseGet(ProcessStatus::countedCpus);
    }

    /** CPUs that the calling thread may use; where the kernel does not say, those of the process. */
    CpuSet cpusOfThread() {
        return list("thread-self/status", "Cpus_allowed_list:").orElseGet(this::cpus);
    }

    private Optional<CpuSet> list(final String file, final String key) {
        try {
            for (final String line : Files.readAllLines(proc.resolve(file))) {
                if (line.startsWith(key)) {
                    return Optional.of(CpuSet.parse(line.substring(key.length()).strip()));
                }
            }
        } catch (final IOException | IllegalArgumentException absent) {
            // No proc file system, or not the one that is known here: what it would tell is not known.
        }
        return Optional.empty();
    }

    private static CpuSet countedCpus() {
        return CpuSet.of(IntStream.range(0, Runtime.getRuntime().availableProcessors()).toArray());
    }
}
