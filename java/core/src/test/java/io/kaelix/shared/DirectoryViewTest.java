// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryViewTest {

    private static final int LAYOUT = 12288;

    @TempDir
    private Path parent;
    private Path folder;
    private SharedDirectory directory;

    @BeforeEach
    void launch() {
        folder = parent.resolve("streams");
        directory = SharedDirectory.launch(folder, null, LAYOUT, null);
    }

    @AfterEach
    void leave() {
        directory.lock();
        directory.begin();
        directory.leave();
        directory.unlock();
        directory.close();
        assertThat(folder).doesNotExist();
    }

    @Test
    void shouldTellWhatIsInADirectory() {
        final ControlFile control = directory.control();
        directory.addNames(List.of(new StreamName("a", 0, 1), new StreamName("b", 0, 1)));
        control.addLane(7, 0, 1 << 16, 0, 1, 0, 0);
        control.closeLane(control.addLane(8, 0, 1 << 20, 1, 1, 0, 0));
        control.countFreed(2, 3);
        control.countResumed(4);
        assertThat(DirectoryView.isDirectory(folder)).isTrue();
        assertThat(DirectoryView.isDirectory(parent)).isFalse();
        assertThat(DirectoryView.open(folder).figures()).isEqualTo(new DirectoryFigures(List.of(ProcessHandle.current().pid()), 2,
                2 * LAYOUT + (1 << 16) + (1 << 20), 2, 2, 3, 4));
    }

    @Test
    void shouldRefuseWhatIsNoDirectoryOrOfAnotherVersion() throws Exception {
        assertThatThrownBy(() -> DirectoryView.open(parent)).isInstanceOf(KaelixException.class);
        try (RandomAccessFile control = new RandomAccessFile(folder.resolve("control").toFile(), "rw")) {
            control.write(99);
        }
        assertThatThrownBy(() -> DirectoryView.open(folder)).isInstanceOf(KaelixException.class).hasMessageContaining("version");
    }

    @Test
    void shouldLeadToCountersOfProcessesAndForgetThoseThatAreGone() throws Exception {
        final Path first = Files.createFile(parent.resolve("1-2-3-a.counters"));
        final Path second = Files.createFile(parent.resolve("2-2-3-b.counters"));
        final Path link = DirectoryView.note(folder, first);
        DirectoryView.note(folder, first);
        DirectoryView.note(folder, second);
        assertThat(DirectoryView.counterFiles(folder)).containsExactly(first, second);
        Files.delete(second);
        DirectoryView.note(folder, first);
        assertThat(DirectoryView.counterFiles(folder)).containsExactly(first);
        Files.delete(link);
        assertThat(DirectoryView.counterFiles(folder)).isEmpty();
    }
}
