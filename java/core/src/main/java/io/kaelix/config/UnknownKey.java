// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What to say to a key that is not known: where it belongs, or what was probably meant, or what there is. */
final class UnknownKey {

    private static final String BRIDGE = ConfigKey.BRIDGE.label();

    private UnknownKey() {
    }

    /** With its section, as messages show it. */
    static String path(final String section, final String label) {
        return (section.isEmpty() ? "" : section + '.') + (label.isEmpty() ? "\"\"" : Shown.plain(label, 60));
    }

    static String explain(final String section, final String label) {
        return explain(section, section, label);
    }

    /** @param place that it stands below, as messages show it */
    static String explain(final String place, final String section, final String label) {
        final String unknown = "there is no key " + path(place, label);
        final String near = Nearest.of(label, ConfigKey.in(section).keySet());
        if (near != null) {
            return unknown + "; did you mean " + (section.isEmpty() && near.equals(BRIDGE) ? "[bridge.NAME]" : near) + '?';
        }
        final String elsewhere = elsewhere(section, label);
        if (elsewhere != null) {
            return unknown + "; " + elsewhere;
        }
        return unknown + "; " + (section.isEmpty()
                ? "there are profile and the sections [" + String.join("], [", ConfigKey.SECTIONS) + "], [bridge.NAME]"
                : '[' + section + (section.equals(BRIDGE) ? ".NAME" : "") + "] has " + String.join(", ", ConfigKey.in(section).keySet()));
    }

    private static String elsewhere(final String section, final String label) {
        if (section.isEmpty()) {
            final ConfigKey dotted = ConfigKey.of(label);
            if (dotted != null) {
                return "write " + dotted.label() + " below [" + dotted.section() + "], or " + dotted.path() + " without quotes";
            }
            final String nearSection = Nearest.of(label, ConfigKey.SECTIONS);
            if (nearSection != null) {
                return "did you mean [" + nearSection + "]?";
            }
        }
        final List<String> labels = new ArrayList<>();
        for (final ConfigKey key : ConfigKey.settings()) {
            labels.add(key.label());
        }
        final String near = Nearest.of(label, labels);
        if (near == null) {
            return null;
        }
        for (final ConfigKey key : ConfigKey.settings()) {
            if (key.label().equals(near)) {
                return "did you mean " + (key.section().isEmpty() ? key.path() + ", above all sections?"
                        : key.label() + " of [" + key.section() + "]?");
            }
        }
        return null;
    }

    /** For names with their sections, as code has them. */
    static String explainPath(final String path) {
        final int dot = path.lastIndexOf('.');
        final String section = dot < 0 ? "" : path.substring(0, dot);
        final Map<String, ConfigKey> known = ConfigKey.in(section);
        return known.isEmpty() ? explain("", path) : explain(section, path.substring(dot + 1));
    }
}
