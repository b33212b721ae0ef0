// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A file that is watched, and what became of it. */
abstract class ReloaderFixture {

    @TempDir
    Path folder;
    Path file;
    ConfigLoader loader;
    ConfigReloader reloader;
    final Told told = new Told();
    LoggedLines log;

    /** What a listener learned. */
    static final class Told implements ConfigReloader.Listener {
        final List<ConfigChange> changes = new CopyOnWriteArrayList<>();
        final List<ConfigException> refusals = new CopyOnWriteArrayList<>();

        @Override
        public void changed(final ConfigChange change) {
            changes.add(change);
        }

        @Override
        public void refused(final ConfigException reason) {
            refusals.add(reason);
        }
    }

    @BeforeEach
    void write() throws IOException {
        log = new LoggedLines(ConfigReloader.class);
        file = Files.writeString(folder.resolve("kaelix.toml"), latency(20));
        loader = ConfigLoader.of().file(file);
    }

    @AfterEach
    void close() {
        if (reloader != null) {
            reloader.close();
        }
        log.close();
    }

    static String latency(final int micros) {
        return "[runtime]\ntarget_latency_us = " + micros + "\n";
    }

    void start() {
        reloader = ConfigReloader.start(loader, loader.load(), told);
    }

    void replace(final String text) throws IOException {
        Files.move(Files.writeString(folder.resolve("kaelix.toml.new"), text), file, StandardCopyOption.ATOMIC_MOVE);
    }

    void awaitLatency(final int micros) throws InterruptedException {
        Waiting.until(micros + " microseconds",
                () -> reloader.current().runtime().targetLatency().equals(Duration.ofNanos(micros * 1_000L)));
    }

    void awaitRefusals(final int count) throws InterruptedException {
        Waiting.until(count + " refusals, not " + told.refusals, () -> told.refusals.size() >= count);
    }

    void awaitChanges(final int count) throws InterruptedException {
        Waiting.until(count + " changes, not " + told.changes, () -> told.changes.size() >= count);
    }

    /** What is told of is logged after that. */
    void awaitLines(final int count) throws InterruptedException {
        Waiting.until(count + " lines, not " + log.lines, () -> log.lines.size() >= count);
    }

    static List<String> texts(final List<Setting> settings) {
        return settings.stream().map(setting -> setting.key().path() + " = " + setting.text()).toList();
    }
}
