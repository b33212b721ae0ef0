// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.rig.Results.Environment;
import io.kaelix.bench.rig.Results.Failure;
import io.kaelix.bench.rig.Results.Latency;
import io.kaelix.bench.scenario.Catalogue;
import io.kaelix.bench.trial.TrialRequest.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kaelix bench latency}. */
@Command(name = "latency", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = "Measures the time on the way of each system, to and fro and at a fixed rate from the intended send time, "
                + "interleaved in rounds, beside a C ring of the same protocol.",
        footer = {"", "Exit status: 0 all was measured, 1 something failed, 2 wrong usage."})
public final class LatencyCommand implements Callable<Integer> {

    private static final String PING_PONG = "ping-pong";
    private static final long DEFAULT_RATE = 1_000_000;
    private static final long MAX_RATE = 1_000_000_000;

    @Mixin
    private RunOptions options;

    @Option(names = "--rate", paramLabel = "N|ping-pong",
            description = "Messages a second, or one at a time to and fro. Default: ping-pong and 1000000, one after the other.")
    private String rate;

    @Option(names = "--modes", paramLabel = "MODE", split = ",", defaultValue = "one-by-one",
            description = "Which modes: those with one publisher and one subscriber that send a message at a time. Default: one-by-one.")
    private List<String> modes;

    @Option(names = "--warmup", paramLabel = "S", defaultValue = "2", description = "Before each trial. Default: 2.")
    private double warmup;

    @Option(names = "--hgrm", paramLabel = "DIR", description = "Writes the full distributions there: .hgrm of HdrHistogram.")
    private Path hgrm;

    @Override
    public Integer call() throws IOException, InterruptedException {
        final List<Kind> kinds = rate == null ? List.of(Kind.PING_PONG, Kind.PACED)
                : rate.equals(PING_PONG) ? List.of(Kind.PING_PONG) : List.of(Kind.PACED);
        final long perSecond = kinds.contains(Kind.PACED) ? perSecond() : 0;
        final List<Catalogue.Entry> entries = options.entries(modes);
        for (final Catalogue.Entry entry : entries) {
            if (entry.publishers() != 1 || entry.subscribers() != 1 || entry.mode().startsWith("batch-")) {
                throw options.usage("latency is measured where one publisher sends a message at a time to one subscriber, not in mode "
                        + entry.mode());
            }
        }
        if (hgrm != null && options.report() != null) {
            throw options.usage("--report writes the distributions too: leave --hgrm out");
        }
        final Rig rig = options.rig(warmup);
        final Path distributions = options.report() != null ? options.report() : hgrm;
        if (distributions != null) {
            Files.createDirectories(distributions);
        }
        final String startedAt = RunOptions.now();
        final Environment environment = Machine.look(rig.cpus().size(), Version.ofKaelix());
        final List<Failure> failures = new ArrayList<>();
        final Map<String, Object> floors = rig.floorsOnce(failures);
        final List<Latency> rows = new LatencyRun(rig, kinds, perSecond, new HistogramFiles(distributions))
                .rows(entries, options.payloads(), failures);
        final Results<Latency> results = new Results<>(options.command(), startedAt, environment, floors, rows, failures);
        return options.conclude(results, TextReport.ofLatency(results));
    }

    private long perSecond() {
        if (rate == null) {
            return DEFAULT_RATE;
        }
        try {
            final long value = Long.parseLong(rate);
            if (value >= 1 && value <= MAX_RATE) {
                return value;
            }
        } catch (final NumberFormatException ignored) {
            // Said below, together with what is out of range.
        }
        throw options.usage("--rate is " + PING_PONG + " or messages a second from 1 to " + MAX_RATE + ", not '" + rate + "'");
    }
}
