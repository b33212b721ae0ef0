// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.cli.console.CommandException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageKeyTest {

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', ignoreLeadingAndTrailingWhitespace = false, value = {
        "1;a b c;a", "2;a b c;b", "3;a b c;c", "4;a b c;", "1;  a\tb;a", "2;  a\t \tb;b", "1;  ;", "1; ;",
        "^[^,]*;x,y;x", "id=([0-9]+);name=a id=17 id=18;17", "id=[0-9]+;id=17;id=17", "(a)|b;b;", "nothing;a;"})
    void shouldFindTheKey(final String rule, final String line, final String key) {
        final byte[] bytes = line.getBytes(UTF_8);
        final byte[] found = MessageKey.of(rule).find(bytes, bytes.length);
        assertThat(found == null ? null : new String(found, UTF_8)).isEqualTo(key);
    }

    @Test
    void shouldFindBytesThatAreNoText() {
        final byte[] line = "\u00ff\u00fe rest".getBytes(ISO_8859_1);
        assertThat(MessageKey.of("1").find(line, line.length)).isEqualTo(new byte[] {(byte) 0xFF, (byte) 0xFE});
    }

    @Test
    void shouldMatchLettersBeyondAscii() {
        final byte[] line = "stra\u00dfe 1".getBytes(UTF_8);
        assertThat(MessageKey.of("stra\u00dfe").find(line, line.length)).isEqualTo("stra\u00dfe".getBytes(UTF_8));
    }

    @Test
    void shouldLookNoFurtherThanTheLine() {
        assertThat(MessageKey.of("2").find("a b".getBytes(UTF_8), 2)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "00", "(", "[a"})
    void shouldRefuseWhatIsNoKey(final String rule) {
        assertThatThrownBy(() -> MessageKey.of(rule)).isInstanceOf(CommandException.class).hasMessageStartingWith("--key ");
    }
}
