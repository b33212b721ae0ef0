// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.scenario.Catalogue;
import java.util.LinkedHashSet;
import java.util.Set;
import picocli.CommandLine.IVersionProvider;

/** What is compared: every system with its version. */
public final class Version implements IVersionProvider {

    private static final String KAELIX = "kaelix";

    @Override
    public String[] getVersion() {
        final Set<String> lines = new LinkedHashSet<>();
        Catalogue.entries().forEach(entry -> lines.add(entry.system() + " " + entry.version()));
        return lines.toArray(String[]::new);
    }

    /** Of the library under test. */
    static String ofKaelix() {
        return Catalogue.entries().stream().filter(entry -> entry.system().equals(KAELIX)).findFirst()
                .map(Catalogue.Entry::version).orElseThrow(() -> new IllegalStateException("the catalogue has no " + KAELIX));
    }
}
