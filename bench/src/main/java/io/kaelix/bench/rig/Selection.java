// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.scenario.Catalogue.Entry;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Which entries of the catalogue a command line names. */
final class Selection {

    private Selection() {
    }

    /**
     * Chooses.
     *
     * @param entries there are
     * @param systems wanted, empty for all
     * @param modes wanted, empty for all; a system that has none of them is left out, unless it was asked for by name
     * @throws IllegalArgumentException for a name that nothing has; the message names what there is
     */
    static List<Entry> choose(final List<Entry> entries, final List<String> systems, final List<String> modes) {
        requireKnown("system", systems, names(entries, Entry::system));
        requireKnown("mode", modes, names(entries, Entry::mode));
        final List<Entry> chosen = new ArrayList<>();
        for (final Entry entry : entries) {
            if ((systems.isEmpty() || systems.contains(entry.system())) && (modes.isEmpty() || modes.contains(entry.mode()))) {
                chosen.add(entry);
            }
        }
        for (final String system : systems) {
            if (!names(chosen, Entry::system).contains(system)) {
                throw new IllegalArgumentException(system + " has no mode " + String.join(" or ", modes) + "; it has "
                        + String.join(", ", names(entries.stream().filter(entry -> entry.system().equals(system)).toList(), Entry::mode)));
            }
        }
        return chosen;
    }

    private static void requireKnown(final String what, final List<String> wanted, final Set<String> known) {
        for (final String name : wanted) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("no " + what + " '" + name + "'; there are " + String.join(", ", known));
            }
        }
    }

    private static Set<String> names(final List<Entry> entries, final Function<Entry, String> name) {
        final Set<String> names = new LinkedHashSet<>();
        entries.forEach(entry -> names.add(name.apply(entry)));
        return names;
    }
}
