// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lanes in a file system that nothing can be written to. */
class HugePagesTest {

    private static final int LAYOUT = 12288;

    @TempDir
    private Path parent;

    private static void leave(final SharedDirectory directory) {
        directory.lock();
        directory.begin();
        directory.leave();
        directory.unlock();
        directory.close();
    }

    private static long files(final Path folder) throws Exception {
        try (var files = Files.list(folder)) {
            return files.count();
        }
    }

    @Test
    void shouldTakeWholePagesForALaneAndGiveThemBack() throws Exception {
        try (HugeMount mount = HugeMount.of(parent.resolve("huge"), 4)) {
            final Path lanes = mount.folder().resolve("lanes");
            final SharedDirectory first = SharedDirectory.launch(parent.resolve("streams"), lanes, LAYOUT, null);
            final SharedDirectory second = SharedDirectory.attach(parent.resolve("streams"), LAYOUT);
            final LaneFile made = first.newLane(LAYOUT + (1 << 20));
            assertThat(made.segment().byteSize()).isEqualTo(HugeMount.PAGE);
            made.segment().fill((byte) 1);
            first.nameLane(made, 7);
            final LaneFile seen = second.openLane(7);
            assertThat(seen.segment().byteSize()).isEqualTo(HugeMount.PAGE);
            assertThat(seen.segment().get(ValueLayout.JAVA_BYTE, HugeMount.PAGE - 1)).isEqualTo((byte) 1);
            assertThat(made.tryUnmap()).isTrue();
            assertThat(seen.tryUnmap()).isTrue();
            second.removeLane(7);
            assertThat(files(lanes)).isZero();
            // All four are free again.
            final LaneFile all = first.newLane(4L * HugeMount.PAGE);
            all.segment().fill((byte) 2);
            assertThat(all.tryUnmap()).isTrue();
            leave(second);
            leave(first);
            assertThat(lanes).doesNotExist();
            assertThat(parent.resolve("streams")).doesNotExist();
        }
    }

    @Test
    void shouldSayHowMuchIsNeededAndWhatToDoWhereThereAreNotEnoughPages() throws Exception {
        try (HugeMount mount = HugeMount.of(parent.resolve("huge"), 4)) {
            final Path lanes = mount.folder().resolve("lanes");
            final SharedDirectory directory = SharedDirectory.launch(parent.resolve("streams"), lanes, LAYOUT, null);
            final LaneFile fits = directory.newLane(3L * HugeMount.PAGE);
            assertThatThrownBy(() -> directory.newLane(LAYOUT + (2 << 20))).isInstanceOf(KaelixException.class)
                    .hasMessageContaining(2 * HugeMount.PAGE + " bytes").hasMessageContaining("are free there")
                    .hasMessageContaining("vm.nr_hugepages").message().doesNotContain("\n");
            assertThat(files(lanes)).isOne();
            // What is there has its pages.
            fits.segment().fill((byte) 1);
            assertThat(fits.tryUnmap()).isTrue();
            leave(directory);
        }
    }

    @Test
    void shouldRefuseToPutMoreThanLanesThere() throws Exception {
        try (HugeMount mount = HugeMount.of(parent.resolve("huge"), 1)) {
            assertThatThrownBy(() -> SharedDirectory.launch(mount.folder().resolve("streams"), null, LAYOUT, null))
                    .isInstanceOf(KaelixException.class).hasMessageContaining("withLaneDirectory");
        }
    }

    @Test
    void shouldKeepDirectoriesApartThatHaveTheirLanesInOneFolder() throws Exception {
        final Path lanes = parent.resolve("lanes");
        final SharedDirectory first = SharedDirectory.launch(parent.resolve("one"), lanes, LAYOUT, null);
        final SharedDirectory second = SharedDirectory.launch(parent.resolve("two"), lanes, LAYOUT, null);
        first.nameLane(first.newLane(1 << 16), 1);
        second.nameLane(second.newLane(1 << 16), 1);
        first.newLane(1 << 16);
        leave(first);
        assertThat(files(lanes)).isOne();
        assertThat(second.openLane(1).segment().byteSize()).isEqualTo(1 << 16);
        leave(second);
        assertThat(lanes).doesNotExist();
    }

    @Test
    void shouldSayWhereLanesWereThatAreGone() throws Exception {
        final Path lanes = parent.resolve("lanes");
        final SharedDirectory directory = SharedDirectory.launch(parent.resolve("one"), lanes, LAYOUT, null);
        Files.delete(lanes);
        assertThatThrownBy(() -> SharedDirectory.attach(parent.resolve("one"), LAYOUT)).isInstanceOf(KaelixException.class)
                .hasMessageContaining(lanes.toString()).hasMessageContaining("mount");
        leave(directory);
    }
}
