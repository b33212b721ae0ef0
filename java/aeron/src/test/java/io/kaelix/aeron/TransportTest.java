// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.MemoryStreamer;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.TopicPattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TransportTest {

    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private static LinkConfig out(final int port) {
        return LinkConfig.out("out", "aeron:udp?endpoint=127.0.0.1:" + port).withSlow(SlowSubscriberPolicy.BLOCK);
    }

    private static LinkConfig in(final int port) {
        return LinkConfig.in("in", "aeron:udp?endpoint=127.0.0.1:" + port);
    }

    private static void await(final java.util.function.BooleanSupplier condition) {
        final long until = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("patience").isLessThan(until);
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldCarryMessagesOfManyStreamsInOrder() {
        final int port = Ports.free();
        final int streams = 100;
        final int each = 200;
        try (MemoryStreamer here = MemoryStreamer.launch();
                MemoryStreamer there = MemoryStreamer.launch();
                Subscriber subscriber = there.subscriber("orders.>");
                AeronBridge from = AeronBridge.open(here, DriverConfig.defaults(), out(port).withPattern(TopicPattern.of("orders.>")));
                AeronBridge to = AeronBridge.open(there, DriverConfig.defaults(), in(port));
                StreamPublisher publisher = here.streamPublisher()) {
            await(() -> from.links().getFirst().connected() && to.links().getFirst().connected());
            final Map<String, List<String>> received = new HashMap<>();
            int count = 0;
            final int all = streams * each;
            final int[] numbers = IntStream.range(0, streams).map(i -> publisher.stream("orders." + i)).toArray();
            int next = 0;
            final long until = System.nanoTime() + PATIENCE_NANOS;
            while (count < all && System.nanoTime() < until) {
                if (next < all) {
                    final byte[] text = ("m" + next / streams).getBytes(StandardCharsets.US_ASCII);
                    if (publisher.offer(numbers[next % streams], text) > 0) {
                        next++;
                    }
                }
                count += subscriber.poll(message -> received.computeIfAbsent(message.topic().name(), name -> new ArrayList<>())
                        .add(message.asString()), 64);
            }
            assertThat(count).isEqualTo(all);
            assertThat(received).hasSize(streams);
            final List<String> expected = IntStream.range(0, each).mapToObj(i -> "m" + i).toList();
            assertThat(received.values()).allSatisfy(texts -> assertThat(texts).isEqualTo(expected));
            assertThat(from.links().getFirst().lostMessages()).isZero();
            assertThat(to.links().getFirst().lostMessages()).isZero();
        }
    }

    @Test
    void shouldCarryMessagesThatAreLongerThanAPacketAndThanAPiece() {
        final int port = Ports.free();
        try (MemoryStreamer here = MemoryStreamer.launch();
                MemoryStreamer there = MemoryStreamer.launch();
                Subscriber subscriber = there.subscriber("files");
                AeronBridge from = AeronBridge.open(here, DriverConfig.defaults(), out(port));
                AeronBridge to = AeronBridge.open(there, DriverConfig.defaults(), in(port));
                StreamPublisher publisher = here.streamPublisher()) {
            await(() -> from.links().getFirst().connected() && to.links().getFirst().connected());
            final List<String> sent = new ArrayList<>();
            final List<String> received = new ArrayList<>();
            for (final int length : new int[] {1, 1_300, 1_500, 40_000, 65_000, 200_000, 3}) {
                final String text = "x".repeat(length - 1) + (char) ('a' + sent.size());
                sent.add(text);
                await(() -> publisher.offer(publisher.stream("files"), text.getBytes(StandardCharsets.US_ASCII)) > 0);
                await(() -> {
                    subscriber.poll(message -> received.add(message.asString()), 64);
                    return received.size() == sent.size();
                });
            }
            assertThat(received).isEqualTo(sent);
        }
    }
}
