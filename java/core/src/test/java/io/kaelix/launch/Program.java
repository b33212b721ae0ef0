// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.config.ConfigLoader;
import io.kaelix.telemetry.CounterReader;
import io.kaelix.telemetry.Metric;
import io.kaelix.telemetry.Reading;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** A file that a {@link Kaelix} is launched with, and changes. */
final class Program {

    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final Path folder;
    private final Path file;

    Program(final Path folder) {
        this.folder = folder;
        this.file = folder.resolve("kaelix.toml");
    }

    /** Replaces the file, as editors do. Two workers that sleep, and a folder of its own for counters, unless the lines say otherwise. */
    Program write(final String... lines) {
        try {
            final Path next = folder.resolve("next.toml");
            Files.writeString(next, String.join("\n", lines) + '\n');
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return this;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path file() {
        return file;
    }

    Path counters() {
        return folder.resolve("counters");
    }

    ConfigLoader loader() {
        return ConfigLoader.of().file(file).with("telemetry.directory", counters().toString()).with("runtime.pinned", false);
    }

    Kaelix launch() {
        return Kaelix.launch(loader());
    }

    /** Files of counters. */
    List<Path> counterFiles() {
        return Files.isDirectory(counters()) ? CounterReader.list(counters()) : List.of();
    }

    /** A value, if it is shown. */
    static OptionalLong value(final Kaelix kaelix, final Metric metric, final String owner) {
        return kaelix.readings().orElseThrow().counters().stream()
                .filter(reading -> reading.metric().equals(Optional.of(metric)) && reading.owner().equals(owner))
                .mapToLong(Reading::value).findFirst();
    }

    /** Whose values of a metric are shown. */
    static List<String> owners(final Kaelix kaelix, final Metric metric) {
        return kaelix.readings().orElseThrow().counters().stream().filter(reading -> reading.metric().equals(Optional.of(metric)))
                .map(Reading::owner).toList();
    }

    /** Waits until it is so. */
    static void await(final String what, final BooleanSupplier condition) {
        final long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("waits for ever until %s", what).isNegative();
            try {
                Thread.sleep(1);
            } catch (final InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Names of the library's threads that are alive. */
    static List<String> threads() {
        return liveThreads().stream().map(Thread::getName).sorted().toList();
    }

    /** The library's threads that are alive, but for what reads files: that is of no program, and ends a second later. */
    static Set<Thread> liveThreads() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.isAlive() && thread.getName().startsWith("kaelix-")
                && !thread.getName().equals("kaelix-config-reader")).collect(Collectors.toSet());
    }
}
