// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.remote.Figures;
import io.kaelix.bench.remote.Exchange;
import io.kaelix.bench.remote.Outcome;
import io.kaelix.bench.remote.RemoteTrial;
import io.kaelix.bench.remote.Request;
import io.kaelix.bench.remote.Subject;
import io.kaelix.bench.rig.RemoteResult.Row;
import io.kaelix.bench.rig.SchedulerResult.Spread;
import io.kaelix.bench.scheduler.Figure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Measures systems between two processes, and what is measured beside them, in rounds. */
final class RemoteRun {

    /** What C does. */
    static final String FLOOR = "floor";
    /** The same with messages whose every word is written and read. */
    static final String FLOOR_MESSAGES = "floor-messages";

    /** What a trial takes beyond its seconds: a gibibyte by a slow system, a thousand connections, a second JVM. */
    private static final double PATIENCE_SECONDS = 90;

    private final Rig rig;
    private final boolean isAlone;
    private final long bytes;
    private final int connections;

    /**
     * @param isAlone whether peers are left out
     * @param bytes that are measured at the least in mode bulk
     * @param connections that are made at once
     */
    RemoteRun(final Rig rig, final boolean isAlone, final long bytes, final int connections) {
        this.rig = rig;
        this.isAlone = isAlone;
        this.bytes = bytes;
        this.connections = connections;
    }

    /** Something that finds figures. */
    @FunctionalInterface
    interface Measurement {

        Map<String, Double> take() throws TrialFailure, InterruptedException;
    }

    /** A probe for each system of these that has the mode. */
    List<Probe<Outcome>> systems(final Exchange mode, final List<Subject> subjects) {
        final List<Probe<Outcome>> plan = new ArrayList<>();
        for (final Subject subject : subjects) {
            if (subject.has(mode) && (subject.isOwn() || !isAlone)) {
                plan.add(probe(mode, subject));
            }
        }
        return plan;
    }

    private Probe<Outcome> probe(final Exchange mode, final Subject subject) {
        final Request request = new Request(mode, subject, mode.payload(), rig.seconds(), rig.warmup(), rig.cpus(),
                mode == Exchange.BULK ? bytes : 0, connections);
        final List<String> command = JavaCommand.ofMain(RemoteTrial.class, subject.jvmOptions(), request.toArguments());
        return new Probe<>(subject.label(), mode.label(), "remote", mode.payload(), 1, 1, subject.version(), round -> {
            final String line = rig.children().run(command, rig.timeoutSeconds() + PATIENCE_SECONDS, RemoteTrial.FAILED);
            try {
                return JsonMapper.shared().readValue(line, Outcome.class);
            } catch (final JacksonException e) {
                throw new TrialFailure("it printed no outcome: " + line, "");
            }
        });
    }

    /** What TCP does in C in the same mode. */
    List<Probe<Outcome>> tcp(final Exchange mode) {
        if (rig.floors() == null) {
            return List.of();
        }
        final TcpFloors floors = floors();
        return switch (mode) {
            case PING_PONG -> List.of(beside(FLOOR, mode, "C", "TCP, sockets that never block, polled",
                    () -> floors.pingPong(mode.payload())));
            case STREAM, BULK -> List.of(
                    beside(FLOOR, mode, "C", "TCP, bytes in writes of 64 KiB", floors::bulk),
                    beside(FLOOR_MESSAGES, mode, "C", "TCP, writes of 64 KiB, every word of every message written and read",
                            () -> floors.stream(mode.payload())));
            case CONNECT -> List.of(beside(FLOOR, mode, "C", "TCP, no handshake of its own; the server polls",
                    () -> floors.connect(connections)));
            default -> List.of();
        };
    }

    /** What C does; only where the program is there. */
    TcpFloors floors() {
        return new TcpFloors(rig.floors(), rig.seconds(), rig.warmup());
    }

    /** Something else beside. */
    static Probe<Outcome> beside(final String system, final Exchange mode, final String version, final String settings,
            final Measurement measurement) {
        return new Probe<>(system, mode.label(), "remote", mode.payload(), 1, 1, version,
                round -> new Outcome(measurement.take(), settings));
    }

    /** Runs them. */
    List<Row> rows(final List<Probe<Outcome>> plan, final List<Results.Failure> failures) throws InterruptedException {
        return toRows(new Rounds<>(plan, rig.rounds(), RemoteRun::summary, rig.progress()).run(), failures);
    }

    private static String summary(final Outcome outcome) {
        final List<String> said = new ArrayList<>();
        for (final Figure figure : Figures.all()) {
            final Double value = outcome.figures().get(figure.name());
            if (value != null) {
                said.add(figure.title() + " " + figure.print(value));
            }
        }
        return String.join(", ", said);
    }

    /** Medians over the rounds. */
    static List<Row> toRows(final List<Rounds.Series<Outcome>> series, final List<Results.Failure> failures) {
        final List<Row> rows = new ArrayList<>();
        Rig.succeeded(series, failures).forEach((probe, outcomes) -> {
            final Map<String, List<Double>> found = new LinkedHashMap<>();
            for (final Figure figure : Figures.all()) {
                for (final Outcome outcome : outcomes) {
                    final Double value = outcome.figures().get(figure.name());
                    if (value != null) {
                        found.computeIfAbsent(figure.name(), name -> new ArrayList<>()).add(value);
                    }
                }
            }
            final Map<String, Spread> figures = new LinkedHashMap<>();
            found.forEach((name, values) -> figures.put(name, Spread.of(values)));
            rows.add(new Row(probe.mode(), probe.system(), probe.version(), probe.payload(), figures, outcomes.get(0).settings()));
        });
        return rows;
    }
}
