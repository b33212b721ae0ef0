// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron.lab;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The command line of a program of the lab: pairs of {@code --name value}, where a name may come several times. */
record LabOptions(Map<String, List<String>> values) {

    /** @throws IllegalArgumentException if it is no list of pairs */
    static LabOptions parse(final String... arguments) {
        final Map<String, List<String>> values = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!arguments[i].startsWith("--") || i + 1 == arguments.length) {
                throw new IllegalArgumentException("options are pairs of --name and value, not '" + arguments[i] + "'");
            }
            values.computeIfAbsent(arguments[i].substring(2), name -> new ArrayList<>()).add(arguments[i + 1]);
        }
        return new LabOptions(values);
    }

    /** All values of a name, in their order. */
    List<String> all(final String name) {
        return values.getOrDefault(name, List.of());
    }

    /** @throws IllegalArgumentException if it is not there once */
    String text(final String name) {
        final List<String> all = all(name);
        if (all.size() != 1) {
            throw new IllegalArgumentException("--" + name + " is wanted once");
        }
        return all.getFirst();
    }

    /** @throws IllegalArgumentException if it is not there once, or not a number */
    int number(final String name) {
        return Integer.parseInt(text(name));
    }
}
