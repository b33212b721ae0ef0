// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.kaelix.config.ConfigReloader.Outcome;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What becomes of a file that changes. */
class ConfigReloaderTest extends ReloaderFixture {

    @Test
    void shouldPublishWhatAReplacedFileSays() throws IOException, InterruptedException {
        final KaelixConfig before = loader.load();
        start();
        assertThat(reloader.current()).isEqualTo(before);
        assertThat(reloader.reloadTime()).isZero();

        replace(latency(5) + "[performance]\nbatch_size = 7\n");
        awaitChanges(1);

        final ConfigChange change = told.changes.getFirst();
        assertThat(texts(change.changed())).containsExactly("runtime.target_latency_us = 5", "performance.batch_size = 7");
        assertThat(change.needRestart()).isEmpty();
        assertThat(change.before()).isEqualTo(before);
        assertThat(change.after()).isSameAs(reloader.current());
        assertThat(reloader.current().performance().batchSize()).isEqualTo(7);
        assertThat(reloader.reloads()).isEqualTo(1);
        assertThat(reloader.reloadTime()).isPositive();
        awaitLines(1);
        assertThat(log.lines).containsExactly(
                "INFO " + file + ": changed: runtime.target_latency_us = 5, performance.batch_size = 7");
    }

    @Test
    void shouldSeeAFileThatChangedBetweenLoadingAndWatching() throws IOException, InterruptedException {
        final KaelixConfig before = loader.load();
        replace(latency(5));

        reloader = ConfigReloader.start(loader, before, told);

        awaitLatency(5);
    }

    @Test
    void shouldTakeWhatIsWrittenInPlaceAsWell() throws IOException, InterruptedException {
        start();

        Files.writeString(file, latency(5));

        awaitLatency(5);
    }

    @Test
    void shouldTellOfARefusedFileOnceAndGoOnWithTheOneBefore() throws IOException, InterruptedException {
        start();
        final KaelixConfig before = reloader.current();

        replace(latency(0));
        awaitRefusals(1);
        // The same again is nothing new, by whatever way it comes.
        Files.writeString(file, latency(0), StandardOpenOption.WRITE);
        replace(latency(0));
        assertThat(reloader.reload()).isEqualTo(Outcome.REFUSED);
        replace("not toml");
        Waiting.until("another reason", () -> told.refusals.getLast().problems().getFirst().key().isEmpty());

        assertThat(told.refusals).hasSize(2);
        assertThat(told.refusals.get(0).problems()).extracting(ConfigProblem::key).containsExactly("runtime.target_latency_us");
        assertThat(reloader.refused()).isEqualTo(2);
        assertThat(reloader.reloads()).isZero();
        assertThat(reloader.current()).isSameAs(before);
        awaitLines(2);
        assertThat(log.lines).hasSize(2).allSatisfy(line -> assertThat(line)
                .startsWith("WARNING the configuration before goes on: " + file));

        replace(latency(5));
        awaitLatency(5);
        assertThat(told.refusals).hasSize(2);
    }

    @Test
    void shouldTellOfARefusedFileAgainAfterAGoodOneStayed() throws IOException, InterruptedException {
        start();

        replace(latency(0));
        awaitRefusals(1);
        replace(latency(20));
        // What it is now has come to rest by this.
        assertThat(reloader.reload()).isEqualTo(Outcome.UNCHANGED);
        replace(latency(0));
        awaitRefusals(2);
    }

    @Test
    void shouldGoOnWithoutTheFileAndTellOnce() throws IOException, InterruptedException {
        start();
        final KaelixConfig before = reloader.current();

        Files.delete(file);
        awaitRefusals(1);
        assertThat(reloader.reload()).isEqualTo(Outcome.REFUSED);
        assertThat(told.refusals).hasSize(1);
        assertThat(reloader.current()).isEqualTo(before);

        Files.writeString(file, latency(5));
        awaitLatency(5);
        Files.delete(file);
        awaitRefusals(2);
        assertThat(reloader.refused()).isEqualTo(2);
    }

    @Test
    void shouldKeepWhatNeedsARestartAndNameItOnce() throws IOException, InterruptedException {
        start();

        replace(latency(5) + "priority_levels = 2\n");
        awaitChanges(1);
        assertThat(texts(told.changes.getFirst().changed())).containsExactly("runtime.target_latency_us = 5");
        assertThat(texts(told.changes.getFirst().needRestart())).containsExactly("runtime.priority_levels = 2");
        assertThat(reloader.current().runtime().priorityLevels()).isEqualTo(4);
        assertThat(told.changes.getFirst().after().runtime().priorityLevels()).isEqualTo(4);

        replace(latency(6) + "priority_levels = 2\n");
        awaitChanges(2);
        assertThat(told.changes.get(1).needRestart()).isEmpty();
        assertThat(texts(reloader.needRestart())).containsExactly("runtime.priority_levels = 2");

        replace(latency(6) + "priority_levels = 3\n[streams]\npush_workers = 2\n");
        awaitChanges(3);
        assertThat(told.changes.get(2).changed()).isEmpty();
        assertThat(texts(told.changes.get(2).needRestart())).containsExactly("runtime.priority_levels = 3", "streams.push_workers = 2");

        replace(latency(7));
        awaitChanges(4);
        assertThat(reloader.needRestart()).isEmpty();
        assertThat(reloader.reloads()).isEqualTo(4);
        awaitLines(4);
        assertThat(log.lines.get(0)).endsWith(": changed: runtime.target_latency_us = 5; "
                + "a restart is needed for runtime.priority_levels = 2");
        assertThat(log.lines.get(2)).endsWith(": a restart is needed for runtime.priority_levels = 3, streams.push_workers = 2");
    }

    @Test
    void shouldRefuseHotValuesThatContradictWhatIsRunning() throws IOException, InterruptedException {
        Files.writeString(file, "[performance]\nbuffer_size = \"16MiB\"\n");
        start();

        replace("[performance]\nbuffer_size = \"1MiB\"\n[memory]\nlimit = \"16MiB\"\n");
        awaitRefusals(1);

        assertThat(told.refusals.getFirst().problems()).singleElement().satisfies(problem -> {
            assertThat(problem.key()).isEqualTo("memory.limit");
            assertThat(problem.line()).isEqualTo(4);
            assertThat(problem.text()).endsWith("; keys that need a restart count as they are now");
        });
        assertThat(reloader.current().memory().limit()).isEqualTo(4L << 30);
        assertThat(reloader.needRestart()).isEmpty();
    }

    @Test
    void shouldNotBlameTheFileForAMachineThatHasShrunk() throws IOException, InterruptedException {
        Files.writeString(file, latency(20) + "worker_threads = 2\n");
        final KaelixConfig running = loader.machine(new MachineLimits(2, Set.of())).load();
        loader = loader.machine(new MachineLimits(1, Set.of()));
        reloader = ConfigReloader.start(loader, running, told);
        awaitRefusals(1);

        replace(latency(5) + "worker_threads = 1\n");
        awaitLatency(5);

        assertThat(reloader.current().runtime().workerThreads()).isEqualTo(2);
        assertThat(texts(reloader.needRestart())).containsExactly("runtime.worker_threads = 1");
    }

    @Test
    void shouldWriteOneLineOfAFileWhoseNameHasTwo() throws IOException, InterruptedException {
        file = Files.writeString(folder.resolve("kaelix\n\u001b[31m.toml"), latency(20));
        loader = ConfigLoader.of().file(file);
        start();

        replace(latency(5) + "[telemetry]\ndirectory = \"a\\u202Eb\"\n");
        awaitLines(1);

        assertThat(log.lines.getFirst()).endsWith("kaelix??[31m.toml: changed: runtime.target_latency_us = 5; "
                + "a restart is needed for telemetry.directory = \"a\\U0000202Eb\"").doesNotContain("\n", "\u001b", "\u202e");
    }

    @Test
    void shouldCheckTheNodesThatTheFileNames() throws IOException, InterruptedException {
        assumeFalse(MachineLimits.ofThisMachine().nodes().isEmpty(), "the kernel does not tell its nodes");
        start();

        replace(latency(5) + "[memory]\nnode_policy = \"bind\"\nnode = 1023\n");
        awaitRefusals(1);
        replace(latency(5) + "[memory]\nnode_policy = \"bind\"\nnode = 0\n");
        awaitLatency(5);

        assertThat(told.refusals.getFirst()).hasMessageContaining("memory.node = 1023 is not on this machine");
        assertThat(texts(reloader.needRestart())).containsExactly("memory.node_policy = \"bind\"", "memory.node = 0");
    }

    @Test
    void shouldLoadByTheSameLayersAsBefore() throws IOException, InterruptedException {
        loader = loader.environment(Map.of("KAELIX_PERFORMANCE_BATCH_SIZE", "9")).with("performance.linger_ns", 77);
        start();

        replace("profile = \"low-latency\"\n[performance]\nbatch_size = 1\nlinger_ns = 1\n");
        awaitLatency(5);

        assertThat(reloader.current().performance().batchSize()).isEqualTo(9);
        assertThat(reloader.current().performance().linger()).isEqualTo(Duration.ofNanos(77));
        assertThat(reloader.current().profile()).isEmpty();
        assertThat(texts(reloader.needRestart())).contains("profile = \"low-latency\"");
    }

    @Test
    void shouldTellNothingOfCommentsAndKnowWhereValuesAreNow() throws IOException, InterruptedException {
        start();

        replace("# a comment\n" + latency(20));
        Waiting.until("the line is another",
                () -> reloader.current().setting(ConfigKey.RUNTIME_TARGET_LATENCY_US).origin().line() == 3);
        replace(latency(5));
        awaitChanges(1);

        assertThat(texts(told.changes.getFirst().changed())).containsExactly("runtime.target_latency_us = 5");
        assertThat(reloader.reloads()).isEqualTo(1);
    }

    @Test
    void shouldRefuseToWatchNoFile() {
        assertThatThrownBy(() -> ConfigReloader.start(ConfigLoader.of(), KaelixConfig.defaults(), told))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the loader has no file to watch: give it one by ConfigLoader.file");
    }

    @Test
    void shouldRefuseAFileOfAHundredMegabytesUnread() throws IOException, InterruptedException {
        start();

        try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
            large.setLength(100 << 20);
        }
        awaitRefusals(1);
        assertThat(told.refusals.getFirst()).hasMessageContaining(file.toString());
        replace(latency(5));
        awaitLatency(5);
        assertThat(told.refusals).hasSize(1);
    }

    @Test
    void shouldRefuseAFolderInPlaceOfTheFileAndALoopOfSymlinks() throws IOException, InterruptedException {
        start();

        Files.delete(file);
        awaitRefusals(1);
        Files.createDirectory(file);
        awaitRefusals(2);
        Files.delete(file);
        Files.createSymbolicLink(file, file.getFileName());
        awaitRefusals(3);
        replace(latency(5));
        awaitLatency(5);

        assertThat(reloader.reloads()).isEqualTo(1);
    }

    @Test
    void shouldFollowAConfigMap() throws IOException, InterruptedException {
        Files.delete(file);
        swapData("1", latency(20));
        Files.createSymbolicLink(file, Path.of("..data/kaelix.toml"));
        start();

        for (int micros = 1; micros <= 10; micros++) {
            swapData("of " + micros, latency(micros));
            awaitLatency(micros);
        }

        assertThat(reloader.reloads()).isEqualTo(10);
        assertThat(told.refusals).isEmpty();
    }

    private void swapData(final String version, final String text) throws IOException {
        Files.writeString(Files.createDirectory(folder.resolve(".." + version)).resolve("kaelix.toml"), text);
        final Path swapped = Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of(".." + version));
        Files.move(swapped, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }
}
