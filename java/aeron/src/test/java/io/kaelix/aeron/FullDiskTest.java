// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kaelix.KaelixException;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.config.BridgeConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archive folders on a disk that is full: a small file system of their own, which takes the right to mount one. */
@SuppressWarnings("try")
class FullDiskTest {

    private static final int MEBIBYTE = 1 << 20;
    private static final int DISK = 112;
    private static final int LENGTH = 10_000;
    private static final int RETENTION = 16 * MEBIBYTE;
    private static final int MOST_AHEAD = RETENTION / LENGTH / 2;
    private static final Topic NUMBERS = Topic.of("numbers");

    @TempDir
    Path folder;

    private Path disk;
    private long offered;
    private long received;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=" + DISK + "m", "tmpfs", disk.toString()), "no right to mount");
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", "-l", disk.toString());
    }

    private static boolean run(final String... command) throws Exception {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (final IOException missing) {
            return false;
        }
    }

    private BridgeConfig out(final Pair pair) {
        return BridgeConfig.out("out", pair.channel).recordedIn(disk.resolve("archive")).withRetention(RETENTION);
    }

    private BridgeConfig in(final Pair pair, final Path state) {
        return BridgeConfig.in("in", pair.channel).replayedTo("aeron:udp?endpoint=127.0.0.1:0", state)
                .withPeerTimeout(Duration.ofMillis(500));
    }

    private static Subscriber subscriber(final Pair pair) {
        return pair.there.subscriber(TopicPattern.of(">"), SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.BLOCK));
    }

    /** Not further ahead of the receiver than what is kept for it. */
    private boolean offer(final Publisher publisher) {
        if (offered - received > MOST_AHEAD) {
            return false;
        }
        final boolean taken = publisher.offer(ByteBuffer.allocate(LENGTH).putLong(0, offered).array()) > 0;
        offered += taken ? 1 : 0;
        return taken;
    }

    private void receive(final Subscriber subscriber) {
        subscriber.poll(message -> {
            assertThat(ByteBuffer.wrap(message.toByteArray()).getLong()).isEqualTo(received);
            received++;
        }, 1_000);
    }

    /** Takes what is left of the disk, but for so many bytes. */
    private Path fill(final long but) throws IOException {
        final Path filler = disk.resolve("filler");
        try (OutputStream out = Files.newOutputStream(filler)) {
            final byte[] block = new byte[64 << 10];
            while (Files.getFileStore(disk).getUsableSpace() > but) {
                out.write(block);
            }
        } catch (final IOException full) {
            assertThat(but).isZero();
        }
        return filler;
    }

    /** All that was accepted comes, and what is published from now on. */
    private void assertGoesOn(final Publisher publisher, final Subscriber subscriber) {
        final long until = offered + 500;
        Pair.await("all received", () -> {
            if (offered < until) {
                offer(publisher);
            }
            receive(subscriber);
            return received == until;
        });
    }

    /** Publishers wait from when there is room for four files still, and go on when there is more. */
    @Test
    void shouldTakeNothingMoreAndLoseNothingUntilThereIsRoom() throws Exception {
        try (Pair pair = new Pair();
                Subscriber subscriber = subscriber(pair);
                AeronBridge from = pair.openHere(out(pair));
                AeronBridge to = pair.openThere(in(pair, folder.resolve("state")));
                Publisher publisher = pair.here.publisher(NUMBERS)) {
            Pair.await("recorded", () -> {
                offer(publisher);
                receive(subscriber);
                return received > 100;
            });
            final Path filler = fill(20 * MEBIBYTE);
            Pair.await("an error", () -> {
                offer(publisher);
                return Pair.status(from).lastError().contains("the disk of " + disk.resolve("archive") + " is nearly full");
            });
            final long until = System.nanoTime() + 500_000_000;
            Pair.await("publishers wait", () -> {
                receive(subscriber);
                return !offer(publisher) && System.nanoTime() - until > 0 && received == from.recorded("out", NUMBERS);
            });
            Files.delete(filler);
            assertGoesOn(publisher, subscriber);
            assertThat(Pair.status(to).lostMessages()).isZero();
        }
    }

    /** Others fill the disk to its last byte, faster than this looks, so that writes fail in the midst of a file. */
    @Test
    void shouldLoseNothingWhenWritesFail() throws Exception {
        try (Pair pair = new Pair();
                Subscriber subscriber = subscriber(pair);
                AeronBridge to = pair.openThere(in(pair, folder.resolve("state")))) {
            for (int life = 0; life < 2; life++) {
                try (AeronBridge from = pair.openHere(out(pair)); Publisher publisher = pair.here.publisher(NUMBERS)) {
                    offered = from.recorded("out", NUMBERS);
                    final long begin = offered;
                    Pair.await("recorded", () -> {
                        offer(publisher);
                        receive(subscriber);
                        return received > begin + 100;
                    });
                    from.archive("out").spaceFrom(() -> Long.MAX_VALUE);
                    final Path filler = fill(0);
                    final long errors = Pair.status(from).errors();
                    Pair.await("writes fail", () -> {
                        offer(publisher);
                        receive(subscriber);
                        return Pair.status(from).errors() > errors + 1;
                    });
                    final long accepted = from.recorded("out", NUMBERS);
                    if (life == 0) {
                        // The process ends with its disk still full.
                        from.close();
                        assertThatThrownBy(() -> pair.openHere(out(pair)).close()).isInstanceOf(KaelixException.class)
                                .satisfies(refused -> assertThat(refused.getMessage().lines().count()).isOne());
                        Files.delete(filler);
                        assertThat(accepted).isPositive();
                    } else {
                        Files.delete(filler);
                        assertGoesOn(publisher, subscriber);
                    }
                }
            }
            assertThat(Pair.status(to).lostMessages()).isZero();
        }
    }

    @Test
    void shouldSayThatTheStateOfAReceiverHasNoRoom() throws Exception {
        try (Pair pair = new Pair()) {
            fill(0);
            assertThatThrownBy(() -> pair.openThere(in(pair, disk.resolve("state")))).isInstanceOf(KaelixException.class)
                    .hasMessageContaining(disk.resolve("state").toString())
                    .satisfies(refused -> assertThat(refused.getMessage().lines().count()).isOne());
        }
    }
}
