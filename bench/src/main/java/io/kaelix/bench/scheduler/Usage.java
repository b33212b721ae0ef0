// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import com.sun.management.ThreadMXBean;
import io.kaelix.bench.trial.TrialException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What this process has used so far. */
final class Usage {

    private static final Path THREADS = Path.of("/proc/self/task");
    private static final String SCHEDULED = "schedstat";

    private static final ThreadMXBean BEAN = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Usage() {
    }

    /** Bytes of heap that all threads have allocated. */
    static long allocatedBytes() {
        return BEAN.getTotalThreadAllocatedBytes();
    }

    /**
     * CPU time of all threads that live, those of the JVM among them: the kernel's own count, which is exact to less than a microsecond.
     */
    static long cpuNanos() throws TrialException {
        long sum = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
            for (final Path thread : threads) {
                sum += cpuNanos(thread);
            }
            return sum;
        } catch (final IOException e) {
            throw new TrialException("the CPU time of this process cannot be read: " + e);
        }
    }

    private static long cpuNanos(final Path thread) throws IOException {
        try {
            return Long.parseLong(Files.readString(thread.resolve(SCHEDULED)).split(" ")[0]);
        } catch (final NoSuchFileException e) {
            // It has ended meanwhile.
            return 0;
        }
    }
}
