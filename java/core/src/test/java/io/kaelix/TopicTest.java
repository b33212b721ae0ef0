// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "Z", "0", "-", "_", "a.b", "orders.eu.new", "A-1._.x", "a.b.c.d.e.f.g.h"})
    void shouldTakeTokensSeparatedBySingleDots(final String name) {
        assertThat(Topic.of(name).name()).isEqualTo(name);
        assertThat(Topic.of(name)).hasToString(name).isEqualTo(new Topic(name)).hasSameHashCodeAs(new Topic(name));
    }

    @Test
    void shouldTakeUpTo255Characters() {
        assertThat(Topic.of("x".repeat(255)).name()).hasSize(255);
        assertThatThrownBy(() -> Topic.of("x".repeat(256))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("256").hasMessageContaining("255");
        assertThatThrownBy(() -> Topic.of("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Topic.of(null)).isInstanceOf(NullPointerException.class);
    }

    @ParameterizedTest
    @CsvSource({".a, 1", "a., 3", "a..b, 3", "., 1", "'..', 1", "a.b..c, 5"})
    void shouldSayWhereAnEmptyTokenIs(final String name, final int character) {
        assertThatThrownBy(() -> Topic.of(name)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty token at character " + character + ":");
    }

    @Test
    void shouldTakeNothingButLettersDigitsHyphenAndUnderscore() {
        final List<Character> taken = new ArrayList<>();
        for (char c = 0; c < 0x3000; c++) {
            final String name = "a" + c + "b";
            try {
                Topic.of(name);
                taken.add(c);
            } catch (final IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("at character 2:");
            }
        }
        assertThat(taken).hasSize(26 + 26 + 10 + 3).contains('.', '-', '_', 'a', 'z', 'A', 'Z', '0', '9');
    }

    @Test
    void shouldKeepControlCharactersOutOfItsMessages() {
        assertThatThrownBy(() -> Topic.of("a\u001b[31m\n")).isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(e.getMessage().chars()).allMatch(c -> c >= ' '));
        assertThatThrownBy(() -> TopicPattern.of("a\u001b.*")).isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(e.getMessage().chars()).allMatch(c -> c >= ' '));
    }

    @Test
    void shouldBeOrderedByName() {
        assertThat(List.of(Topic.of("b"), Topic.of("a.b"), Topic.of("a")).stream().sorted())
                .containsExactly(Topic.of("a"), Topic.of("a.b"), Topic.of("b"));
    }
}
