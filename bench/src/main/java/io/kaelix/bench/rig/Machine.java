// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.MemoryStreamer;
import io.kaelix.Placement;
import io.kaelix.bench.rig.Results.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the figures were measured on. */
final class Machine {

    private static final Path CPU_LIST = Path.of("/proc/cpuinfo");

    private Machine() {
    }

    /**
     * Looks at the machine, and at the memory that a streamer gets on it.
     *
     * @param cpus for the threads under test
     * @param kaelix version of the library
     */
    static Environment look(final int cpus, final String kaelix) {
        try (MemoryStreamer streamer = MemoryStreamer.launch()) {
            final Placement placement = streamer.placement();
            return new Environment(cpuModel(), cpus, property("os.name") + " " + property("os.version") + " " + property("os.arch"),
                    property("java.vm.name") + " " + property("java.vm.version"), placement.isa(), placement.pageBytes(),
                    placement.node(), kaelix);
        }
    }

    private static String cpuModel() {
        try {
            return cpuModel(Files.readString(CPU_LIST));
        } catch (final IOException e) {
            return property("os.arch");
        }
    }

    /** The first model name; the architecture where the kernel gives no name, as on ARM. */
    static String cpuModel(final String cpuList) {
        return cpuList.lines()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(property("os.arch"));
    }

    private static String property(final String name) {
        return System.getProperty(name);
    }
}
