// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonWriterTest {

    @Test
    void shouldWriteNestedObjects() {
        final String json = new JsonWriter().beginObject().field("a", 1).beginObject("b").field("c", (Long) null).endObject()
                .beginObject("d").endObject().field("e", 1.25, 1).field("f", "x").endObject().text();
        assertThat(json).isEqualTo("{\"a\":1,\"b\":{\"c\":null},\"d\":{},\"e\":1.3,\"f\":\"x\"}");
    }

    @Test
    void shouldWriteArrays() {
        final String json = new JsonWriter().beginObject().beginArray("a").beginElement().field("b", true).endObject().beginElement()
                .endObject().endArray().numbers("c", Arrays.asList(1, null)).numbers("d", List.of()).texts("e", List.of("x", "\""))
                .texts("f", List.of()).endObject().text();
        assertThat(json).isEqualTo("{\"a\":[{\"b\":true},{}],\"c\":[1,null],\"d\":[],\"e\":[\"x\",\"\\\"\"],\"f\":[]}");
    }

    @Test
    void shouldEscapeWhatMustBe() {
        final String text = "\"\\/\n\r\t\b\0\u001f\u00e9\ud83d\ude00";
        assertThat(new JsonWriter().beginObject().field(text, text).endObject().text()).isEqualTo(
                "{K:K}".replace("K", "\"\\\"\\\\/\\n\\r\\t\\u0008\\u0000\\u001f\u00e9\ud83d\ude00\""));
    }

    @Test
    void shouldEscapeHalfCharacters() {
        assertThat(new JsonWriter().beginObject().field("", "\ud83d").endObject().text()).isEqualTo("{\"\":\"\\ud83d\"}");
        assertThat(new JsonWriter().beginObject().field("", "\ude00\ud83d").endObject().text()).isEqualTo("{\"\":\"\\ude00\\ud83d\"}");
    }

    @Test
    void shouldRefuseWhatIsNoNumber() {
        assertThatThrownBy(() -> new JsonWriter().beginObject().field("rate", Double.NaN, 1))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("rate is NaN");
    }
}
