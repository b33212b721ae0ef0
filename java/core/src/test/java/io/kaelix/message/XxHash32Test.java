// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The hash of keys is a contract with other machines and languages: known answers of the algorithm's authors, and of its specification. */
class XxHash32Test {

    private static int hash(final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return XxHash32.hash(bytes, bytes.length);
    }

    /** The bytes that the authors' own check hashes: the top bytes of a number that is multiplied by itself again and again. */
    private static byte[] sanityBytes() {
        final byte[] bytes = new byte[222];
        int number = 0x9E3779B1;
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (number >>> 24);
            number *= number;
        }
        return bytes;
    }

    @Test
    void shouldGiveTheKnownAnswers() {
        final byte[] bytes = sanityBytes();
        assertThat(XxHash32.hash(bytes, 0)).isEqualTo(0x02CC5D05);
        assertThat(XxHash32.hash(bytes, 1)).isEqualTo(0xB85CBEE5);
        assertThat(XxHash32.hash(bytes, 14)).isEqualTo(0xE5AA0AB4);
        assertThat(XxHash32.hash(bytes, 101)).isEqualTo(0x1F1AA412);
        assertThat(hash("a")).isEqualTo(0x550D7456);
        assertThat(hash("abc")).isEqualTo(0x32D153FF);
        assertThat(hash("Nobody inspects the spammish repetition")).isEqualTo(0xE2293B2F);
    }

    @Test
    void shouldHashNumbersAsTheirBytes() {
        for (final long number : new long[] {0, 1, -1, Long.MIN_VALUE, 0x0123_4567_89AB_CDEFL}) {
            final byte[] bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array();
            assertThat(XxHash32.hash(number)).isEqualTo(XxHash32.hash(bytes, bytes.length));
        }
    }

    @Test
    void shouldLookAtNothingBehindTheLength() {
        final byte[] bytes = sanityBytes();
        for (int length = 0; length < 64; length++) {
            assertThat(XxHash32.hash(bytes, length)).isEqualTo(XxHash32.hash(Arrays.copyOf(bytes, length), length));
        }
    }
}
