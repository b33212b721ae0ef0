// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the commented file that comes with the library from the list of keys. Started by itself, with the path to write to. */
final class DefaultFile {

    private static final int WIDTH = 120;

    private static final String HEAD = """
            # Kaelix MemoryStreamer: every setting, with what it means, what it takes, and its default.
            #
            # All are commented out: remove the '#' in front of a key to set it. What is not set here comes from the profile, or
            # else is the default; a variable, such as KAELIX_RUNTIME_WORKER_THREADS, is laid over this file, and what the
            # program itself sets over both.
            # 'hot' keys act as soon as this file is saved, in a program that watches it; the others need a restart.
            # Sizes are bytes, as a number or as "64KiB", "1MiB", "4GiB". Check a file with 'kaelix config check FILE'.
            """;

    private final StringBuilder text = new StringBuilder(HEAD);

    private DefaultFile() {
    }

    public static void main(final String[] arguments) throws IOException {
        Files.writeString(Path.of(arguments[0]), text());
    }

    static String text() {
        final DefaultFile file = new DefaultFile();
        file.section("");
        for (final String section : ConfigKey.SECTIONS) {
            file.text.append("\n[").append(section).append("]\n");
            file.section(section);
        }
        file.bridges();
        return file.text.toString();
    }

    private void section(final String section) {
        for (final ConfigKey key : ConfigKey.in(section).values()) {
            if (key == ConfigKey.BRIDGE) {
                continue;
            }
            text.append('\n');
            if (key == ConfigKey.STREAMS_TOPIC) {
                topics();
                continue;
            }
            describe(key, "# ");
            text.append('#').append(key.label()).append(" = ").append(preset(key)).append('\n');
        }
    }

    private void topics() {
        comment("# ", ConfigKey.STREAMS_TOPIC.description() + " Needs a restart.");
        text.append("#\n#   [[streams.topic]]\n");
        for (final ConfigKey key : ConfigKey.in("streams.topic").values()) {
            describe(key, "#   # ");
            text.append("#   ").append(switch (key) {
                case STREAMS_TOPIC_NAME -> "name = \"orders\"";
                case STREAMS_TOPIC_PARTITIONS -> "partitions = 1";
                default -> "slow_subscriber = \"lossy\"";
            }).append('\n');
        }
    }

    /** One that sends, and one that receives. */
    private void bridges() {
        text.append('\n');
        comment("# ", ConfigKey.BRIDGE.description() + " Needs a restart. Here one that sends, and the other end of it:");
        text.append("#\n#   [bridge.orders-out]\n");
        for (final ConfigKey key : ConfigKey.in("bridge").values()) {
            if (key != ConfigKey.BRIDGE_RESPONSE && key != ConfigKey.BRIDGE_STATE_DIRECTORY) {
                describe(key, "#   # ");
                text.append("#   ").append(key.label()).append(" = ").append(switch (key) {
                    case BRIDGE_DIRECTION -> "\"out\"";
                    case BRIDGE_CHANNEL -> "\"aeron:udp?endpoint=0.0.0.0:8010\"";
                    case BRIDGE_PATTERN -> "\"orders.>\"";
                    case BRIDGE_MODE -> "\"archive\"";
                    case BRIDGE_SLOW -> "\"block\"";
                    case BRIDGE_ARCHIVE_DIRECTORY -> "\"/var/lib/kaelix/archive\"";
                    default -> preset(key);
                }).append('\n');
            }
        }
        text.append("""
                #
                #   [bridge.orders-in]
                #   direction = "in"
                #   channel = "aeron:udp?endpoint=10.0.0.5:8010"
                #   mode = "archive"
                """);
        describe(ConfigKey.BRIDGE_RESPONSE, "#   # ");
        text.append("#   response = \"aeron:udp?endpoint=10.0.0.6:0\"\n");
        describe(ConfigKey.BRIDGE_STATE_DIRECTORY, "#   # ");
        text.append("#   state_directory = \"/var/lib/kaelix/bridges\"\n");
    }

    private void describe(final ConfigKey key, final String margin) {
        comment(margin, key.description());
        comment(margin, (key.unit().isEmpty() || key.type() == ConfigKey.Type.SIZE ? "" : key.unit() + ": ") + key.range()
                + (key.defaultValue() == null ? "" : "; default " + preset(key))
                + (key.hot() ? "; hot" : key.ofTopic() || key.ofBridge() ? "" : "; needs a restart"));
    }

    private static String preset(final ConfigKey key) {
        return new Setting(key, key.defaultValue(), Origin.PRESET).text();
    }

    private void comment(final String margin, final String prose) {
        StringBuilder line = new StringBuilder(margin);
        for (final String word : prose.split(" ")) {
            if (line.length() > margin.length() && line.length() + word.length() >= WIDTH) {
                text.append(line.toString().stripTrailing()).append('\n');
                line = new StringBuilder(margin);
            }
            line.append(word).append(' ');
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }
}
