// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.rig.Results.Throughput;
import io.kaelix.bench.scenario.Catalogue.Entry;
import io.kaelix.bench.trial.ThroughputOutcome;
import io.kaelix.bench.trial.Trial;
import io.kaelix.bench.trial.TrialRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Messages a second of every entry at every payload, beside the C ring. */
final class ThroughputRun {

    private static final double MILLION = 1e6;

    private final Rig rig;

    ThroughputRun(final Rig rig) {
        this.rig = rig;
    }

    /** Measures; rows in the order of the entries for one payload after the other, the floors last. */
    List<Throughput> rows(final List<Entry> entries, final List<Integer> payloads, final List<Results.Failure> failures)
            throws InterruptedException {
        return rows(new Rounds<>(plan(entries, payloads), rig.rounds(), ThroughputRun::summary, rig.progress()).run(), failures);
    }

    /** One round, in order. */
    List<Probe<ThroughputOutcome>> plan(final List<Entry> entries, final List<Integer> payloads) {
        final List<Probe<ThroughputOutcome>> plan = new ArrayList<>();
        for (final int payload : payloads) {
            entries.forEach(entry -> plan.add(probe(entry, payload)));
            if (rig.floors() != null) {
                for (final String mode : Rig.floorModes(entries)) {
                    plan.add(rig.floors().ring(mode, payload, rig.seconds(), rig.warmup()));
                    plan.add(rig.floors().prefetchingRing(mode, payload, rig.seconds(), rig.warmup()));
                }
            }
        }
        return plan;
    }

    /** Of one entry. */
    Probe<ThroughputOutcome> probe(final Entry entry, final int payload) {
        final TrialRequest request = new TrialRequest(TrialRequest.Kind.THROUGHPUT, entry.system(), entry.mode(), payload, rig.seconds(),
                rig.warmup(), rig.cpusFor(entry), 0);
        final List<String> command = JavaCommand.of(entry.jvmOptions(), request);
        return new Probe<>(entry.system(), entry.mode(), request.kind().label(), payload, entry.publishers(), entry.subscribers(),
                entry.version(), round -> {
            final String line = rig.children().run(command, rig.timeoutSeconds(), Trial.FAILED);
            try {
                return JsonMapper.shared().readValue(line, ThroughputOutcome.class);
            } catch (final JacksonException e) {
                throw new TrialFailure("it printed no outcome: " + line, "");
            }
        });
    }

    /** For progress. */
    static String summary(final ThroughputOutcome outcome) {
        return String.format(Locale.ROOT, "%.2f M/s", outcome.perSecond() / MILLION);
    }

    /** Medians and the spread. */
    static List<Throughput> rows(final List<Rounds.Series<ThroughputOutcome>> series, final List<Results.Failure> failures) {
        final Map<Probe<ThroughputOutcome>, List<ThroughputOutcome>> found = Rig.succeeded(series, failures);
        final Map<String, List<Double>> floors = new HashMap<>();
        found.forEach((probe, outcomes) -> {
            if (probe.system().equals(Floors.SYSTEM)) {
                floors.put(key(probe, probe.mode()), perSecond(outcomes));
            }
        });
        final List<Throughput> rows = new ArrayList<>();
        found.forEach((probe, outcomes) -> {
            final List<Double> perSecond = perSecond(outcomes);
            final List<Double> floor = floors.get(key(probe, Floors.modeFor(probe.mode())));
            rows.add(new Throughput(probe.system(), probe.mode(), probe.payload(), probe.publishers(), probe.subscribers(),
                    Medians.of(perSecond), perSecond.stream().min(Double::compare).orElseThrow(),
                    perSecond.stream().max(Double::compare).orElseThrow(), perSecond,
                    floor == null ? 0 : Medians.ofRatios(perSecond, floor),
                    Medians.of(outcomes.stream().map(ThroughputOutcome::lostFraction).toList()), probe.version(),
                    outcomes.get(0).settings(),
                    Medians.of(outcomes.stream().map(ThroughputOutcome::allocatedPerMessage).toList())));
        });
        return rows;
    }

    private static List<Double> perSecond(final List<ThroughputOutcome> outcomes) {
        return outcomes.stream().map(ThroughputOutcome::perSecond).toList();
    }

    private static String key(final Probe<?> probe, final String mode) {
        return mode + ' ' + probe.payload();
    }
}
