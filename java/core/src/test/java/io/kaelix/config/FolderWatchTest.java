// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.config.FolderWatch.Service;
import io.kaelix.config.FolderWatch.Sight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is seen without looking: by the kernel's events alone. */
class FolderWatchTest {

    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final long MOMENT = TimeUnit.MILLISECONDS.toNanos(50);

    @TempDir
    private Path folder;
    private Path file;
    private FolderWatch watch;

    @BeforeEach
    void watch() throws IOException {
        file = Files.writeString(folder.resolve("kaelix.toml"), "first");
        follow();
    }

    private void follow() {
        if (watch != null) {
            watch.close();
        }
        watch = new FolderWatch(file, Service.SYSTEM);
        watch.follow(Trail.of(file));
        assertThat(watch.isComplete()).isTrue();
        watch.rest();
    }

    @AfterEach
    void close() {
        watch.close();
    }

    private Path other(final String name) throws IOException {
        return Files.writeString(folder.resolve(name), "other");
    }

    /** All of it was told; what comes after is of what is done after. */
    private void rest() throws InterruptedException {
        while (watch.await(MOMENT) != Sight.NOTHING) {
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldSeeThatAFileIsWrittenInPlace() throws IOException, InterruptedException {
        Files.writeString(file, "second");

        assertThat(watch.await(MINUTE)).isEqualTo(Sight.TOUCHED);
    }

    @Test
    void shouldSeeThatAFileIsRemovedAndMade() throws IOException, InterruptedException {
        Files.delete(file);
        assertThat(watch.await(MINUTE)).isEqualTo(Sight.TOUCHED);
        rest();

        Files.createFile(file);
        assertThat(watch.await(MINUTE)).isEqualTo(Sight.TOUCHED);
    }

    @Test
    void shouldSeeThatAFileIsReplaced() throws IOException, InterruptedException {
        Files.move(other("new"), file, StandardCopyOption.ATOMIC_MOVE);
        Sight sight = watch.await(MINUTE);
        // The kernel tells of the old name first, and of the new one maybe after that was taken.
        while (sight == Sight.NOTHING) {
            sight = watch.await(MINUTE);
        }

        assertThat(sight).isEqualTo(Sight.REPLACED);
    }

    @Test
    void shouldNotTakeAFileThatWasWrittenBehindARenamingForComplete() throws IOException, InterruptedException {
        Files.move(other("new"), file, StandardCopyOption.ATOMIC_MOVE);
        Files.writeString(file, "written");

        Sight sight = watch.await(MINUTE);
        // One after the other, if the first was taken before the second.
        while (sight == Sight.REPLACED) {
            sight = watch.await(MINUTE);
        }
        assertThat(sight).isEqualTo(Sight.TOUCHED);
    }

    @Test
    void shouldSeeThatASymlinkOnTheWayIsSwapped() throws IOException, InterruptedException {
        Files.move(file, Files.createDirectory(folder.resolve("1")).resolve("kaelix.toml"));
        Files.createDirectory(folder.resolve("2"));
        final Path data = Files.createSymbolicLink(folder.resolve("data"), Path.of("1"));
        Files.createSymbolicLink(file, Path.of("data/kaelix.toml"));
        follow();

        Files.move(Files.createSymbolicLink(folder.resolve("data_tmp"), Path.of("2")), data, StandardCopyOption.ATOMIC_MOVE);

        assertThat(watch.await(MINUTE)).isEqualTo(Sight.REPLACED);
    }

    @Test
    void shouldNotTakeWhatIsMadeWhereNothingWasForComplete() throws IOException, InterruptedException {
        final Path lock = other("lock");
        rest();
        Files.delete(file);
        Files.delete(lock);
        assertThat(watch.await(MINUTE)).isEqualTo(Sight.TOUCHED);
        rest();
        watch.follow(Trail.of(file));

        Files.createFile(file);
        assertThat(watch.await(MINUTE)).isEqualTo(Sight.TOUCHED);
        // It is there by now, and nobody knows whether it is written to the end.
        watch.follow(Trail.of(file));
        Files.delete(file);
        Files.createFile(file);
        assertThat(watch.await(MINUTE)).isEqualTo(Sight.TOUCHED);
    }

    @Test
    void shouldNotTakeAFolderThatIsMadeInPlaceOfASymlinkForComplete() throws IOException, InterruptedException {
        Files.move(file, Files.createDirectory(folder.resolve("1")).resolve("kaelix.toml"));
        final Path data = Files.createSymbolicLink(folder.resolve("data"), Path.of("1"));
        Files.createSymbolicLink(file, Path.of("data/kaelix.toml"));
        follow();

        Files.delete(data);
        Files.createDirectory(data);

        assertThat(watch.await(MINUTE)).isEqualTo(Sight.TOUCHED);
        rest();
    }

    @Test
    void shouldSeeThatAFileIsReplacedFromAnotherFolder() throws IOException, InterruptedException {
        final Path other = Files.writeString(Files.createDirectory(folder.resolve("other")).resolve("new"), "second");
        rest();

        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);

        assertThat(watch.await(MINUTE)).isEqualTo(Sight.REPLACED);
    }

    @Test
    void shouldSeeNothingOfOtherFiles() throws IOException, InterruptedException {
        Files.delete(other("one"));
        Files.move(other("two"), folder.resolve("three"));

        assertThat(watch.await(MOMENT)).isEqualTo(Sight.NOTHING);
    }

    @Test
    void shouldSeeThatTheFolderIsDeleted() throws IOException, InterruptedException {
        Files.delete(file);
        assertThat(watch.await(MINUTE)).isEqualTo(Sight.TOUCHED);
        rest();

        Files.delete(folder);

        assertThat(watch.await(MINUTE)).isEqualTo(Sight.TOUCHED);
        assertThat(watch.isComplete()).isFalse();
        Files.createDirectory(folder);
        watch.follow(Trail.of(file));
        assertThat(watch.isComplete()).isTrue();
        Files.createFile(file);
        assertThat(watch.await(MINUTE)).isEqualTo(Sight.TOUCHED);
    }

    @Test
    void shouldSeeThatMoreHappenedThanIsKept() throws IOException, InterruptedException {
        for (int i = 0; i < 2_000; i++) {
            Files.delete(other("other" + i));
        }

        assertThat(watch.await(MINUTE)).isEqualTo(Sight.TOUCHED);
    }

    @Test
    void shouldNotTakeWhatIsMadeBehindAGapForComplete() throws IOException, InterruptedException {
        for (int i = 0; i < 2_000; i++) {
            Files.delete(other("other" + i));
        }
        Files.delete(file);
        assertThat(watch.await(MINUTE)).isEqualTo(Sight.TOUCHED);
        rest();

        Files.createFile(file);

        assertThat(watch.await(MINUTE)).isEqualTo(Sight.TOUCHED);
    }

    @Test
    void shouldNotTakeWhatIsMadeAtTheEndOfAWayThatLedNowhereForComplete() throws IOException, InterruptedException {
        watch.follow(Trail.of(folder.resolve("nothing")));
        Files.createFile(folder.resolve("nothing"));
        assertThat(watch.await(MINUTE)).isEqualTo(Sight.TOUCHED);

        watch.follow(Trail.of(folder.resolve("nothing more")));
        watch.rest();
        Files.createFile(folder.resolve("nothing more"));
        assertThat(watch.await(MINUTE)).isEqualTo(Sight.TOUCHED);
    }

    @Test
    void shouldSayThatItIsClosedToWhoeverWaits() throws InterruptedException {
        final Thread closer = Thread.ofPlatform().start(() -> watch.close());

        assertThat(watch.await(MINUTE)).isEqualTo(Sight.CLOSED);
        assertThat(watch.await(MINUTE)).isEqualTo(Sight.CLOSED);
        watch.follow(Trail.of(file));
        closer.join();
    }

    @Test
    void shouldSayThatItIsClosedAlsoWhereThereIsNothingToWatchBy() throws InterruptedException {
        final FolderWatch blind;
        try (LoggedLines log = new LoggedLines(FolderWatch.class)) {
            blind = new FolderWatch(file, new Service() {
                @Override
                public WatchService open(final Path of) {
                    throw new UnsupportedOperationException();
                }

                @Override
                public WatchKey register(final WatchService service, final Path of) {
                    throw new AssertionError("there is none to register with");
                }
            });
            assertThat(log.lines).hasSize(1);
        }
        blind.follow(Trail.of(file));
        assertThat(blind.isComplete()).isFalse();
        assertThat(blind.await(1)).isEqualTo(Sight.NOTHING);

        blind.close();

        assertThat(blind.await(MINUTE)).isEqualTo(Sight.CLOSED);
    }
}
