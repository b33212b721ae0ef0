// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a watch takes, and must give back. */
final class Leaks {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private Leaks() {
    }

    /** How many threads watch a file. */
    static long threads() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().equals("kaelix-config")).count();
    }

    /** How many descriptors of inotify are open. */
    static long instances() {
        return inotify().count();
    }

    /** How many folders they watch. */
    static long watches() {
        return inotify().mapToLong(descriptor -> {
            try {
                return Files.readAllLines(Path.of("/proc/self/fdinfo").resolve(descriptor.getFileName())).stream()
                        .filter(line -> line.startsWith("inotify")).count();
            } catch (final IOException e) {
                return 0;
            }
        }).sum();
    }

    /** How many descriptors are open in all. */
    static long descriptors() {
        return all().size();
    }

    private static Stream<Path> inotify() {
        return all().stream().filter(descriptor -> {
            try {
                return Files.readSymbolicLink(descriptor).toString().contains("inotify");
            } catch (final IOException e) {
                // The one by which they were listed.
                return false;
            }
        });
    }

    private static List<Path> all() {
        try (Stream<Path> found = Files.list(DESCRIPTORS)) {
            return found.toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
