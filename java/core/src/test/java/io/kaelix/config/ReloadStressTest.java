// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.config.ConfigReloader.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that does not rest, several threads that reload it, and what is left of a watch afterwards. */
class ReloadStressTest {

    private static final int FLIPS = 2_000;
    private static final long MILLISECOND = 1_000_000;
    /** The first starts, classes and threads of the JDK included. */
    private static final int SOME_DESCRIPTORS = 8;

    @TempDir
    private Path folder;
    private Path file;
    private ConfigLoader loader;
    private final AtomicReference<KaelixConfig> before = new AtomicReference<>();
    private final List<String> torn = new CopyOnWriteArrayList<>();
    private final AtomicReference<ConfigException> refusal = new AtomicReference<>();
    private final AtomicInteger told = new AtomicInteger();

    private final ConfigReloader.Listener listener = new ConfigReloader.Listener() {
        @Override
        public void changed(final ConfigChange change) {
            told.incrementAndGet();
            check(change.after());
            if (!change.before().equals(before.getAndSet(change.after()))) {
                torn.add("a change from another configuration than the one told of before");
            }
        }

        @Override
        public void refused(final ConfigException reason) {
            refusal.set(reason);
        }
    };

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("kaelix.toml"), valid(1));
        loader = ConfigLoader.of().file(file);
    }

    /** Three values that are the same in every file. */
    private static String valid(final int value) {
        return "[runtime]\ntarget_latency_us = " + value + "\n[performance]\nbatch_size = " + value + "\nlinger_ns = " + value + "\n";
    }

    private static String invalid(final int value) {
        return "[runtime]\ntarget_latency_us = " + value + "\nno_such_key_" + value + " = 1\n";
    }

    private void check(final KaelixConfig config) {
        final long value = config.performance().batchSize();
        if (config.performance().linger().toNanos() != value || config.runtime().targetLatency().toNanos() != value * 1_000) {
            torn.add(config.toString());
        }
    }

    private static int value(final ConfigReloader reloader) {
        return reloader.current().performance().batchSize();
    }

    private ConfigReloader start() {
        final KaelixConfig config = loader.load();
        before.set(config);
        return ConfigReloader.start(loader, config, listener);
    }

    private void replace(final String text) throws IOException {
        Files.move(Files.writeString(folder.resolve("kaelix.toml.new"), text), file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** One for each change or refusal, written after the listener was told. */
    private static void awaitLines(final LoggedLines log, final long count) throws InterruptedException {
        Waiting.until(count + " lines", () -> log.lines.size() >= count);
        assertThat(log.lines).hasSize((int) count);
    }

    @Test
    void shouldKnowTheLastOfAFileThatFlipsBetweenValidAndInvalid() throws IOException, InterruptedException {
        try (LoggedLines log = new LoggedLines(ConfigReloader.class)) {
            long watches = 0;
            try (ConfigReloader reloader = start()) {
                for (int flip = 1; flip <= FLIPS; flip++) {
                    replace(flip % 2 == 0 ? valid(flip) : invalid(flip));
                    LockSupport.parkNanos(MILLISECOND);
                    if (flip == FLIPS / 10) {
                        watches = Leaks.watches();
                    }
                }
                Waiting.until("the last valid one", () -> value(reloader) == FLIPS);
                replace(invalid(FLIPS + 1));
                Waiting.until("the last invalid one",
                        () -> refusal.get() != null && refusal.get().getMessage().contains("no_such_key_" + (FLIPS + 1))
                                && reloader.reload() == Outcome.REFUSED);

                assertThat(value(reloader)).isEqualTo(FLIPS);
                assertThat(Leaks.watches()).isEqualTo(watches);
                assertThat(Leaks.threads()).isEqualTo(1);
                assertThat(torn).isEmpty();
                assertThat(reloader.reloads()).isEqualTo(told.get()).isPositive();
                // Of those that lasted a millisecond hardly any is told of.
                assertThat(reloader.refused()).isLessThan(FLIPS / 10);
                awaitLines(log, reloader.reloads() + reloader.refused());
            }
        }
        assertThat(Leaks.threads()).isZero();
    }

    @Test
    void shouldKnowTheLastOfAFileThatIsWrittenInPlaceWithoutARest() throws IOException, InterruptedException {
        try (LoggedLines log = new LoggedLines(ConfigReloader.class); ConfigReloader reloader = start()) {
            for (int flip = 1; flip <= FLIPS / 4; flip++) {
                Files.writeString(file, flip % 2 == 0 ? valid(flip) : invalid(flip));
                LockSupport.parkNanos(MILLISECOND);
            }
            Files.writeString(file, valid(777));

            Waiting.until("the last one", () -> value(reloader) == 777);
            assertThat(Leaks.threads()).isEqualTo(1);
            awaitLines(log, reloader.reloads() + reloader.refused());
        }
    }

    @Test
    void shouldPublishWholeSnapshotsWhereManyThreadsReload() throws IOException, InterruptedException {
        try (LoggedLines log = new LoggedLines(ConfigReloader.class); ConfigReloader reloader = start()) {
            final AtomicInteger running = new AtomicInteger(1);
            final List<Thread> threads = new CopyOnWriteArrayList<>();
            for (int i = 0; i < 3; i++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    while (running.get() == 1) {
                        reloader.reload();
                        check(reloader.current());
                    }
                }));
            }
            for (int value = 2; value <= 500; value++) {
                replace(valid(value));
            }
            Waiting.until("the last one", () -> value(reloader) == 500);
            running.set(0);
            for (final Thread thread : threads) {
                thread.join();
            }
            // Waits for what the watch still tells.
            reloader.reload();

            assertThat(torn).isEmpty();
            assertThat(reloader.reloads()).isEqualTo(told.get());
            awaitLines(log, told.get());
        }
    }

    @Test
    void shouldGiveEverythingBackHoweverOftenItIsStarted() throws IOException, InterruptedException {
        start().close();
        final long threads = Leaks.threads();
        final long instances = Leaks.instances();
        final long descriptors = Leaks.descriptors();
        final long inAll = Thread.getAllStackTraces().size();

        try (LoggedLines log = new LoggedLines(ConfigReloader.class)) {
            for (int i = 2; i <= 60; i++) {
                try (ConfigReloader reloader = start()) {
                    final int value = i;
                    if (i % 10 == 0) {
                        replace(valid(value));
                        Waiting.until("the change", () -> value(reloader) == value);
                    }
                }
            }
            awaitLines(log, 6);
        }

        assertThat(Leaks.threads()).isEqualTo(threads).isZero();
        assertThat(Leaks.instances()).isEqualTo(instances).isZero();
        assertThat(Leaks.descriptors()).isLessThan(descriptors + SOME_DESCRIPTORS);
        Waiting.until("the JDK's threads have ended", () -> Thread.getAllStackTraces().size() <= inAll + 2);
    }

    @Test
    void shouldKeepNoWatchOfFoldersThatTheFileIsNoLongerIn() throws IOException, InterruptedException {
        try (LoggedLines log = new LoggedLines(ConfigReloader.class)) {
            Files.delete(file);
            swap(1);
            Files.createSymbolicLink(file, Path.of("..data/kaelix.toml"));
            try (ConfigReloader reloader = start()) {
                for (int value = 2; value <= 100; value++) {
                    swap(value);
                    final int expected = value;
                    Waiting.until("version " + value, () -> value(reloader) == expected);
                }
                Waiting.until("two folders are watched", () -> Leaks.watches() == 2);
                assertThat(reloader.current().runtime().targetLatency()).isEqualTo(Duration.ofNanos(100_000));
                awaitLines(log, 99);
            }
        }
    }

    private void swap(final int value) throws IOException {
        Files.writeString(Files.createDirectory(folder.resolve("..v" + value)).resolve("kaelix.toml"), valid(value));
        final Path swapped = Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("..v" + value));
        Files.move(swapped, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }
}
