// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.util.ArrayList;
import java.util.List;

/**
 * What is different between two configurations. Where a value came from does not count.
 *
 * @param before the older
 * @param after the newer
 * @param changed the new values of hot keys that differ: they act at once
 * @param needRestart the new values of the other keys that differ: they act when the program is started anew
 */
public record ConfigChange(KaelixConfig before, KaelixConfig after, List<Setting> changed, List<Setting> needRestart) {

    /** Copies the lists. */
    public ConfigChange {
        changed = List.copyOf(changed);
        needRestart = List.copyOf(needRestart);
    }

    /** Compares two configurations key by key. */
    public static ConfigChange between(final KaelixConfig before, final KaelixConfig after) {
        final List<Setting> hot = new ArrayList<>();
        final List<Setting> cold = new ArrayList<>();
        for (final ConfigKey key : ConfigKey.settings()) {
            final Setting setting = after.setting(key);
            if (!before.setting(key).value().equals(setting.value())) {
                (key.hot() ? hot : cold).add(setting);
            }
        }
        return new ConfigChange(before, after, hot, cold);
    }

    /** Whether all values are the same. */
    public boolean isEmpty() {
        return changed.isEmpty() && needRestart.isEmpty();
    }
}
