// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.config;

import io.kaelix.config.KaelixConfig;
import io.kaelix.config.Setting;
import java.util.List;

/** A configuration as the file that would make it, with where each value came from as a comment behind it. */
public final class SettingsText {

    private static final int WIDEST = 48;

    private SettingsText() {
    }

    /** The lines, each ended. */
    public static String of(final KaelixConfig config) {
        final List<Setting> settings = config.settings();
        final int width = settings.stream().mapToInt(setting -> assignment(setting).length()).filter(length -> length <= WIDEST).max()
                .orElse(0);
        final StringBuilder text = new StringBuilder();
        String section = "";
        for (final Setting setting : settings) {
            if (!setting.key().section().equals(section)) {
                section = setting.key().section();
                text.append("\n[").append(section).append("]\n");
            }
            final String assignment = assignment(setting);
            text.append(assignment).repeat(' ', Math.max(0, width - assignment.length()))
                    .append("  # ").append(setting.origin()).append('\n');
        }
        return text.toString();
    }

    private static String assignment(final Setting setting) {
        return setting.key().label() + " = " + setting.text();
    }
}
