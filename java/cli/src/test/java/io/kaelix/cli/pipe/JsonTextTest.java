// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {

    private final JsonText text = new JsonText();

    private String written() {
        return new String(text.bytes(), 0, text.length(), UTF_8);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 9, 10, 4_294_967_295L, Long.MAX_VALUE, -1, Long.MIN_VALUE})
    void shouldWriteNumbers(final long number) {
        text.number(number);
        assertThat(written()).isEqualTo(Long.toString(number));
    }

    @Test
    void shouldEscapeWhatMustBe() {
        text.quoted("a\"\\\n\r\t\b\u001f\u007f\u20ac\ud83d\ude00");
        assertThat(written()).isEqualTo("\"a\\\"\\\\\\n\\r\\t\\u0008\\u001f\u007f\u20ac\ud83d\ude00\"");
    }

    @Test
    void shouldGrowAsFarAsEscapesNeed() {
        final byte[] controls = new byte[100_000];
        text.quotedUtf8(controls, controls.length);
        assertThat(written()).isEqualTo("\"" + "\\u0000".repeat(controls.length) + "\"");
        text.clear();
        text.quotedPlain(new byte[0]);
        assertThat(written()).isEqualTo("\"\"");
    }
}
