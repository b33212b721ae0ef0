// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.platform.Platforms;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kaelix bench floors}. */
@Command(name = "floors", mixinStandardHelpOptions = true, versionProvider = Version.class,
        description = "Measures what the machine itself can do, by a C program: a cache line handed over, gaps, memory copied, TCP on "
                + "loopback.",
        footer = {"", "Exit status: 0 all was measured, 1 something failed, 2 wrong usage."})
public final class FloorsCommand implements Callable<Integer> {

    @Option(names = "--json", description = "Print the figures as JSON on standard output.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        final Floors floors = new Floors(Floors.locate(), new Children(), Platforms.current().affinity().stream().boxed().toList());
        if (floors.missing() != null) {
            System.err.println("kaelix: " + floors.missing());
            return 1;
        }
        try {
            final Map<String, Object> found = floors.once();
            System.out.print(json ? ResultsJson.of(found) : TextReport.ofFloors(found));
            System.out.flush();
            return 0;
        } catch (final TrialFailure e) {
            System.err.println("kaelix: the floors failed: " + e.getMessage());
            return 1;
        }
    }
}
