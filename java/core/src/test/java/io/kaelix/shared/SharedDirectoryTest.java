// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kaelix.KaelixException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedDirectoryTest {

    private static final int LAYOUT = 12288;

    @TempDir
    private Path parent;
    private Path folder;
    private final List<SharedDirectory> joined = new ArrayList<>();

    @BeforeEach
    void setUp() {
        folder = parent.resolve("streams");
    }

    @AfterEach
    void leaveAll() {
        joined.forEach(SharedDirectoryTest::leave);
    }

    private SharedDirectory launch() {
        joined.add(SharedDirectory.launch(folder, null, LAYOUT, null));
        return joined.getLast();
    }

    private SharedDirectory attach() {
        joined.add(SharedDirectory.attach(folder, LAYOUT));
        return joined.getLast();
    }

    private static void leave(final SharedDirectory directory) {
        if (!directory.hasLeft()) {
            directory.lock();
            directory.begin();
            directory.leave();
            directory.unlock();
            directory.close();
        }
    }

    @Test
    void shouldLeaveWhatSomebodyDiedInTheMiddleOfToTheNextOneWhoBegins() {
        final SharedDirectory directory = launch();
        directory.lock();
        // As one that dies behind this.
        directory.control().begin(7);
        directory.unlock();
        assertThat(directory.tryLock()).isTrue();
        directory.unlock();
        directory.lock();
        assertThat(directory.begin()).isTrue();
        directory.unlock();
        directory.lock();
        assertThat(directory.begin()).isFalse();
        directory.unlock();
    }

    @Test
    void shouldRefuseAtOnceWhoWaitsForTheLockWhileTheLastOneLeaves() throws InterruptedException {
        final SharedDirectory directory = launch();
        directory.lock();
        directory.begin();
        final List<Throwable> thrown = new ArrayList<>();
        final Thread waiting = Thread.ofPlatform().start(() -> {
            try {
                directory.lock();
            } catch (final RuntimeException e) {
                thrown.add(e);
            }
        });
        directory.leave();
        directory.unlock();
        directory.close();
        waiting.join();
        assertThat(thrown).singleElement().isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldGiveEachParticipantANumberAndTakeItBack() {
        final SharedDirectory first = launch();
        final SharedDirectory second = attach();
        assertThat(second.participant()).isNotEqualTo(first.participant());
        assertThat(first.isParticipant(second.participant())).isTrue();
        assertThat(first.isDead(second.participant())).isFalse();
        leave(second);
        assertThat(first.isParticipant(second.participant())).isFalse();
        assertThat(attach().participant()).isEqualTo(second.participant());
    }

    @Test
    void shouldRefuseMoreParticipantsThanItHasRoomFor() {
        launch();
        for (int i = 1; i < DirectoryDescriptor.PARTICIPANTS; i++) {
            attach();
        }
        assertThatThrownBy(this::attach).isInstanceOf(KaelixException.class).hasMessageContaining("64 participants");
    }

    @Test
    void shouldRemoveTheFolderWithTheLastParticipant() {
        final SharedDirectory first = launch();
        final SharedDirectory second = attach();
        leave(first);
        assertThat(folder.resolve("control")).exists();
        leave(second);
        assertThat(folder).doesNotExist();
    }

    @Test
    void shouldKeepFilesOfOthersInItsFolder() throws Exception {
        final SharedDirectory only = launch();
        Files.createFile(folder.resolve("notes.txt"));
        leave(only);
        try (var files = Files.list(folder)) {
            assertThat(files.map(Path::getFileName).map(Path::toString)).containsExactly("notes.txt");
        }
    }

    @Test
    void shouldRefuseAnotherVersionInOneLine() throws Exception {
        launch();
        try (RandomAccessFile control = new RandomAccessFile(folder.resolve("control").toFile(), "rw")) {
            control.seek(0);
            control.write(2);
        }
        assertThatThrownBy(this::attach).isInstanceOf(KaelixException.class).hasMessageContaining("another version")
                .message().doesNotContain("\n");
        assertThatThrownBy(() -> SharedDirectory.attach(folder, LAYOUT + 4096)).isInstanceOf(KaelixException.class);
    }

    @Test
    void shouldRefuseLanesOfAnotherLayoutAndTablesThatAreCutOff() throws Exception {
        launch();
        assertThatThrownBy(() -> SharedDirectory.attach(folder, LAYOUT + 4096)).isInstanceOf(KaelixException.class)
                .hasMessageContaining("layout");
        final Path copy = parent.resolve("copy");
        Files.createDirectory(copy);
        Files.write(copy.resolve("control"), new byte[100]);
        assertThatThrownBy(() -> ControlFile.open(copy.resolve("control"), LAYOUT)).isInstanceOf(KaelixException.class)
                .hasMessageContaining("100 bytes");
    }

    @Test
    void shouldRefuseAFolderThatOthersMayWriteIn() throws Exception {
        Files.createDirectory(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwx---"));
        assertThatThrownBy(this::launch).isInstanceOf(KaelixException.class).hasMessageContaining("chmod 700");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        final Path link = parent.resolve("link");
        Files.createSymbolicLink(link, folder);
        assertThatThrownBy(() -> SharedDirectory.launch(link, null, LAYOUT, null)).isInstanceOf(KaelixException.class).hasMessageContaining("link");
        launch();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("lock")))).isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("control")))).isEqualTo("rw-------");
    }

    @Test
    void shouldSayWhatIsNeededAndWhatIsFreeWhereThereIsNoSpace() throws Exception {
        final Path small = parent.resolve("small");
        Files.createDirectory(small, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", small.toString()), "needs a right to mount");
        try {
            final SharedDirectory directory = SharedDirectory.launch(small.resolve("streams"), null, LAYOUT, null);
            final LaneFile fits = directory.newLane(1 << 20);
            assertThatThrownBy(() -> directory.newLane(16 << 20)).isInstanceOf(KaelixException.class)
                    .hasMessageContaining("16777216 bytes").hasMessageContaining("are free").hasMessageContaining("smaller lanes");
            try (var files = Files.list(small.resolve("streams"))) {
                assertThat(files.filter(path -> path.getFileName().toString().startsWith("new-"))).hasSize(1);
            }
            // What is there has its space: no store into it can fail.
            fits.segment().fill((byte) 1);
            assertThat(fits.tryUnmap()).isTrue();
            leave(directory);
            final Path full = small.resolve("full");
            try (RandomAccessFile file = new RandomAccessFile(full.toFile(), "rw")) {
                final byte[] chunk = new byte[64 << 10];
                assertThatThrownBy(() -> {
                    while (true) {
                        file.write(chunk);
                    }
                }).isInstanceOf(IOException.class);
            }
            assertThatThrownBy(() -> SharedDirectory.launch(small.resolve("streams"), null, LAYOUT, null)).isInstanceOf(KaelixException.class)
                    .hasMessageContaining("free there");
            Files.delete(full);
            leave(SharedDirectory.launch(small.resolve("streams"), null, LAYOUT, null));
        } finally {
            run("umount", "-l", small.toString());
        }
    }

    private static boolean run(final String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    }

    @Test
    void shouldLetOneThreadChangeItAtATime() throws Exception {
        final SharedDirectory first = launch();
        final SharedDirectory second = attach();
        first.lock();
        assertThat(first.begin()).as("nobody died").isFalse();
        final AtomicReference<Boolean> other = new AtomicReference<>();
        final Thread thread = new Thread(() -> other.set(second.tryLock()));
        thread.start();
        thread.join();
        assertThat(other.get()).isFalse();
        assertThat(second.isLocked()).as("the lock is one for the process").isTrue();
        first.unlock();
        assertThat(second.tryLock()).isTrue();
        assertThat(second.begin()).isFalse();
        second.unlock();
    }

    @Test
    void shouldTellWhoeverFindsAChangeThatSomebodyDiedIn() {
        final SharedDirectory first = launch();
        first.lock();
        first.begin();
        // As if it had died: the kernel's lock is free, and the change is not marked as done.
        first.unlock();
        first.lock();
        first.begin();
        assertThat(first.control().begin(first.participant())).isTrue();
        first.unlock();
        first.lock();
        assertThat(first.begin()).isFalse();
        first.unlock();
    }

    @Test
    void shouldKeepLocksWhenAThreadIsInterrupted() {
        final SharedDirectory first = launch();
        Thread.currentThread().interrupt();
        final SharedDirectory second = attach();
        first.lock();
        first.begin();
        final LaneFile lane = first.newLane(1 << 16);
        first.unlock();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(lane.tryUnmap()).isTrue();
        assertThat(first.isDead(second.participant())).isFalse();
        first.lock();
        first.unlock();
    }

    @Test
    void shouldFailWhereOthersKeepItLockedAndSayWho() throws Exception {
        final SharedDirectory first = launch();
        final Process holder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx32m",
                "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), LockHolder.class.getName(), folder.toString())
                .redirectError(parent.resolve("err").toFile()).start();
        try {
            assertThat(holder.inputReader().readLine()).as("%s", Files.readString(parent.resolve("err"))).isEqualTo("locked");
            assertThatThrownBy(() -> first.lock(TimeUnit.MILLISECONDS.toNanos(200))).isInstanceOf(KaelixException.class)
                    .hasMessageContaining("process " + holder.pid()).hasMessageContaining("stopped or hangs");
            assertThat(first.tryLock()).isFalse();
            holder.destroyForcibly();
            assertThat(holder.waitFor(120, TimeUnit.SECONDS)).isTrue();
            first.lock();
            assertThat(first.begin()).as("it died in the middle").isTrue();
            assertThat(first.isDead(1)).isTrue();
            first.control().removeParticipant(1);
            first.unlock();
        } finally {
            holder.destroyForcibly();
        }
    }

    @Test
    void shouldReadNamesAndUsesInTheOrderOfTheirNumbers() {
        final SharedDirectory first = launch();
        final SharedDirectory second = attach();
        first.lock();
        first.begin();
        first.addNames(List.of(new StreamName("a", 1, 2), new StreamName("a", 0, 2)));
        first.addNames(List.of(new StreamName("b.c", 0, 1)));
        final int entry = first.control().addLane(7, 0, 1 << 16, DirectoryDescriptor.NONE, 1, 0, 0);
        first.addUse(entry, new StreamUse(0, 8, 1));
        first.addUse(entry, new StreamUse(2, 1L << 40, 1L << 33));
        first.control().publish();
        first.unlock();
        final List<StreamName> names = new ArrayList<>();
        assertThatThrownBy(() -> second.readNames(0, name -> {
            if (names.size() == 1) {
                throw new IllegalStateException("no room");
            }
            names.add(name);
        })).isInstanceOf(IllegalStateException.class);
        second.readNames(1, names::add);
        assertThat(names).containsExactly(new StreamName("a", 1, 2), new StreamName("a", 0, 2), new StreamName("b.c", 0, 1));
        second.readNames(3, name -> {
            throw new IllegalStateException("no more");
        });
        assertThat(second.uses(entry, 0)).containsExactly(new StreamUse(0, 8, 1), new StreamUse(2, 1L << 40, 1L << 33));
        assertThat(second.uses(entry, 1)).hasSize(1);
        assertThat(second.uses(entry, 2)).isEmpty();
    }

    /** More lanes than files stay open for. */
    @Test
    void shouldTellUsesOfManyLanesApart() {
        final SharedDirectory first = launch();
        final SharedDirectory second = attach();
        final int lanes = 50;
        final int[] entries = new int[lanes];
        first.lock();
        first.begin();
        for (int lane = 0; lane < lanes; lane++) {
            entries[lane] = first.control().addLane(first.control().newLaneNumber(), 0, 1 << 16, DirectoryDescriptor.NONE, 3, 0, 0);
        }
        for (int use = 0; use < 3; use++) {
            for (int lane = 0; lane < lanes; lane++) {
                first.addUse(entries[lane], new StreamUse(lane, use, 1));
            }
        }
        first.control().publish();
        first.unlock();
        for (int lane = 0; lane < lanes; lane++) {
            assertThat(second.uses(entries[lane], 1)).containsExactly(new StreamUse(lane, 1, 1), new StreamUse(lane, 2, 1));
        }
        first.removeLane(first.control().laneNumber(entries[0]));
        assertThat(first.folder().resolve("uses-" + first.control().laneNumber(entries[0]))).doesNotExist();
        assertThat(first.folder().resolve("uses-" + first.control().laneNumber(entries[1]))).exists();
    }

    @Test
    void shouldKeepWhatSubscribersWantInItsTables() {
        final SharedDirectory first = launch();
        final ControlFile control = first.control();
        final SharedSubscription some = new SharedSubscription(3, 9, "a.*.>", true, 1L << 40, 5, List.of(0, 65_534),
                2, 65_534, 65_535);
        final int entry = control.addSubscription(3, some);
        assertThat(control.subscriptionAt(entry)).isEqualTo(some);
        assertThat(some.wants(65_534)).isTrue();
        assertThat(some.wants(1)).isFalse();
        final int all = control.addSubscription(4, new SharedSubscription(4, 10, "x".repeat(255), false, 0, 0,
                IntStream.range(0, 300).boxed().toList(), Integer.MAX_VALUE, 0, 1));
        assertThat(control.subscriptionAt(all).partitions()).as("more than fit").isEmpty();
        assertThat(control.subscriptionEntry(entry)).isNotEqualTo(control.subscriptionEntry(all));
        control.removeSubscription(entry);
        assertThat(control.subscriptionEntry(entry)).isZero();
        for (int i = 1; i < DirectoryDescriptor.SUBSCRIPTIONS; i++) {
            control.addSubscription(3, some);
        }
        assertThatThrownBy(() -> control.addSubscription(3, some)).isInstanceOf(KaelixException.class).hasMessageContaining("1024");
    }

    @Test
    void shouldRefuseMoreLanesThanItHasRoomForAndGiveEntriesAgain() {
        final ControlFile control = launch().control();
        for (int i = 0; i < DirectoryDescriptor.LANES; i++) {
            assertThat(control.addLane(i + 1, 0, 1 << 16, i, 0b101, 0, 0)).isEqualTo(i);
        }
        assertThatThrownBy(() -> control.addLane(5000, 0, 1 << 16, 1, 1, 0, 0)).isInstanceOf(KaelixException.class)
                .hasMessageContaining("4096");
        assertThat(control.removeFromLane(17, 0)).isFalse();
        assertThat(control.takesPart(17, 2)).isTrue();
        assertThat(control.removeFromLane(17, 2)).isTrue();
        assertThat(control.addLane(5000, 0, 1 << 16, 1, 1, 0, 0)).isEqualTo(17);
    }
}
