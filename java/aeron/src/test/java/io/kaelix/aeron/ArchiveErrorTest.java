// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aeron.Aeron;
import io.aeron.ChannelUri;
import io.aeron.ExclusivePublication;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.codecs.SourceLocation;
import io.kaelix.KaelixException;
import io.kaelix.config.BridgeConfig;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the two ends of a recorded link do not agree on is one line, and they meet when it is mended. */
@SuppressWarnings("try")
class ArchiveErrorTest {

    @TempDir
    Path folder;

    private BridgeConfig out(final Pair pair) {
        return BridgeConfig.out("out", pair.channel).recordedIn(folder.resolve("archive"));
    }

    private BridgeConfig in(final Pair pair) {
        return BridgeConfig.in("in", pair.channel).replayedTo("aeron:udp?endpoint=127.0.0.1:0", folder.resolve("state"))
                .withPeerTimeout(Duration.ofMillis(500));
    }

    private static void awaitError(final AeronBridge bridge, final String text) {
        Pair.await("an error with '" + text + "'", () -> Pair.status(bridge).lastError().contains(text));
        assertThat(Pair.status(bridge).lastError().lines().count()).isOne();
    }

    @Test
    void shouldSayThatNoArchiveAnswersAndGoOnWhenOneDoes() {
        try (Pair pair = new Pair(); AeronBridge to = pair.openThere(in(pair))) {
            awaitError(to, "no Archive answers on " + pair.channel);
            try (AeronBridge from = pair.openHere(out(pair))) {
                Pair.awaitConnected(from, to);
            }
        }
    }

    @Test
    void shouldSayThatTheTwoEndsHaveOtherShards() {
        try (Pair pair = new Pair(); AeronBridge from = pair.openHere(out(pair).withShards(2))) {
            try (AeronBridge to = pair.openThere(in(pair))) {
                awaitError(to, "the sender spreads its streams over 2 shards, and this link over 1");
            }
            try (AeronBridge to = pair.openThere(in(pair).withStream(out(pair).stream() + 2))) {
                awaitError(to, "has no recording of stream " + (out(pair).stream() + 2));
            }
            try (AeronBridge to = pair.openThere(in(pair).withShards(2))) {
                Pair.awaitConnected(from, to);
            }
        }
    }

    @Test
    void shouldSayThatARecordingIsOfAnotherVersion() {
        try (Pair pair = new Pair(); AeronBridge from = pair.openHere(out(pair))) {
            final String driver = from.archive("out").driverDirectory();
            final int stream = out(pair).stream();
            final String channel = "aeron:ipc?alias=" + Recording.ALIAS + (Recording.VERSION + 1) + "-0-of-1-0123456789abcdef";
            try (Aeron aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(driver));
                    AeronArchive archive = AeronArchive.connect(new AeronArchive.Context().aeron(aeron).ownsAeronClient(false)
                            .controlRequestChannel(pair.channel).controlResponseChannel("aeron:udp?endpoint=127.0.0.1:0"));
                    ExclusivePublication publication = aeron.addExclusivePublication(channel, stream)) {
                archive.startRecording(ChannelUri.addSessionId(channel, publication.sessionId()), stream, SourceLocation.LOCAL);
                Pair.await("recorded", publication::isConnected);
                try (AeronBridge to = pair.openThere(in(pair))) {
                    awaitError(to, "is of version " + (Recording.VERSION + 1) + " of the bridge's protocol, this end speaks "
                            + Recording.VERSION);
                }
            }
        }
    }

    @Test
    void shouldSayThatThePortOfTheArchiveIsTaken() throws Exception {
        try (Pair pair = new Pair(); AeronBridge from = pair.openHere(out(pair))) {
            assertThatThrownBy(() -> pair.openThere(BridgeConfig.out("other", pair.channel).recordedIn(folder.resolve("other"))))
                    .isInstanceOf(KaelixException.class).hasMessageContaining("link other").hasMessageContaining(pair.channel)
                    .hasMessageContaining("in use").satisfies(refused -> assertThat(refused.getMessage().lines().count()).isOne());
            assertThat(Pair.status(from).connected()).isTrue();
        }
    }

    @Test
    void shouldRefuseTwoLinksWithOneFolder() {
        try (Pair pair = new Pair(); AeronBridge to = pair.openThere(in(pair))) {
            assertThatThrownBy(() -> pair.openThere(in(pair))).isInstanceOf(KaelixException.class)
                    .hasMessageContaining("is used by another bridge");
            assertThat(to.links()).hasSize(1);
        }
    }
}
