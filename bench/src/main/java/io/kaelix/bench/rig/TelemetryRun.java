// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.rig.Results.Failure;
import io.kaelix.bench.rig.TelemetryResult.Row;
import io.kaelix.bench.scenario.Catalogue;
import io.kaelix.bench.scenario.Catalogue.Entry;
import io.kaelix.bench.trial.ThroughputOutcome;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages a second with all telemetry and without, in pairs.
 *
 * <pre>
 *   round 1   without  with  [without again]        of each mode
 *   round 2   [without again]  with  without
 * </pre>
 */
final class TelemetryRun {

    private final Rig rig;
    private final int payload;
    private final boolean withFloor;

    /** @param withFloor whether the one without is also compared with itself */
    TelemetryRun(final Rig rig, final int payload, final boolean withFloor) {
        this.rig = rig;
        this.payload = payload;
        this.withFloor = withFloor;
    }

    /** Measures; a mode of which a trial failed has no row. */
    List<Row> rows(final List<String> modes, final List<Failure> failures) throws InterruptedException {
        return rows(Rounds.mirrored(plan(modes), group(), rig.rounds(), ThroughputRun::summary, rig.progress()).run(), group(), failures);
    }

    private int group() {
        return withFloor ? 3 : 2;
    }

    /** One round, in the order of its first: a group for each mode. */
    List<Probe<ThroughputOutcome>> plan(final List<String> modes) {
        final ThroughputRun run = new ThroughputRun(rig);
        final List<Probe<ThroughputOutcome>> plan = new ArrayList<>();
        for (final String mode : modes) {
            plan.add(run.probe(entry(Catalogue.KAELIX, mode), payload));
            plan.add(run.probe(entry(Catalogue.OBSERVED, mode), payload));
            if (withFloor) {
                plan.add(run.probe(entry(Catalogue.KAELIX, mode), payload));
            }
        }
        return plan;
    }

    private static Entry entry(final String system, final String mode) {
        return Catalogue.everything().stream().filter(entry -> entry.system().equals(system) && entry.mode().equals(mode)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the catalogue has no " + system + " in mode " + mode));
    }

    /** The first of each group beside each other one. */
    static List<Row> rows(final List<Rounds.Series<ThroughputOutcome>> series, final int group, final List<Failure> failures) {
        final List<Row> rows = new ArrayList<>();
        for (int start = 0; start < series.size(); start += group) {
            final List<Rounds.Series<ThroughputOutcome>> together = series.subList(start, start + group);
            together.stream().filter(Rounds.Series::failed)
                    .forEach(failed -> failures.add(new Failure(failed.probe().label(), failed.failure())));
            final Rounds.Series<ThroughputOutcome> first = together.get(0);
            for (final Rounds.Series<ThroughputOutcome> second : together.subList(1, group)) {
                if (!first.failed() && !second.failed()) {
                    rows.add(Row.of(first.probe().mode(), first.probe().system(), second.probe().system(), perSecond(first),
                            perSecond(second), second.found().get(0).settings()));
                }
            }
        }
        return rows;
    }

    private static List<Double> perSecond(final Rounds.Series<ThroughputOutcome> series) {
        return series.found().stream().map(ThroughputOutcome::perSecond).toList();
    }
}
