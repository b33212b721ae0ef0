// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.config;

import io.kaelix.bench.config.ConfigOutcome.Burst;
import io.kaelix.bench.config.ConfigOutcome.Micros;
import io.kaelix.bench.config.ConfigOutcome.Reload;
import io.kaelix.config.ConfigLoader;
import io.kaelix.config.ConfigReloader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A file that is replaced by a rename, again and again, and when a thread that looks without a pause sees what was in it. */
final class ReloadTrial {

    /** The change of each reload is logged, which is not what is measured; held, so that the level stays. */
    private static final Logger LOGGER = Logger.getLogger("io.kaelix.config");

    private static final int WARM_UP = 500;
    private static final int BURST = 1_000;
    private static final long PAUSE_MILLIS = 3;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);
    private static final double NANOS_PER_MICRO = 1e3;

    private final Path folder;
    private final Path file;
    private int latency;

    ReloadTrial(final Path folder) {
        this.folder = folder;
        file = folder.resolve("kaelix.toml");
        LOGGER.setLevel(Level.WARNING);
    }

    private ConfigReloader start() throws IOException {
        Files.writeString(file, Sample.text(++latency));
        final ConfigLoader loader = ConfigLoader.of().file(file);
        return ConfigReloader.start(loader, loader.load(), change -> { });
    }

    /** The first, the second, and so many more behind a warm-up, with a pause before each. */
    Reload single(final int times) throws IOException, InterruptedException {
        try (ConfigReloader reloader = start()) {
            final double first = reload(reloader);
            final double second = reload(reloader);
            for (int i = 0; i < Math.min(times, WARM_UP); i++) {
                reload(reloader);
            }
            final double[] micros = new double[times];
            for (int i = 0; i < times; i++) {
                micros[i] = reload(reloader);
            }
            return new Reload(times, first, second, ConfigTrial.micros(micros));
        }
    }

    private double reload(final ConfigReloader reloader) throws IOException, InterruptedException {
        final Path next = write(++latency);
        Thread.sleep(PAUSE_MILLIS);
        final long start = System.nanoTime();
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        return awaitLatency(reloader, start);
    }

    private Path write(final int value) throws IOException {
        return Files.writeString(folder.resolve("kaelix.toml." + value), Sample.text(value));
    }

    private double awaitLatency(final ConfigReloader reloader, final long start) {
        while (reloader.current().runtime().targetLatency().toNanos() != latency * 1_000L) {
            Thread.onSpinWait();
            if (System.nanoTime() - start > PATIENCE) {
                throw new IllegalStateException("a file that was renamed to its name is not in force after half a minute");
            }
        }
        return (System.nanoTime() - start) / NANOS_PER_MICRO;
    }

    /** The event of each rename alone, taken by a thread that does nothing else. */
    Micros handOver(final int times) throws IOException, InterruptedException {
        final double[] micros = new double[times];
        final Path other = folder.resolve("other");
        final long[] renamed = new long[1];
        try (WatchService service = folder.getFileSystem().newWatchService()) {
            folder.register(service, StandardWatchEventKinds.ENTRY_CREATE);
            final Thread taker = Thread.ofPlatform().daemon().name("taker").start(() -> take(service, other, seen -> {
                synchronized (renamed) {
                    renamed[0] = seen;
                    renamed.notifyAll();
                }
            }));
            for (int i = 0; i < times; i++) {
                final Path next = Files.writeString(folder.resolve("other.new"), "x");
                Thread.sleep(PAUSE_MILLIS);
                synchronized (renamed) {
                    renamed[0] = 0;
                    final long start = System.nanoTime();
                    Files.move(next, other, StandardCopyOption.ATOMIC_MOVE);
                    while (renamed[0] == 0) {
                        renamed.wait();
                    }
                    micros[i] = (renamed[0] - start) / NANOS_PER_MICRO;
                }
            }
            taker.interrupt();
            taker.join();
        }
        return ConfigTrial.micros(micros);
    }

    private static void take(final WatchService service, final Path other, final LongConsumer seen) {
        try {
            for (;;) {
                final WatchKey key = service.take();
                final long now = System.nanoTime();
                if (key.pollEvents().stream().anyMatch(event -> other.getFileName().equals(event.context()))) {
                    seen.accept(now);
                }
                key.reset();
            }
        } catch (final InterruptedException e) {
            // It is done.
        }
    }

    /** Renames without a pause, until the last is in force. */
    Burst burst() throws IOException {
        try (ConfigReloader reloader = start()) {
            final Path[] files = new Path[BURST];
            for (int i = 0; i < BURST; i++) {
                files[i] = write(latency + 1 + i);
            }
            latency += BURST;
            final long before = reloader.reloads();
            final long start = System.nanoTime();
            long last = start;
            for (final Path next : files) {
                last = System.nanoTime();
                Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            }
            final double renames = (System.nanoTime() - start) / NANOS_PER_MICRO;
            final double lastSeen = awaitLatency(reloader, last);
            return new Burst(BURST, reloader.reloads() - before, renames, lastSeen);
        }
    }
}
