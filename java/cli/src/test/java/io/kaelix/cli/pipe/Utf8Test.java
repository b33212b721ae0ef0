// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {

    private static boolean isValidForJava(final byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (final CharacterCodingException e) {
            return false;
        }
    }

    @Test
    void shouldAgreeWithTheDecoderOnEveryTwoBytesAndWhatFollows() {
        final byte[][] tails = {{}, {(byte) 0x80}, {(byte) 0xBF, (byte) 0x80}, {(byte) 0x80, (byte) 0x80, 'x'}, {'x'}, {(byte) 0xC0}};
        for (int pair = 0; pair < 1 << 16; pair++) {
            for (final byte[] tail : tails) {
                final byte[] bytes = new byte[2 + tail.length];
                bytes[0] = (byte) (pair >> 8);
                bytes[1] = (byte) pair;
                System.arraycopy(tail, 0, bytes, 2, tail.length);
                assertThat(Utf8.isValid(bytes, bytes.length)).as("%x and %s", pair, tail).isEqualTo(isValidForJava(bytes));
            }
        }
    }

    @Test
    void shouldAgreeWithTheDecoderOnTexts() {
        final Random random = new Random(11);
        for (int round = 0; round < 20_000; round++) {
            final byte[] bytes = random.ints(8, 0, 0x110000).collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString().getBytes(StandardCharsets.UTF_8);
            if (round % 2 == 1) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            assertThat(Utf8.isValid(bytes, bytes.length)).isEqualTo(isValidForJava(bytes));
        }
    }

    @Test
    void shouldLookNoFurtherThanTheLength() {
        assertThat(Utf8.isValid(new byte[] {'a', (byte) 0xFF}, 1)).isTrue();
        assertThat(Utf8.isValid(new byte[] {(byte) 0xC3, (byte) 0xA4}, 1)).isFalse();
    }
}
