// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Topic;
import io.kaelix.config.Origin.Layer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tomlj.TomlArray;
import org.tomlj.TomlElement;
import org.tomlj.TomlEntry;
import org.tomlj.TomlKeyValue;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Lays what a file says over a draft. Sections, dotted keys and inline tables are the same to it. */
final class FileLayer {

    private static final String TOPICS = ConfigKey.STREAMS_TOPIC_NAME.section();

    private final Draft draft;
    private final ConfigFile file;

    private FileLayer(final Draft draft, final ConfigFile file) {
        this.draft = draft;
        this.file = file;
    }

    /** Nothing, if the file has no tree. */
    static void apply(final Draft draft, final ConfigFile file) {
        if (file.tree() != null) {
            new FileLayer(draft, file).root(file.tree());
        }
    }

    private void root(final TomlTable tree) {
        for (final TomlElement element : tree.elements()) {
            if (element instanceof TomlKeyValue entry) {
                if (ConfigKey.SECTIONS.contains(entry.key())) {
                    section(entry);
                } else if (entry.key().equals(ConfigKey.BRIDGE.label())) {
                    BridgeTables.apply(draft, entry, this::at);
                } else {
                    setting("", entry);
                }
            }
        }
    }

    private void section(final TomlKeyValue entry) {
        if (!(entry.value().get() instanceof TomlTable table)) {
            problem(at(entry), entry.key(), entry.key() + " is a section, not " + Shown.value(Written.of(entry.value().get()))
                    + ": write [" + entry.key() + "] and its keys below");
            return;
        }
        for (final TomlElement element : table.elements()) {
            if (element instanceof TomlKeyValue setting) {
                if (setting.key().equals(ConfigKey.STREAMS_TOPIC.label()) && entry.key().equals(ConfigKey.STREAMS_TOPIC.section())) {
                    topics(setting);
                } else {
                    setting(entry.key(), setting);
                }
            }
        }
    }

    private void setting(final String section, final TomlKeyValue entry) {
        final ConfigKey key = ConfigKey.in(section).get(entry.key());
        if (key == null) {
            problem(at(entry), UnknownKey.path(section, entry.key()), UnknownKey.explain(section, entry.key()));
        } else {
            final Object written = entry.value().get();
            draft.take(key, key.type() == ConfigKey.Type.TEXTS && written instanceof TomlArray array ? Written.list(array)
                    : Written.of(written), at(entry, entry.value().position()));
        }
    }

    private void topics(final TomlKeyValue entry) {
        if (!(entry.value().get() instanceof TomlArray array)) {
            draft.refuse(ConfigKey.STREAMS_TOPIC, at(entry), entry.value().isTable()
                    ? "streams.topic is a list: write [[streams.topic]], with two brackets, above each topic"
                    : "streams.topic must be " + ConfigKey.STREAMS_TOPIC.range() + ", not " + Shown.value(Written.of(entry.value().get())));
            return;
        }
        final List<TopicConfig> topics = new ArrayList<>(array.size());
        final Map<String, Origin> names = new HashMap<>();
        for (final TomlElement element : array.elements()) {
            if (element instanceof TomlEntry topic) {
                topic(topic, at(topic), names).ifPresent(topics::add);
            }
        }
        if (draft.isGood(ConfigKey.STREAMS_TOPIC)) {
            draft.take(ConfigKey.STREAMS_TOPIC, topics, at(entry));
        }
    }

    /** Empty if it is refused. */
    private Optional<TopicConfig> topic(final TomlEntry entry, final Origin origin, final Map<String, Origin> names) {
        if (!(entry.value().get() instanceof TomlTable table)) {
            draft.refuse(ConfigKey.STREAMS_TOPIC, origin, "a topic must be a table, as {name = \"orders\", partitions = 4}, not "
                    + Shown.value(Written.of(entry.value().get())));
            return Optional.empty();
        }
        String name = null;
        long partitions = 1;
        Optional<SlowSubscriberPolicy> policy = Optional.empty();
        boolean isNamed = false;
        for (final TomlElement element : table.elements()) {
            if (!(element instanceof TomlKeyValue setting)) {
                continue;
            }
            final ConfigKey key = ConfigKey.in(TOPICS).get(setting.key());
            if (key == null) {
                draft.refuse(ConfigKey.STREAMS_TOPIC, at(setting), UnknownKey.explain(TOPICS, setting.key()));
                continue;
            }
            isNamed |= key == ConfigKey.STREAMS_TOPIC_NAME;
            final Object value = key.rule().value(Written.of(setting.value().get()));
            if (value instanceof ValueRule.Refusal refusal) {
                draft.refuse(ConfigKey.STREAMS_TOPIC, at(setting, setting.value().position()), key.path() + " must be " + refusal.text());
                continue;
            }
            switch (key) {
                case STREAMS_TOPIC_NAME -> name = (String) value;
                case STREAMS_TOPIC_PARTITIONS -> partitions = (Long) value;
                default -> policy = Optional.of(SlowSubscriberPolicy.valueOf(value.toString().toUpperCase(Locale.ROOT)));
            }
        }
        if (!isNamed) {
            draft.refuse(ConfigKey.STREAMS_TOPIC, origin, "this topic has no name: add name = \"…\"");
        }
        if (name == null) {
            return Optional.empty();
        }
        final Origin twin = names.putIfAbsent(name, origin);
        if (twin != null) {
            draft.refuse(ConfigKey.STREAMS_TOPIC, origin, "topic " + Shown.quoted(name) + " is declared already, at line " + twin.line()
                    + ": keep one of the two");
        }
        return Optional.of(new TopicConfig(Topic.of(name), (int) partitions, policy));
    }

    private void problem(final Origin origin, final String key, final String text) {
        draft.problems().add(origin, key, text);
    }

    private Origin at(final TomlElement element) {
        return at(element, null);
    }

    /** Where a value stands, or else its key. */
    private Origin at(final TomlElement key, final TomlPosition value) {
        final TomlPosition position = value == null ? key.position() : value;
        return position == null ? new Origin(Layer.FILE, file.name(), 0, 0, "")
                : new Origin(Layer.FILE, file.name(), file.inFile(position.line()), position.column(), "");
    }
}
