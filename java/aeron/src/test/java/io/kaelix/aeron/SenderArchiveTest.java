// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.Topic;
import io.kaelix.config.BridgeConfig;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.SemanticVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders that can't be used: one line each, with what to do. */
@SuppressWarnings("try")
class SenderArchiveTest {

    @TempDir
    Path temporary;

    private BridgeConfig link(final Path folder) {
        return BridgeConfig.out("safe", "aeron:udp?endpoint=127.0.0.1:" + Ports.free()).recordedIn(folder);
    }

    private static AeronBridge open(final MemoryStreamer streamer, final BridgeConfig link) {
        return AeronBridge.open(streamer, link);
    }

    private void assertRefused(final BridgeConfig link, final String... texts) {
        try (MemoryStreamer streamer = MemoryStreamer.launch()) {
            assertThatThrownBy(() -> open(streamer, link).close()).isInstanceOf(KaelixException.class)
                    .hasMessageNotContaining("\n").hasMessageContainingAll(texts);
        }
    }

    private BridgeConfig recorded() {
        final BridgeConfig link = link(temporary.resolve("safe"));
        try (MemoryStreamer streamer = MemoryStreamer.launch();
                AeronBridge bridge = open(streamer, link);
                Publisher publisher = streamer.publisher("a")) {
            publisher.offer("one".getBytes(StandardCharsets.US_ASCII));
            Pair.await("recorded", () -> bridge.recorded("safe", Topic.of("a")) == 1);
        }
        return link;
    }

    @Test
    void shouldRefuseAFolderThatIsAFile() throws IOException {
        final Path file = Files.writeString(temporary.resolve("file"), "mine");
        assertRefused(link(file), file.toString(), "is a file", "name a folder");
        assertThat(file).hasContent("mine");
    }

    @Test
    void shouldRefuseAFolderThatIsUsedAndGoOnWhenItIsNot() {
        final BridgeConfig link = link(temporary.resolve("safe"));
        try (MemoryStreamer streamer = MemoryStreamer.launch()) {
            try (AeronBridge first = open(streamer, link)) {
                assertRefused(link, link.archiveDirectory(), "is used by another link of this process", "pid " + ProcessHandle.current().pid());
                assertThat(first.links().getFirst().connected()).isTrue();
            }
            open(streamer, link).close();
        }
    }

    @Test
    void shouldRefuseACatalogOfAnotherVersion() throws IOException {
        final BridgeConfig link = recorded();
        final byte[] before = version(ArchiveEnd.folder(link), SemanticVersion.compose(9, 1, 0));
        assertRefused(link, link.archiveDirectory(), "9.1.0", "name another folder");
        assertThat(ArchiveEnd.folder(link).resolve("archive.catalog")).hasBinaryContent(before);
    }

    @Test
    void shouldRefuseACorruptCatalog() throws IOException {
        final BridgeConfig link = recorded();
        version(ArchiveEnd.folder(link), 0);
        assertRefused(link, link.archiveDirectory(), "is corrupt", "move the folder away");
    }

    private static byte[] version(final Path folder, final int version) throws IOException {
        final Path catalog = folder.resolve("archive.catalog");
        final byte[] bytes = Files.readAllBytes(catalog);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(0, version);
        Files.write(catalog, bytes);
        return bytes;
    }

    @Test
    void shouldTakeAwayAFragmentThatWasNotWrittenWhole() throws IOException {
        final Path segment = temporary.resolve("0-0.rec");
        final ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0, 100).putInt(128, 5_000);
        for (int i = 132; i < 4_096; i++) {
            bytes.put(i, (byte) 7);
        }
        Files.write(segment, bytes.array());
        SegmentRepair.cutLast(segment);
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "r")) {
            assertThat(file.length()).isEqualTo(1 << 16);
            assertThat(file.readByte()).isEqualTo((byte) 100);
            file.seek(128);
            for (int i = 128; i < 1 << 16; i++) {
                assertThat(file.readByte()).isZero();
            }
        }
    }
}
