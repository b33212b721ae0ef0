// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The one list of keys. */
class ConfigKeyTest {

    @ParameterizedTest
    @EnumSource(ConfigKey.class)
    void shouldBeNamedAlikeEverywhere(final ConfigKey key) {
        assertThat(key.path().replace('.', '_')).isEqualToIgnoringCase(key.name());
        assertThat(key.path()).isEqualTo(key.section().isEmpty() ? key.label() : key.section() + '.' + key.label());
        assertThat(ConfigKey.of(key.path())).isSameAs(key);
        assertThat(ConfigKey.in(key.section())).containsEntry(key.label(), key);
        if (key.name().startsWith("STREAMS_TOPIC") || key.name().startsWith("BRIDGE")) {
            assertThat(key.variable()).isEmpty();
        } else {
            assertThat(key.variable()).isEqualTo("KAELIX_" + key.name());
        }
    }

    @ParameterizedTest
    @EnumSource(ConfigKey.class)
    void shouldExplainItself(final ConfigKey key) {
        assertThat(key.description()).endsWith(".").hasSizeGreaterThan(10);
        assertThat(key.range()).isNotBlank();
        assertThat(key.unit()).matches("[a-z]*");
    }

    @Test
    void shouldHaveDefaultsThatItsOwnRulesAllow() {
        for (final ConfigKey key : ConfigKey.settings()) {
            assertThat(key.rule().value(key.defaultValue())).as(key.path()).isEqualTo(key.defaultValue());
        }
    }

    @Test
    void shouldCountUnitsInTheNamesOfDurations() {
        for (final ConfigKey key : ConfigKey.values()) {
            final String suffix = switch (key.unit()) {
                case "milliseconds" -> "_ms";
                case "microseconds" -> "_us";
                case "nanoseconds" -> "_ns";
                default -> "";
            };
            assertThat(key.label()).as(key.path()).endsWith(suffix);
        }
    }

    @Test
    void shouldHaveTheKeysOfTopicsAndBridgesApart() {
        assertThat(ConfigKey.settings()).doesNotContain(ConfigKey.STREAMS_TOPIC_NAME, ConfigKey.STREAMS_TOPIC_PARTITIONS,
                ConfigKey.STREAMS_TOPIC_SLOW_SUBSCRIBER).contains(ConfigKey.STREAMS_TOPIC, ConfigKey.BRIDGE)
                .noneMatch(ConfigKey::ofBridge).hasSize(ConfigKey.values().length - 3 - ConfigKey.in("bridge").size());
        assertThatIllegalArgumentException().isThrownBy(() -> KaelixConfig.defaults().setting(ConfigKey.STREAMS_TOPIC_NAME))
                .withMessageContaining("streams().topics()");
        assertThatIllegalArgumentException().isThrownBy(() -> KaelixConfig.defaults().setting(ConfigKey.BRIDGE_MODE))
                .withMessageContaining("ask bridges()");
    }

    @Test
    void shouldKnowNoOtherPath() {
        assertThat(ConfigKey.of("runtime.worker")).isNull();
        assertThat(ConfigKey.of("network.port")).isNull();
    }
}
