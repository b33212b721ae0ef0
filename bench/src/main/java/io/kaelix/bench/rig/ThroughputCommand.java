// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.rig.Results.Environment;
import io.kaelix.bench.rig.Results.Failure;
import io.kaelix.bench.rig.Results.Throughput;
import io.kaelix.bench.scenario.Catalogue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kaelix bench throughput}. */
@Command(name = "throughput", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = "Measures messages a second of each system, interleaved in rounds, beside a C ring of the same protocol.",
        footer = {"", "Exit status: 0 all was measured, 1 something failed, 2 wrong usage."})
public final class ThroughputCommand implements Callable<Integer> {

    @Mixin
    private RunOptions options;

    @Option(names = "--modes", paramLabel = "MODE", split = ",", description = "Which modes. Default: all.")
    private List<String> modes = List.of();

    @Option(names = "--warmup", paramLabel = "S", defaultValue = "2", description = "Before each trial. Default: 2.")
    private double warmup;

    @Override
    public Integer call() throws IOException, InterruptedException {
        final List<Catalogue.Entry> entries = options.entries(modes);
        final Rig rig = options.rig(warmup);
        final String startedAt = RunOptions.now();
        final Environment environment = Machine.look(rig.cpus().size(), Version.ofKaelix());
        final List<Failure> failures = new ArrayList<>();
        final Map<String, Object> floors = rig.floorsOnce(failures);
        final List<Throughput> rows = new ThroughputRun(rig).rows(entries, options.payloads(), failures);
        final Results<Throughput> results = new Results<>(options.command(), startedAt, environment, floors, rows, failures);
        return options.conclude(results, TextReport.ofThroughput(results));
    }
}
