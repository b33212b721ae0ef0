// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.rig.Results.Latency;
import io.kaelix.bench.rig.Results.Percentiles;
import io.kaelix.bench.scenario.Catalogue.Entry;
import io.kaelix.bench.trial.EncodedHistogram;
import io.kaelix.bench.trial.LatencyOutcome;
import io.kaelix.bench.trial.Trial;
import io.kaelix.bench.trial.TrialRequest;
import io.kaelix.bench.trial.TrialRequest.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.HdrHistogram.Histogram;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Time on the way of every entry at every payload, to and fro and under load, beside the C ring. */
final class LatencyRun {

    private final Rig rig;
    private final List<Kind> kinds;
    private final long rate;
    private final HistogramFiles files;

    /**
     * @param kinds of latency
     * @param rate messages a second of the paced one
     */
    LatencyRun(final Rig rig, final List<Kind> kinds, final long rate, final HistogramFiles files) {
        this.rig = rig;
        this.kinds = kinds;
        this.rate = rate;
        this.files = files;
    }

    /** Measures; rows in the order of the kinds, payloads and entries, the floor last in each. */
    List<Latency> rows(final List<Entry> entries, final List<Integer> payloads, final List<Results.Failure> failures)
            throws InterruptedException {
        return rows(new Rounds<>(plan(entries, payloads), rig.rounds(), LatencyRun::summary, rig.progress()).run(), failures);
    }

    /** One round, in order. */
    List<Probe<LatencySample>> plan(final List<Entry> entries, final List<Integer> payloads) {
        final List<Probe<LatencySample>> plan = new ArrayList<>();
        for (final Kind kind : kinds) {
            for (final int payload : payloads) {
                entries.forEach(entry -> plan.add(probe(kind, entry, payload)));
                if (rig.floors() != null) {
                    plan.add(kind == Kind.PACED
                            ? rig.floors().paced(payload, rig.seconds(), rig.warmup(), rate, files)
                            : rig.floors().pingPong(payload, rig.seconds(), rig.warmup(), files));
                }
            }
        }
        return plan;
    }

    private Probe<LatencySample> probe(final Kind kind, final Entry entry, final int payload) {
        final TrialRequest request = new TrialRequest(kind, entry.system(), entry.mode(), payload, rig.seconds(), rig.warmup(),
                rig.cpusFor(entry), kind == Kind.PACED ? rate : 0);
        final List<String> command = JavaCommand.of(entry.jvmOptions(), request);
        return new Probe<>(entry.system(), entry.mode(), kind.label(), payload, 1, 1, entry.version(), round -> {
            final String line = rig.children().run(command, rig.timeoutSeconds(), Trial.FAILED);
            final LatencySample sample = sample(line);
            final Path file = files.ofRound(kind.label(), entry.system(), entry.mode(), payload, round);
            if (file != null) {
                write(file, sample.histogram());
            }
            return sample;
        });
    }

    private static LatencySample sample(final String line) throws TrialFailure {
        try {
            final LatencyOutcome outcome = JsonMapper.shared().readValue(line, LatencyOutcome.class);
            final Histogram all = EncodedHistogram.decode(outcome.all());
            final Histogram quiet = outcome.quiet() == null ? null : EncodedHistogram.decode(outcome.quiet());
            final boolean anyQuiet = quiet != null && quiet.getTotalCount() > 0;
            return new LatencySample(Medians.percentiles(all), anyQuiet ? Medians.percentiles(quiet) : null,
                    anyQuiet ? (double) quiet.getTotalCount() / all.getTotalCount() : 0, all, outcome.allocatedPerMessage(),
                    outcome.settings());
        } catch (final JacksonException | IllegalArgumentException e) {
            throw new TrialFailure("it printed no outcome: " + line, "");
        }
    }

    private static String summary(final LatencySample sample) {
        return String.format(Locale.ROOT, "p50 %d ns, p99 %d ns, max %d ns", sample.all().p50(), sample.all().p99(), sample.all().max());
    }

    /** Medians over the rounds; writes the rounds' sums. */
    List<Latency> rows(final List<Rounds.Series<LatencySample>> series, final List<Results.Failure> failures) {
        final Map<Probe<LatencySample>, List<LatencySample>> found = Rig.succeeded(series, failures);
        final Map<String, List<Double>> floors = new HashMap<>();
        found.forEach((probe, samples) -> {
            if (probe.system().equals(Floors.SYSTEM)) {
                floors.put(floorKey(probe), p50(samples));
            }
        });
        final List<Latency> rows = new ArrayList<>();
        found.forEach((probe, samples) -> rows.add(row(probe, samples, floors.get(floorKey(probe)))));
        return rows;
    }

    private Latency row(final Probe<LatencySample> probe, final List<LatencySample> samples, final List<Double> floor) {
        final List<Percentiles> quiet = samples.stream().map(LatencySample::quiet).filter(Objects::nonNull).toList();
        final Path file = files.ofAllRounds(probe.kind(), probe.system(), probe.mode(), probe.payload());
        if (file != null) {
            write(file, HistogramFiles.sum(samples.stream().map(LatencySample::histogram).toList()));
        }
        return new Latency(probe.system(), probe.kind(), probe.mode(), probe.payload(),
                probe.kind().equals(Kind.PACED.label()) ? rate : 0,
                Medians.ofPercentiles(samples.stream().map(LatencySample::all).toList()), quiet.isEmpty() ? null : Medians.ofPercentiles(quiet),
                Medians.of(samples.stream().map(LatencySample::quietFraction).toList()),
                floor == null ? 0 : Medians.ofRatios(p50(samples), floor), file == null ? null : file.getFileName().toString(),
                probe.version(), samples.get(0).settings(),
                Medians.of(samples.stream().map(LatencySample::allocatedPerMessage).toList()));
    }

    private static List<Double> p50(final List<LatencySample> samples) {
        return samples.stream().map(sample -> (double) sample.all().p50()).toList();
    }

    private static String floorKey(final Probe<?> probe) {
        return probe.kind() + ' ' + probe.payload();
    }

    private static void write(final Path file, final Histogram histogram) {
        try {
            HistogramFiles.write(file, histogram);
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }
}
