// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.trial.BackpressureTrial;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code kaelix bench backpressure}. */
@Command(name = "backpressure", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = "Measures how soon a publisher learns that its lane is full, and that a subscriber made room, beside a line handed over.",
        footer = {"", "Exit status: 0 all was measured, 1 something failed, 2 wrong usage."})
public final class BackpressureCommand implements Callable<Integer> {

    private static final int MAX_ROUNDS = 1000;
    private static final int MAX_TIMES = 10_000_000;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Of which medians are taken. Default: 5.")
    private int rounds;

    @Option(names = "--times", paramLabel = "N", defaultValue = "20000", description = "Of each in a round, taken in turn. Default: 20000.")
    private int times;

    @Option(names = "--json", description = "Print the figures as JSON on standard output.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        requireRange("--rounds", rounds, MAX_ROUNDS);
        requireRange("--times", times, MAX_TIMES);
        final List<Histogram> refused = new ArrayList<>();
        final List<Histogram> freed = new ArrayList<>();
        final List<Histogram> handOff = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            System.err.println("[" + round + "/" + rounds + "]");
            final BackpressureTrial trial = new BackpressureTrial();
            trial.run(times);
            refused.add(trial.refused);
            freed.add(trial.freed);
            handOff.add(trial.handOff);
        }
        final Map<String, Object> found = new LinkedHashMap<>();
        put(found, "handOff", handOff);
        put(found, "refused", refused);
        put(found, "freed", freed);
        found.put("refusedAboveFloorP50Nanos", aboveFloor(refused, handOff));
        found.put("freedAboveFloorP50Nanos", aboveFloor(freed, handOff));
        System.out.print(json ? ResultsJson.of(found) : text(found));
        System.out.flush();
        return 0;
    }

    private void requireRange(final String option, final int value, final int most) {
        if (value < 1 || value > most) {
            throw new ParameterException(spec.commandLine(), option + " is a number from 1 to " + most + ", not " + value);
        }
    }

    private static void put(final Map<String, Object> found, final String name, final List<Histogram> histograms) {
        found.put(name + "P50Nanos", median(histograms, 50));
        found.put(name + "P99Nanos", median(histograms, 99));
    }

    private static long median(final List<Histogram> histograms, final double percentile) {
        return Math.round(Medians.of(histograms.stream().map(histogram -> (double) histogram.getValueAtPercentile(percentile)).toList()));
    }

    /** Within each round, which the machine's drift from round to round is not in. */
    private static long aboveFloor(final List<Histogram> histograms, final List<Histogram> floors) {
        final List<Double> differences = new ArrayList<>();
        for (int round = 0; round < floors.size(); round++) {
            differences.add((double) histograms.get(round).getValueAtPercentile(50) - floors.get(round).getValueAtPercentile(50));
        }
        return Math.round(Medians.of(differences));
    }

    private static String text(final Map<String, Object> found) {
        final TextTable table = new TextTable(1, "", "p50 ns", "p99 ns", "p50 above the floor");
        table.add("a line handed over (the floor)", found.get("handOffP50Nanos").toString(), found.get("handOffP99Nanos").toString(), "-");
        table.add("lane full, until BACK_PRESSURED", found.get("refusedP50Nanos").toString(), found.get("refusedP99Nanos").toString(),
                found.get("refusedAboveFloorP50Nanos").toString());
        table.add("space freed, until an offer succeeds", found.get("freedP50Nanos").toString(), found.get("freedP99Nanos").toString(),
                found.get("freedAboveFloorP50Nanos").toString());
        return table.toString();
    }
}
