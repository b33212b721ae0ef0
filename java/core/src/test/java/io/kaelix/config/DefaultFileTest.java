// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The commented file that comes with the library. */
class DefaultFileTest {

    private static final Pattern COMMENTED_OUT = Pattern.compile("^#(?=[a-z])", Pattern.MULTILINE);
    private static final Pattern TOPIC = Pattern.compile("^#   (?=[a-z\\[])", Pattern.MULTILINE);

    @Test
    void shouldBeWhatTheListOfKeysSays() {
        assertThat(ConfigFile.commentedDefaults())
                .as("write it anew by the main method of DefaultFile: java/core/src/main/resources/io/kaelix/config/kaelix.toml")
                .isEqualTo(DefaultFile.text());
    }

    @Test
    void shouldNameEveryKey() {
        for (final ConfigKey key : ConfigKey.values()) {
            assertThat(ConfigFile.commentedDefaults())
                    .containsPattern("(?m)^# *\\[*" + (key == ConfigKey.STREAMS_TOPIC || key == ConfigKey.BRIDGE ? key.path() : key.label() + " = "));
        }
    }

    @Test
    void shouldSetNothing() {
        final KaelixConfig config = ConfigLoader.of().load(ConfigFile.parse("kaelix.toml", ConfigFile.commentedDefaults()));
        assertThat(config.settings()).allMatch(setting -> setting.origin().layer() == Origin.Layer.DEFAULT);
        assertThat(config).isEqualTo(KaelixConfig.defaults());
    }

    @Test
    void shouldSetEachKeyToItsDefaultOnceTheMarksAreGone() {
        final String text = COMMENTED_OUT.matcher(ConfigFile.commentedDefaults()).replaceAll("");
        final KaelixConfig config = ConfigLoader.of().load(ConfigFile.parse("kaelix.toml", text));
        assertThat(config).isEqualTo(KaelixConfig.defaults());
        assertThat(config.settings()).filteredOn(setting -> setting.origin().layer() != Origin.Layer.FILE)
                .extracting(Setting::key).containsExactly(ConfigKey.BRIDGE, ConfigKey.STREAMS_TOPIC);
        final String[] lines = text.split("\n");
        for (final Setting setting : config.settings()) {
            if (setting.key() != ConfigKey.STREAMS_TOPIC && setting.key() != ConfigKey.BRIDGE) {
                assertThat(lines[setting.origin().line() - 1]).startsWith(setting.key().label() + " = ")
                        .satisfies(line -> assertThat(line.indexOf('=') + 3).isEqualTo(setting.origin().column()));
            }
        }
    }

    @Test
    void shouldShowHowBridgesAreSet() {
        final String text = TOPIC.matcher(ConfigFile.commentedDefaults()).replaceAll("");
        assertThat(ConfigLoader.of().load(ConfigFile.parse("kaelix.toml", text)).bridges()).extracting(BridgeConfig::direction)
                .containsExactly(BridgeConfig.Direction.OUT, BridgeConfig.Direction.IN);
    }

    @Test
    void shouldShowHowATopicIsDeclared() {
        final String text = TOPIC.matcher(ConfigFile.commentedDefaults()).replaceAll("");
        assertThat(ConfigLoader.of().load(ConfigFile.parse("kaelix.toml", text)).streams().topics()).singleElement()
                .satisfies(topic -> assertThat(topic.name().name()).isEqualTo("orders"));
    }
}
