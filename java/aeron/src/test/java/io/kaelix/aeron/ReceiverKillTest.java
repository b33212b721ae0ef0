// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.MemoryStreamer;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.TopicPattern;
import io.kaelix.config.BridgeConfig;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The receiving end of a recorded link is a process that is killed again and again; its subscriber lives in another one, in the same directory.
 *
 * <pre>
 *   this process: publisher ─► lane ─► out link, Archive ══ UDP ══► the process that is killed ─► lane in a directory ─► this process: subscriber
 * </pre>
 */
@SuppressWarnings("try")
class ReceiverKillTest {

    private static final int KILLS = Boolean.getBoolean("kaelix.long") ? 40 : 3;
    private static final int STREAMS = 50;
    /** One message of so many has several parts. */
    private static final int LONG_EACH = 199;
    private static final int LONG = 300_000;

    @TempDir
    Path folder;

    private final long[] sent = new long[STREAMS];
    private final long[] received = new long[STREAMS];
    private long allSent;
    private long allReceived;

    private void send(final StreamPublisher publisher, final int[] streams) {
        final int stream = (int) (allSent % STREAMS);
        final ByteBuffer message = ByteBuffer.allocate(allSent % LONG_EACH == 0 ? LONG : 16);
        message.putLong(0, sent[stream]).putInt(8, stream);
        if (publisher.offer(streams[stream], message.array()) > 0) {
            sent[stream]++;
            allSent++;
        }
    }

    private void receive(final Subscriber subscriber) {
        subscriber.poll(message -> {
            final ByteBuffer bytes = ByteBuffer.wrap(message.toByteArray());
            final int stream = bytes.getInt(8);
            assertThat(message.topic().name()).isEqualTo("stream." + stream);
            assertThat(bytes.getLong(0)).as("message of stream %d, after %d of all", stream, allReceived).isEqualTo(received[stream]);
            received[stream]++;
            allReceived++;
        }, 500);
    }

    @Test
    void shouldDeliverEachMessageOnceToASubscriberThatLives() throws Exception {
        final Path directory = folder.resolve("streams");
        final Path log = folder.resolve("log");
        final String channel = "aeron:udp?endpoint=127.0.0.1:" + Ports.free();
        final Random random = new Random();
        try (MemoryStreamer here = MemoryStreamer.launch();
                MemoryStreamer there = MemoryStreamer.launch(StreamerConfig.defaults().withDirectory(directory));
                Subscriber subscriber = there.subscriber(TopicPattern.of(">"),
                        SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.BLOCK));
                AeronBridge from = AeronBridge.open(here,
                        BridgeConfig.out("out", channel).recordedIn(folder.resolve("archive")));
                StreamPublisher publisher = here.streamPublisher()) {
            final int[] streams = new int[STREAMS];
            for (int i = 0; i < STREAMS; i++) {
                streams[i] = publisher.stream("stream." + i);
            }
            Process receiver = ReceiverProcess.start(log, directory, channel, folder.resolve("state"));
            try {
                for (int kill = 0; kill < KILLS; kill++) {
                    final long begin = allReceived + 1_000;
                    Pair.await("received, life " + kill + ": " + Files.readString(log), () -> {
                        send(publisher, streams);
                        receive(subscriber);
                        return allReceived > begin;
                    });
                    final long until = System.nanoTime() + random.nextInt(500) * 1_000_000L;
                    while (System.nanoTime() - until < 0) {
                        send(publisher, streams);
                        receive(subscriber);
                    }
                    receiver.destroyForcibly().waitFor();
                    receiver = ReceiverProcess.start(log, directory, channel, folder.resolve("state"));
                }
                Pair.await("all received", () -> {
                    receive(subscriber);
                    return allReceived == allSent;
                });
                assertThat(received).isEqualTo(sent);
            } finally {
                receiver.destroyForcibly().waitFor();
            }
            assertThat(from.links().getFirst().lostMessages()).isZero();
        }
    }
}
