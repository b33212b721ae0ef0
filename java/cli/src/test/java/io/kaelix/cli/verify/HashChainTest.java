// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HashChainTest {

    private static long chain(final byte[]... messages) {
        try (Arena arena = Arena.ofConfined()) {
            long chain = HashChain.EMPTY;
            for (final byte[] message : messages) {
                final MemorySegment memory = arena.allocate(message.length + 3);
                MemorySegment.copy(MemorySegment.ofArray(message), 0, memory, 3, message.length);
                chain = HashChain.append(chain, memory, 3, message.length);
            }
            return chain;
        }
    }

    private static long chain(final String... messages) {
        final byte[][] bytes = new byte[messages.length][];
        for (int i = 0; i < messages.length; i++) {
            bytes[i] = messages[i].getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        }
        return chain(bytes);
    }

    @Test
    void shouldTellOrderBoundariesAndEmptyMessagesApart() {
        final Set<Long> chains = new HashSet<>();
        final String[][] streams = {{}, {""}, {"", ""}, {"a"}, {"a", ""}, {"", "a"}, {"a", "b"}, {"b", "a"}, {"ab"}, {"a\0"}, {"\0a"},
            {"\0"}, {"\0\0"}, {"\0\0\0\0\0\0\0\0"}, {"\0\0\0\0\0\0\0\0\0"}, {"12345678", "9"}, {"1234567", "89"}, {"123456789"}};
        for (final String[] stream : streams) {
            assertThat(chains.add(chain(stream))).as(String.join(",", stream)).isTrue();
        }
    }

    @Test
    void shouldTellOfEveryFlippedBit() {
        final byte[] message = new byte[29];
        new Random(3).nextBytes(message);
        final Set<Long> chains = new HashSet<>(Set.of(chain(message)));
        for (int bit = 0; bit < message.length * Byte.SIZE; bit++) {
            message[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertThat(chains.add(chain(message))).as("bit " + bit).isTrue();
            message[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
        }
    }

    @Test
    void shouldBeTheSameOfWhatIsSentAndWhatIsReceived() {
        final Random random = new Random(5);
        final long[] chains = {HashChain.EMPTY, HashChain.EMPTY};
        try (MemoryStreamer streamer = MemoryStreamer.launch();
                Subscriber subscriber = streamer.subscriber("t");
                Publisher publisher = streamer.publisher("t");
                Arena arena = Arena.ofConfined()) {
            final MemorySegment memory = arena.allocate(200);
            for (int length = 0; length < 130; length++) {
                final byte[] bytes = new byte[length];
                random.nextBytes(bytes);
                MemorySegment.copy(MemorySegment.ofArray(bytes), 0, memory, length % 9, length);
                assertThat(publisher.offer(memory, length % 9, length)).isNotNegative();
                chains[0] = HashChain.append(chains[0], memory, length % 9, length);
                assertThat(subscriber.poll(message -> chains[1] = HashChain.append(chains[1], message), 1)).isEqualTo(1);
                assertThat(chains[1]).as("length " + length).isEqualTo(chains[0]);
            }
        }
    }
}
