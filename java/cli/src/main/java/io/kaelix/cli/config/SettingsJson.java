// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.config;

import io.kaelix.cli.report.JsonWriter;
import io.kaelix.config.BridgeConfig;
import io.kaelix.config.ConfigKey;
import io.kaelix.config.ConfigProblem;
import io.kaelix.config.KaelixConfig;
import io.kaelix.config.Origin;
import io.kaelix.config.Setting;
import io.kaelix.config.TopicConfig;
import java.util.List;
import java.util.Locale;

/** A configuration, or its problems, as one JSON object in one line; the help of {@code kaelix config} describes it. */
public final class SettingsJson {

    private final JsonWriter json = new JsonWriter();

    private SettingsJson() {
    }

    /** The settings of a configuration, line ended. */
    public static String of(final KaelixConfig config) {
        final SettingsJson report = new SettingsJson();
        report.json.beginObject().field("valid", true).beginArray("settings");
        config.settings().forEach(report::setting);
        return report.json.endArray().beginArray("problems").endArray().endObject().text() + '\n';
    }

    /** What is wrong with one, line ended. */
    public static String of(final List<ConfigProblem> problems) {
        final SettingsJson report = new SettingsJson();
        report.json.beginObject().field("valid", false).beginArray("settings").endArray().beginArray("problems");
        for (final ConfigProblem problem : problems) {
            report.json.beginElement().field("where", problem.where()).field("line", place(problem.line()))
                    .field("column", place(problem.column())).field("key", problem.key()).field("text", problem.text()).endObject();
        }
        return report.json.endArray().endObject().text() + '\n';
    }

    private void setting(final Setting setting) {
        json.beginElement().field("key", setting.key().path());
        switch (setting.value()) {
            case Long number -> json.field("value", number);
            case Boolean truth -> json.field("value", truth.booleanValue());
            case String text -> json.field("value", text);
            default -> list(setting.key(), (List<?>) setting.value());
        }
        final Origin origin = setting.origin();
        json.field("unit", setting.key().unit()).field("hot", setting.key().hot())
                .field("layer", origin.layer().name().toLowerCase(Locale.ROOT)).field("source", origin.source())
                .field("line", place(origin.line())).field("column", place(origin.column())).field("reason", origin.reason()).endObject();
    }

    private void list(final ConfigKey key, final List<?> values) {
        switch (key.type()) {
            case TOPICS -> topics(values);
            case BRIDGES -> bridges(values);
            default -> json.texts("value", values.stream().map(String.class::cast).toList());
        }
    }

    private void bridges(final List<?> bridges) {
        json.beginArray("value");
        for (final Object element : bridges) {
            final BridgeConfig bridge = (BridgeConfig) element;
            json.beginElement().field("name", bridge.name());
            bridge.values().forEach((key, value) -> {
                if (value instanceof Long number) {
                    json.field(key.label(), number);
                } else {
                    json.field(key.label(), (String) value);
                }
            });
            json.endObject();
        }
        json.endArray();
    }

    private void topics(final List<?> topics) {
        json.beginArray("value");
        for (final Object element : topics) {
            final TopicConfig topic = (TopicConfig) element;
            json.beginElement().field("name", topic.name().name()).field("partitions", topic.partitions());
            topic.slowSubscriber().ifPresent(policy -> json.field("slow_subscriber", policy.name().toLowerCase(Locale.ROOT)));
            json.endObject();
        }
        json.endArray();
    }

    /** Null where there is none. */
    private static Long place(final int number) {
        return number > 0 ? (long) number : null;
    }
}
