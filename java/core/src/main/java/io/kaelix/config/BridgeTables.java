// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.tomlj.TomlElement;
import org.tomlj.TomlKeyValue;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** The bridges of a file, each a table below {@code [bridge.NAME]}. */
final class BridgeTables {

    private static final String BRIDGES = ConfigKey.BRIDGE.label();

    private final Draft draft;
    private final BiFunction<TomlElement, TomlPosition, Origin> places;

    private BridgeTables(final Draft draft, final BiFunction<TomlElement, TomlPosition, Origin> places) {
        this.draft = draft;
        this.places = places;
    }

    /**
     * Lays them over a draft.
     *
     * @param entry whose key is {@code bridge}
     * @param places where a value stands, or else its key
     */
    static void apply(final Draft draft, final TomlKeyValue entry, final BiFunction<TomlElement, TomlPosition, Origin> places) {
        new BridgeTables(draft, places).all(entry);
    }

    private void all(final TomlKeyValue entry) {
        if (!(entry.value().get() instanceof TomlTable table)) {
            draft.refuse(ConfigKey.BRIDGE, at(entry), "bridge must be " + ConfigKey.BRIDGE.range() + ", not "
                    + Shown.value(Written.of(entry.value().get())));
            return;
        }
        final List<BridgeConfig> bridges = new ArrayList<>();
        for (final TomlElement element : table.elements()) {
            if (element instanceof TomlKeyValue bridge) {
                one(bridge, bridges);
            }
        }
        if (draft.isGood(ConfigKey.BRIDGE)) {
            draft.take(ConfigKey.BRIDGE, bridges, at(entry));
        }
    }

    private void one(final TomlKeyValue entry, final List<BridgeConfig> bridges) {
        final String name = Shown.plain(entry.key(), 60);
        if (!(entry.value().get() instanceof TomlTable table)) {
            draft.refuse(ConfigKey.BRIDGE, at(entry), "bridge." + name + (ConfigKey.in(BRIDGES).containsKey(entry.key())
                    ? " is of one bridge, and each has a name: write [bridge.NAME] above its keys"
                    : " must be a table, not " + Shown.value(Written.of(entry.value().get())) + ": write [bridge." + name
                            + "] and its keys below"));
            return;
        }
        final Map<ConfigKey, Object> good = new EnumMap<>(ConfigKey.class);
        final Map<ConfigKey, Origin> set = new EnumMap<>(ConfigKey.class);
        for (final TomlElement element : table.elements()) {
            if (element instanceof TomlKeyValue setting) {
                take(name, setting, good, set);
            }
        }
        final boolean[] isWrong = {good.size() < set.size()};
        BridgeRules.find(entry.key(), good, set::containsKey, (key, text) -> {
            isWrong[0] = true;
            draft.refuse(ConfigKey.BRIDGE, set.getOrDefault(key == null ? ConfigKey.BRIDGE : key, at(entry)), text);
        });
        if (!isWrong[0]) {
            bridges.add(BridgeConfig.of(entry.key(), new BridgeRules.Values(good)));
        }
    }

    private void take(final String name, final TomlKeyValue setting, final Map<ConfigKey, Object> good, final Map<ConfigKey, Origin> set) {
        final ConfigKey key = ConfigKey.in(BRIDGES).get(setting.key());
        if (key == null) {
            draft.refuse(ConfigKey.BRIDGE, at(setting), UnknownKey.explain(BRIDGES + '.' + name, BRIDGES, setting.key()));
            return;
        }
        final Origin origin = places.apply(setting, setting.value().position());
        set.put(key, origin);
        final Object value = key.rule().value(Written.of(setting.value().get()));
        if (value instanceof ValueRule.Refusal refusal) {
            draft.refuse(ConfigKey.BRIDGE, origin, "bridge." + name + '.' + key.label() + " must be " + refusal.text());
        } else {
            good.put(key, value);
        }
    }

    private Origin at(final TomlElement element) {
        return places.apply(element, null);
    }
}
