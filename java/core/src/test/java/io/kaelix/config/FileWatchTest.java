// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.config.FolderWatch.Service;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWatchTest {

    private static final String MISSING = "-";

    @TempDir
    private Path made;
    private Path folder;
    private Path file;
    private final Seen seen = new Seen();
    private FileWatch watch;

    /** What the file held whenever something was told of it. */
    private final class Seen implements FileWatch.Listener {
        private final List<String> replaced = new CopyOnWriteArrayList<>();
        private final List<String> settled = new CopyOnWriteArrayList<>();

        @Override
        public void replaced() {
            replaced.add(read());
        }

        @Override
        public void settled() {
            settled.add(read());
        }

        private String read() {
            try {
                return Files.readString(file);
            } catch (final IOException e) {
                return MISSING;
            }
        }

        private void awaitSettled(final String content) throws InterruptedException {
            Waiting.until("'" + content + "' is told of, not " + settled, () -> !settled.isEmpty() && settled.getLast().equals(content));
        }

        private void awaitReplaced(final String content) throws InterruptedException {
            Waiting.until("'" + content + "' is told of at once, not " + replaced,
                    () -> !replaced.isEmpty() && replaced.getLast().equals(content));
        }
    }

    @BeforeEach
    void write() throws IOException {
        folder = Files.createDirectory(made.toRealPath().resolve("etc"));
        file = Files.writeString(folder.resolve("kaelix.toml"), "first");
    }

    @AfterEach
    void close() {
        if (watch != null) {
            watch.close();
        }
    }

    private void start() throws InterruptedException {
        watch = FileWatch.start(file, seen);
        Waiting.until("the first look", () -> !seen.settled.isEmpty());
    }

    private void replace(final String content) throws IOException {
        Files.move(Files.writeString(file.resolveSibling("kaelix.toml.new"), content), file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void shouldTellAtOnceOfAFileThatWasRenamedToItsName() throws IOException, InterruptedException {
        start();

        replace("second");
        seen.awaitReplaced("second");
        seen.awaitSettled("second");
        replace("third");
        seen.awaitReplaced("third");
    }

    @Test
    void shouldWaitUntilAFileThatIsWrittenInPlaceRests() throws IOException, InterruptedException {
        start();

        Files.writeString(file, "second");
        seen.awaitSettled("second");
        Files.delete(file);
        seen.awaitSettled(MISSING);
        Files.writeString(file, "third");
        seen.awaitSettled("third");

        assertThat(seen.replaced).isEmpty();
    }

    @Test
    void shouldNotTakeWhatIsMadeBehindTheRemovalOfAnotherFileForComplete() throws IOException, InterruptedException {
        final Path lock = Files.createFile(folder.resolve("kaelix.toml.lock"));
        start();
        Files.delete(file);
        seen.awaitSettled(MISSING);

        Files.delete(lock);
        Files.createFile(file);
        seen.awaitSettled("");
        Files.writeString(file, "second");
        seen.awaitSettled("second");

        assertThat(seen.replaced).isEmpty();
    }

    @Test
    void shouldTellAtOnceOfAFileThatComesFromAnotherFolder() throws IOException, InterruptedException {
        final Path other = Files.writeString(Files.createDirectory(made.resolve("other")).resolve("new"), "second");
        start();

        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);

        seen.awaitReplaced("second");
    }

    @Test
    void shouldTellAtOnceOfASymlinkThatWasSwapped() throws IOException, InterruptedException {
        layOutAConfigMap();
        start();

        swapData("2", "second");
        seen.awaitReplaced("second");
        swapData("3", "third");
        seen.awaitReplaced("third");
        // The folder that it is in by now is watched, and the first one is not missed.
        try (Stream<Path> gone = Files.list(folder.resolve("..1"))) {
            gone.toList().forEach(each -> assertThat(each.toFile().delete()).isTrue());
        }
        Files.delete(folder.resolve("..1"));
        Files.writeString(folder.resolve("..3/kaelix.toml"), "fourth");
        seen.awaitSettled("fourth");
    }

    private void layOutAConfigMap() throws IOException {
        Files.delete(file);
        Files.writeString(Files.createDirectory(folder.resolve("..1")).resolve("kaelix.toml"), "first");
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("..1"));
        Files.createSymbolicLink(file, Path.of("..data/kaelix.toml"));
    }

    private void swapData(final String version, final String content) throws IOException {
        Files.writeString(Files.createDirectory(folder.resolve(".." + version)).resolve("kaelix.toml"), content);
        final Path swapped = Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of(".." + version));
        Files.move(swapped, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void shouldTellOfASymlinkThatIsRemovedAndMadeAgain() throws IOException, InterruptedException {
        layOutAConfigMap();
        start();

        Files.writeString(Files.createDirectory(folder.resolve("..2")).resolve("kaelix.toml"), "second");
        Files.delete(folder.resolve("..data"));
        seen.awaitSettled(MISSING);
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2"));
        seen.awaitSettled("second");
    }

    @Test
    void shouldTellOfAFileThatIsNotThereYetNorItsFolders() throws IOException, InterruptedException {
        file = folder.resolve("a/b/kaelix.toml");
        start();
        assertThat(seen.settled).containsExactly(MISSING);

        Files.createDirectories(file.getParent());
        Files.writeString(file, "second");

        seen.awaitSettled("second");
    }

    @Test
    void shouldTellOfAFolderThatIsDeletedAndMadeAgain() throws IOException, InterruptedException {
        start();

        for (int i = 0; i < 3; i++) {
            Files.delete(file);
            Files.delete(folder);
            seen.awaitSettled(MISSING);
            Files.createDirectory(folder);
            Files.writeString(file, "again " + i);
            seen.awaitSettled("again " + i);
            replace("at once " + i);
            seen.awaitReplaced("at once " + i);
        }
    }

    @Test
    void shouldTellOfAFolderThatIsRenamedAwayAndBack() throws IOException, InterruptedException {
        start();

        final Path away = folder.resolveSibling("away");
        Files.move(folder, away);
        seen.awaitSettled(MISSING);
        Files.writeString(away.resolve("kaelix.toml"), "second");
        Files.move(away, folder);
        seen.awaitSettled("second");
        replace("third");
        seen.awaitReplaced("third");
    }

    @Test
    void shouldTellOfAFolderThatAnotherOneWasPutInPlaceOf() throws IOException, InterruptedException {
        start();

        final Path other = Files.createDirectory(folder.resolveSibling("other"));
        Files.writeString(other.resolve("kaelix.toml"), "second");
        Files.move(folder, folder.resolveSibling("away"));
        Files.move(other, folder);

        seen.awaitSettled("second");
        replace("third");
        seen.awaitReplaced("third");
    }

    @Test
    void shouldGoOnBehindASymlinkLoopThatWasMended() throws IOException, InterruptedException {
        Files.delete(file);
        Files.createSymbolicLink(file, Path.of("kaelix.toml"));
        start();
        assertThat(seen.settled).containsExactly(MISSING);

        Files.delete(file);
        Files.writeString(file, "second");

        seen.awaitSettled("second");
    }

    @Test
    void shouldTellNothingOfOtherFiles() throws IOException, InterruptedException {
        start();

        for (int i = 0; i < 100; i++) {
            Files.writeString(folder.resolve("other" + i), "x");
        }
        replace("second");
        seen.awaitSettled("second");

        assertThat(seen.settled).containsExactly("first", "second");
        assertThat(seen.replaced).containsExactly("second");
    }

    @Test
    void shouldSeeTheLastOfABurst() throws IOException, InterruptedException {
        start();

        for (int i = 1; i <= 1000; i++) {
            replace("number " + i);
        }
        seen.awaitSettled("number 1000");

        assertThat(seen.replaced.size()).isBetween(1, 1000);
        Waiting.until("the watch rests", () -> seen.settled.getLast().equals("number 1000"));
    }

    @Test
    void shouldSeeTheLastAlsoIfMoreHappenedThanTheKernelTells() throws IOException, InterruptedException {
        final CountDownLatch told = new CountDownLatch(1);
        final CountDownLatch mayGoOn = new CountDownLatch(1);
        watch = FileWatch.start(file, new FileWatch.Listener() {
            @Override
            public void replaced() {
                seen.replaced();
            }

            @Override
            public void settled() {
                told.countDown();
                try {
                    mayGoOn.await();
                } catch (final InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                seen.settled();
            }
        });
        told.await();
        for (int i = 0; i < 2000; i++) {
            Files.delete(Files.createFile(folder.resolve("other" + i)));
        }
        replace("second");
        for (int i = 0; i < 2000; i++) {
            Files.delete(Files.createFile(folder.resolve("more" + i)));
        }
        mayGoOn.countDown();

        // The first look took it already, and the overflow is told of as well.
        Waiting.until("a second look", () -> seen.settled.size() >= 2 && seen.settled.getLast().equals("second"));
    }

    @Test
    void shouldGoOnIfWhatItTellsThrowsOrInterrupts() throws IOException, InterruptedException {
        try (LoggedLines log = new LoggedLines(FileWatch.class)) {
            watch = FileWatch.start(file, new FileWatch.Listener() {
                @Override
                public void replaced() {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("on purpose");
                }

                @Override
                public void settled() {
                    seen.settled();
                    Thread.currentThread().interrupt();
                    throw new StackOverflowError("on purpose");
                }
            });
            seen.awaitSettled("first");
            replace("second");
            seen.awaitSettled("second");
            Files.writeString(file, "third");
            seen.awaitSettled("third");
            Waiting.until("each failure is logged", () -> log.lines.stream().filter(line -> line.startsWith("SEVERE")).count() >= 4);
        }
    }

    @Test
    void shouldLeaveNeitherThreadNorDescriptorBehind() throws InterruptedException {
        final long threads = Leaks.threads();
        final long watches = Leaks.instances();
        start();
        assertThat(Leaks.threads()).isEqualTo(threads + 1);
        assertThat(Leaks.instances()).isEqualTo(watches + 1);

        watch.close();
        watch.close();

        Waiting.until("the thread has ended", () -> Leaks.threads() == threads);
        Waiting.until("the descriptor is closed", () -> Leaks.instances() == watches);
    }

    @Test
    void shouldBeClosedByTheListenerItself() throws IOException, InterruptedException {
        final long threads = Leaks.threads();
        final AtomicReference<FileWatch> started = new AtomicReference<>();
        final CountDownLatch isStarted = new CountDownLatch(1);
        watch = FileWatch.start(file, new FileWatch.Listener() {
            @Override
            public void replaced() {
                seen.replaced();
            }

            @Override
            public void settled() {
                try {
                    isStarted.await();
                } catch (final InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                started.get().close();
                seen.settled();
            }
        });
        started.set(watch);
        isStarted.countDown();

        Waiting.until("the thread has ended", () -> Leaks.threads() == threads);
        replace("second");
        assertThat(seen.settled).containsExactly("first");
    }

    /** Refuses all watches, as the kernel does at a user's limits, say. */
    private record Refusing(Exception service, IOException watch) implements Service {
        @Override
        public WatchService open(final Path of) throws IOException {
            switch (service) {
                case null -> {
                    return SYSTEM.open(of);
                }
                case IOException failure -> throw failure;
                default -> throw (RuntimeException) service;
            }
        }

        @Override
        public WatchKey register(final WatchService with, final Path folder) throws IOException {
            throw watch;
        }
    }

    @Test
    void shouldLookOnItsOwnWhereNothingCanBeWatched() throws IOException, InterruptedException {
        final String instances = "User limit of inotify instances reached or too many open files";
        lookOnItsOwn(new Refusing(new IOException(instances), null), instances + ": raise it, sysctl fs.inotify.max_user_instances");
        lookOnItsOwn(new Refusing(new UnsupportedOperationException(), null), "its file system does not tell of changes");
        final String watches = "User limit of inotify watches reached";
        lookOnItsOwn(new Refusing(null, new IOException(watches)), watches + ": raise it, sysctl fs.inotify.max_user_watches");
        lookOnItsOwn(new Refusing(null, new AccessDeniedException(folder.toString())),
                folder + ": may not be read by this user: give it the right (chmod, chown), or name another file");
    }

    private void lookOnItsOwn(final Service service, final String reason) throws IOException, InterruptedException {
        final long threads = Leaks.threads();
        try (LoggedLines log = new LoggedLines(FolderWatch.class)) {
            watch = FileWatch.start(file, seen, service);
            seen.awaitSettled(Files.readString(file));
            replace("after " + reason);
            seen.awaitSettled("after " + reason);
            assertThat(log.lines)
                    .containsExactly("WARNING " + file + " is looked at once a second, its folders cannot be watched: " + reason);
        }
        watch.close();
        Waiting.until("the thread has ended", () -> Leaks.threads() == threads);
    }

    @Test
    void shouldNotComplainOfAFolderThatIsGoneWhileItIsFollowed() throws IOException, InterruptedException {
        final CountDownLatch isTried = new CountDownLatch(1);
        final Service late = new Service() {
            @Override
            public WatchService open(final Path of) throws IOException {
                return SYSTEM.open(of);
            }

            @Override
            public WatchKey register(final WatchService service, final Path of) throws IOException {
                if (isTried.getCount() > 0) {
                    isTried.countDown();
                    Files.delete(file);
                    Files.delete(folder);
                    throw new NoSuchFileException(of.toString());
                }
                return SYSTEM.register(service, of);
            }
        };
        try (LoggedLines log = new LoggedLines(FolderWatch.class)) {
            watch = FileWatch.start(file, seen, late);
            seen.awaitSettled(MISSING);
            Files.createDirectory(folder);
            Files.writeString(file, "second");
            seen.awaitSettled("second");
            assertThat(log.lines).isEmpty();
        }
    }
}
