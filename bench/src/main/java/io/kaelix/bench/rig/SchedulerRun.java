// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.rig.SchedulerResult.Row;
import io.kaelix.bench.rig.SchedulerResult.Spread;
import io.kaelix.bench.scheduler.Figure;
import io.kaelix.bench.scheduler.Figures;
import io.kaelix.bench.scheduler.Mode;
import io.kaelix.bench.scheduler.SchedulerOutcome;
import io.kaelix.bench.scheduler.SchedulerRequest;
import io.kaelix.bench.scheduler.SchedulerTrial;
import io.kaelix.bench.scheduler.Subject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Every system in every mode it has, beside the floors. */
final class SchedulerRun {

    private static final long TASKS_PER_SECOND = 50_000;
    /** What a trial takes beyond its seconds: a system that grows its trees slowly, silences. */
    private static final double PATIENCE_SECONDS = 150;
    private static final double SILENCE_SECONDS = 1.5;

    private final Rig rig;
    private final int silences;
    private final int treeTasks;

    SchedulerRun(final Rig rig, final int silences, final int treeTasks) {
        this.rig = rig;
        this.silences = silences;
        this.treeTasks = treeTasks;
    }

    /** Measures; in the order of the modes, workers and systems, the floors last in each. */
    List<Row> rows(final List<Mode> modes, final List<Results.Failure> failures) throws InterruptedException {
        return toRows(new Rounds<>(plan(modes), rig.rounds(), SchedulerRun::summary, rig.progress()).run(), failures);
    }

    /** One round, in order. */
    List<Probe<SchedulerOutcome>> plan(final List<Mode> modes) {
        final List<Probe<SchedulerOutcome>> plan = new ArrayList<>();
        for (final Mode mode : modes) {
            for (final int workers : mode.workers()) {
                for (final Subject subject : Subject.values()) {
                    if (subject.has(mode)) {
                        plan.add(probe(mode, workers, subject));
                    }
                }
            }
            if (mode == Mode.PACED && rig.floors() != null) {
                plan.add(floor(mode, SchedulerGoals.FLOOR, "a worker in C that spins",
                        () -> rig.floors().tasks(TASKS_PER_SECOND, rig.seconds(), rig.warmup())));
                plan.add(floor(mode, SchedulerGoals.HAND_OFF, "a line handed over, in C",
                        () -> Map.of(Figures.CALL_P50.name(), rig.floors().handOff(rig.seconds()))));
            }
        }
        return plan;
    }

    private Probe<SchedulerOutcome> probe(final Mode mode, final int workers, final Subject subject) {
        final SchedulerRequest request = new SchedulerRequest(mode, subject, workers, rig.seconds(), rig.warmup(), rig.cpus(), silences,
                subject.treeTasks(treeTasks));
        final List<String> command = JavaCommand.ofMain(SchedulerTrial.class, subject.jvmOptions(workers), request.toArguments());
        final double timeout = rig.timeoutSeconds() + PATIENCE_SECONDS + silences * SILENCE_SECONDS;
        return new Probe<>(subject.label(), mode.label(), kind(workers), 0, 1, workers, "", round -> {
            final String line = rig.children().run(command, timeout, SchedulerTrial.FAILED);
            try {
                return JsonMapper.shared().readValue(line, SchedulerOutcome.class);
            } catch (final JacksonException e) {
                throw new TrialFailure("it printed no outcome: " + line, "");
            }
        });
    }

    /** Something in C that finds figures. */
    @FunctionalInterface
    private interface Measurement {

        Map<String, Double> take() throws TrialFailure, InterruptedException;
    }

    private static Probe<SchedulerOutcome> floor(final Mode mode, final String system, final String settings,
            final Measurement measurement) {
        return new Probe<>(system, mode.label(), kind(1), 0, 1, 1, "", round -> new SchedulerOutcome(measurement.take(), settings));
    }

    private static String kind(final int workers) {
        return workers == 1 ? "1 worker" : workers + " workers";
    }

    private static String summary(final SchedulerOutcome outcome) {
        final List<String> said = new ArrayList<>();
        for (final Figure figure : Figures.all()) {
            final Double value = outcome.figures().get(figure.name());
            if (value != null && said.size() < 3) {
                said.add(figure.title() + " " + figure.print(value));
            }
        }
        return String.join(", ", said);
    }

    /** Medians over the rounds. */
    static List<Row> toRows(final List<Rounds.Series<SchedulerOutcome>> series, final List<Results.Failure> failures) {
        final List<Row> rows = new ArrayList<>();
        Rig.succeeded(series, failures).forEach((probe, outcomes) -> {
            final Map<String, List<Double>> found = new LinkedHashMap<>();
            for (final SchedulerOutcome outcome : outcomes) {
                outcome.figures().forEach((name, value) -> found.computeIfAbsent(name, key -> new ArrayList<>()).add(value));
            }
            final Map<String, Spread> figures = new LinkedHashMap<>();
            found.forEach((name, values) -> figures.put(name, Spread.of(values)));
            rows.add(new Row(probe.mode(), probe.system(), probe.subscribers(), figures, outcomes.get(0).settings()));
        });
        return rows;
    }
}
