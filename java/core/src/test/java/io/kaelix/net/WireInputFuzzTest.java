// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever bytes come, the answer is messages that keep the rules, and then a refusal, if any: see {@link WireInputFuzz}. */
class WireInputFuzzTest {

    private static final int ROUNDS = 20_000;
    private static final byte[] NEIGHBOURS = {0, 1, 7, 8, 9, 15, 16, 47, 48, 127, -128, -1};

    @Test
    void shouldRefuseRandomBytesWithALine() {
        final Random random = new Random(42);
        for (int round = 0; round < ROUNDS; round++) {
            final byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            WireInputFuzz.fuzzerTestOneInput(bytes);
        }
    }

    @Test
    void shouldTakeWhatKeepsTheRulesOfMessagesThatWereTamperedWith() {
        final Random random = new Random(4711);
        int taken = 0;
        int cutShort = 0;
        for (int round = 0; round < ROUNDS / 4; round++) {
            final boolean server = random.nextBoolean();
            final int messages = 1 + random.nextInt(5);
            byte[] stream = WireSamples.bytes(new WireSamples(random).conversation(server, messages));
            for (int changes = random.nextInt(3); changes > 0; changes--) {
                stream = tamper(stream, random);
            }
            final byte[] bytes = new byte[stream.length + 2];
            System.arraycopy(stream, 0, bytes, 2, stream.length);
            bytes[0] = (byte) (random.nextInt(4) | (server ? 0x10 : 0));
            bytes[1] = (byte) random.nextInt();
            final int received = WireInputFuzz.received(bytes);
            taken += received == messages ? 1 : 0;
            cutShort += received < messages ? 1 : 0;
        }
        assertThat(taken).as("rounds in which all was taken").isGreaterThan(ROUNDS / 20);
        assertThat(cutShort).as("rounds in which something was refused").isGreaterThan(ROUNDS / 20);
    }

    private static byte[] tamper(final byte[] stream, final Random random) {
        final int at = random.nextInt(stream.length);
        final int word = at & -8;
        final byte[] changed = stream.clone();
        switch (random.nextInt(6)) {
            case 0 -> changed[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> changed[at] = NEIGHBOURS[random.nextInt(NEIGHBOURS.length)];
            case 2 -> changed[word] += (byte) (random.nextInt(5) - 2);
            case 3 -> {
                return Arrays.copyOf(stream, Math.max(1, at));
            }
            case 4 -> {
                final byte[] longer = Arrays.copyOf(stream, stream.length + 8);
                System.arraycopy(stream, word, longer, Math.min(word + 8, stream.length), stream.length - word);
                return longer;
            }
            default -> Arrays.fill(changed, word, Math.min(word + 8, changed.length), (byte) (random.nextBoolean() ? 0 : -1));
        }
        return changed;
    }
}
