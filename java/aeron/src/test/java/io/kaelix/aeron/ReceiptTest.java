// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.config.BridgeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceiptTest {

    private static final long RECORDING = 17;
    private static final long DIRECTORY = 5;

    @TempDir
    Path folder;
    private BridgeConfig link;

    @BeforeEach
    void begin() {
        link = BridgeConfig.in("west", "aeron:udp?endpoint=127.0.0.1:1").replayedTo("aeron:udp?endpoint=127.0.0.1:0", folder.resolve("west"));
        try (Receipt receipt = Receipt.open(link, 0)) {
            assertThat(receipt.resume(RECORDING, DIRECTORY, lane -> -1)).isFalse();
            receipt.begin(RECORDING, DIRECTORY, 64);
            receipt.start(128);
            receipt.intend(1_000, 10, 1, 3, 500);
            receipt.read(new Receipt.Progress(96, 900, 9, 0));
            receipt.intend(2_000, 20, 2, 3, 600);
        }
    }

    private void assertResumes(final long instance, final long tail, final Receipt.Progress expected) {
        try (Receipt receipt = Receipt.open(link, 0)) {
            assertThat(receipt.resume(RECORDING, instance, lane -> {
                assertThat(lane).isEqualTo(3);
                return tail;
            })).isTrue();
            assertThat(receipt.progress()).isEqualTo(expected);
        }
    }

    @Test
    void shouldCountARunThatItsLaneHas() {
        assertResumes(DIRECTORY, 700, new Receipt.Progress(128, 2_000, 20, 2));
    }

    @Test
    void shouldNotCountARunThatItsLaneHasNot() {
        assertResumes(DIRECTORY, 600, new Receipt.Progress(128, 1_000, 10, 1));
    }

    @Test
    void shouldCountARunWhoseLaneIsGone() {
        assertResumes(DIRECTORY, -1, new Receipt.Progress(128, 2_000, 20, 2));
    }

    @Test
    void shouldGoOnBehindWhatWasReadWhenTheLanesAreGone() {
        assertResumes(DIRECTORY + 1, 0, new Receipt.Progress(96, 900, 9, 0));
        // Nothing was done since then.
        assertResumes(DIRECTORY + 2, 0, new Receipt.Progress(96, 900, 9, 0));
    }

    @Test
    void shouldNotAskForLanesOfALifeBefore() {
        assertResumes(DIRECTORY, 600, new Receipt.Progress(128, 1_000, 10, 1));
        try (Receipt receipt = Receipt.open(link, 0)) {
            assertThat(receipt.resume(RECORDING, DIRECTORY, lane -> {
                throw new AssertionError("lane " + lane);
            })).isTrue();
            assertThat(receipt.position()).isEqualTo(1_000);
        }
    }

    @Test
    void shouldTakeBackARunThatWasNotPublished() {
        try (Receipt receipt = Receipt.open(link, 0)) {
            receipt.resume(RECORDING, DIRECTORY, lane -> -1);
            receipt.intend(3_000, 30, 3, 4, 700);
            receipt.takeBack();
            assertThat(receipt.progress()).isEqualTo(new Receipt.Progress(128, 2_000, 20, 2));
        }
        try (Receipt receipt = Receipt.open(link, 0)) {
            assertThat(receipt.resume(RECORDING, DIRECTORY, lane -> 1_000)).isTrue();
            assertThat(receipt.progress()).isEqualTo(new Receipt.Progress(128, 2_000, 20, 2));
        }
    }

    @Test
    void shouldRememberLanesUntilTheyAreRead() {
        try (Receipt receipt = Receipt.open(link, 0)) {
            receipt.resume(RECORDING, DIRECTORY, lane -> -1);
            receipt.opened(0);
            receipt.opened(7);
            assertThat(receipt.areLanesRead(lane -> lane == 7)).isFalse();
        }
        try (Receipt receipt = Receipt.open(link, 0)) {
            receipt.resume(RECORDING, DIRECTORY, lane -> -1);
            assertThat(receipt.areLanesRead(lane -> {
                assertThat(lane).isZero();
                return false;
            })).isFalse();
        }
        try (Receipt receipt = Receipt.open(link, 0)) {
            receipt.resume(RECORDING, DIRECTORY + 1, lane -> -1);
            assertThat(receipt.areLanesRead(lane -> false)).isTrue();
        }
    }

    @Test
    void shouldBeginAnewWithAnotherRecording() {
        try (Receipt receipt = Receipt.open(link, 0)) {
            assertThat(receipt.resume(RECORDING + 1, DIRECTORY, lane -> -1)).isFalse();
            receipt.begin(RECORDING + 1, DIRECTORY, 0);
            assertThat(receipt.progress()).isEqualTo(new Receipt.Progress(0, 0, 0, 0));
        }
    }

    @Test
    void shouldGoBackToWhereARecordingEnds() {
        try (Receipt receipt = Receipt.open(link, 0)) {
            receipt.resume(RECORDING, DIRECTORY, lane -> -1);
            receipt.fallBack(100);
            assertThat(receipt.start()).isEqualTo(100);
            assertThat(receipt.position()).isEqualTo(100);
        }
    }

    @Test
    void shouldRefuseAFolderOfAnotherLinkAndFilesThatAreNone() throws IOException {
        try (Receipt receipt = Receipt.open(link, 0)) {
            assertThatThrownBy(() -> Receipt.open(link, 0)).isInstanceOf(KaelixException.class)
                    .hasMessageContaining("link west").hasMessageContaining("is used by another bridge");
            Receipt.open(link, 1).close();
            assertThat(receipt.start()).isZero();
        }
        final Path file = folder.resolve("west").resolve("receipt-0");
        final byte[] bytes = Files.readAllBytes(file);
        bytes[6]++;
        Files.write(file, bytes);
        assertThatThrownBy(() -> Receipt.open(link, 0)).isInstanceOf(KaelixException.class).hasMessageContaining("is none of this version");
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
        Files.write(file, new byte[] {1, 2, 3});
        assertThatThrownBy(() -> Receipt.open(link, 0)).isInstanceOf(KaelixException.class).hasMessageContaining("has 3 bytes and not 512");
        final Path blocked = folder.resolve("file");
        Files.write(blocked, bytes);
        assertThatThrownBy(() -> Receipt.open(link.replayedTo(link.response(), blocked), 0)).isInstanceOf(KaelixException.class)
                .hasMessageContaining("cannot be used").hasMessageContaining("state_directory");
    }
}
