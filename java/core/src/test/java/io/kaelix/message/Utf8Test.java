// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Text in UTF-8, in place: the same bytes as the JDK's, for every string that there can be. */
class Utf8Test {

    private static final int GUARD = 0x5A;

    /** Any 16 bits, so halves of pairs as well, and pairs. */
    @Provide
    Arbitrary<String> texts() {
        final Arbitrary<String> pieces = Arbitraries.oneOf(
                Arbitraries.strings().ascii().ofMaxLength(20),
                Arbitraries.strings().withCharRange('\u0000', '\uFFFF').ofMaxLength(5),
                Arbitraries.strings().withCharRange('\uD7FE', '\uE001').ofMaxLength(5),
                Arbitraries.integers().between(0x10000, 0x10FFFF).map(Character::toString),
                Arbitraries.of("\u007F", "\u0080", "\u07FF", "\u0800", "\uFFFF", "\uD800", "\uDFFF", "\uDBFF\uDFFF"));
        return pieces.list().ofMaxSize(6).map(list -> String.join("", list));
    }

    @Property
    void shouldEncodeAsTheJdkDoes(@ForAll("texts") final String text) {
        final byte[] expected = text.getBytes(StandardCharsets.UTF_8);
        assertThat(Utf8.length(text)).isEqualTo(expected.length);

        final byte[] bytes = new byte[expected.length + 2];
        Utf8.encode(text, bytes, 1);
        assertThat(Arrays.copyOfRange(bytes, 1, bytes.length - 1)).isEqualTo(expected);

        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment memory = arena.allocate(expected.length + 2);
            memory.fill((byte) GUARD);
            Utf8.encode(text, memory.address() + 1);
            final byte[] written = new byte[expected.length];
            NativeMemory.copy(memory.address() + 1, written, 0, written.length);
            assertThat(written).isEqualTo(expected);
            assertThat(NativeMemory.getByte(memory.address())).isEqualTo((byte) GUARD);
            assertThat(NativeMemory.getByte(memory.address() + expected.length + 1)).isEqualTo((byte) GUARD);
        }
    }

    @Property
    void shouldBeEqualToItsOwnBytesAndToNoOthers(@ForAll("texts") final String text, @ForAll("texts") final String other) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        final MemorySegment memory = MemorySegment.ofArray(bytes);
        assertThat(Utf8.equals(text, memory, 0, bytes.length)).isTrue();
        assertThat(Utf8.equals(other, memory, 0, bytes.length))
                .isEqualTo(Arrays.equals(other.getBytes(StandardCharsets.UTF_8), bytes));
        if (bytes.length > 0) {
            assertThat(Utf8.equals(text, memory, 0, bytes.length - 1)).isFalse();
            assertThat(Utf8.equals(text, memory, 1, bytes.length - 1)).isFalse();
        }
    }
}
