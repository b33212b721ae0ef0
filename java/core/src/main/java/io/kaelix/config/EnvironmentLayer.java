// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import io.kaelix.config.Origin.Layer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Lays the environment over a draft: {@code KAELIX_RUNTIME_WORKER_THREADS} and its like. Variables that begin as those of a section do,
 * and those that are one or two letters off, are refused; other programs and other parts of this one may have any others.
 */
final class EnvironmentLayer {

    private static final String PREFIX = "KAELIX_";

    private static final String TOPIC = PREFIX + "STREAMS_TOPIC";

    private static final String BRIDGE = PREFIX + "BRIDGE";

    private static final int SLIP = 2;

    private static final Map<String, ConfigKey> KNOWN = Arrays.stream(ConfigKey.values()).filter(key -> !key.variable().isEmpty())
            .collect(Collectors.toUnmodifiableMap(ConfigKey::variable, Function.identity()));

    private static final List<String> SECTIONS = ConfigKey.SECTIONS.stream().map(name -> PREFIX + name.toUpperCase(Locale.ROOT) + '_')
            .toList();

    private EnvironmentLayer() {
    }

    /** Those that could be meant, in the order of their names. */
    static Map<String, String> ofInterest(final Map<String, String> environment) {
        final Map<String, String> mine = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                mine.put(name, value);
            }
        });
        return mine;
    }

    static void apply(final Draft draft, final Map<String, String> variables) {
        variables.forEach((name, value) -> {
            final Origin origin = new Origin(Layer.ENVIRONMENT, name, 0, 0, "");
            final ConfigKey key = KNOWN.get(name);
            if (key != null) {
                draft.parse(key, value, origin);
                return;
            }
            final String problem = problem(name);
            if (problem != null) {
                draft.problems().add(origin, "", problem);
            }
        });
    }

    private static String problem(final String name) {
        if (name.startsWith(TOPIC)) {
            return "topics cannot be declared by a variable: use [[streams.topic]] in a file, or code";
        }
        if (name.equals(BRIDGE) || name.startsWith(BRIDGE + '_')) {
            return "bridges cannot be set by a variable: use [bridge.NAME] in a file, or code";
        }
        for (final String section : SECTIONS) {
            if (name.startsWith(section)) {
                final List<String> there = KNOWN.keySet().stream().filter(known -> known.startsWith(section)).sorted().toList();
                final String near = Nearest.of(name.substring(section.length()),
                        there.stream().map(known -> known.substring(section.length())).toList());
                return near != null ? "there is no such variable; did you mean " + section + near + '?'
                        : "there is no such variable; " + section + " goes on with " + there.stream().map(known ->
                                known.substring(section.length())).collect(Collectors.joining(", ")) + "; set one of them, or unset it";
            }
        }
        for (final String known : KNOWN.keySet()) {
            if (Math.abs(known.length() - name.length()) <= SLIP && Nearest.distance(name, known) <= SLIP) {
                return "there is no such variable; did you mean " + known + '?';
            }
        }
        return null;
    }
}
