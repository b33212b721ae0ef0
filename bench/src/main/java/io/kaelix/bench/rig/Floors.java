// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.rig.Results.Percentiles;
import io.kaelix.bench.scheduler.Figures;
import io.kaelix.bench.trial.ThroughputOutcome;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The C program that tells what this machine can do at best: {@code kaelix-floors MODE …}, one line of JSON.
 *
 * <p>It is found at {@code native/target/cmake/bench/floors/kaelix-floors} under the root of the checkout, or where the system property
 * {@value #PROPERTY} says.
 */
final class Floors {

    /** Where the executable is. */
    static final String PROPERTY = "kaelix.bench.floors";

    /** What rows of the floors have for a system. */
    static final String SYSTEM = "floor";

    private static final String EXECUTABLE = "native/target/cmake/bench/floors/kaelix-floors";
    private static final String ERROR = "kaelix-floors: ";
    private static final String SETTINGS = "C ring of the lane's protocol";
    private static final String UNBATCHED = "one-by-one";
    private static final String BATCH = "batch-";
    /** From bench/target/classes, or a jar in its place, to the root. */
    private static final int LEVELS_TO_ROOT = 3;
    private static final List<Figure> ONCE = List.of(
            new Figure("handoff", "/oneWayNanos", "handoffOneWayNanos"),
            new Figure("handoff", "/p50Nanos", "handoffOneWayP50Nanos"),
            new Figure("gaps", "/threads/0/fraction", "gapsFirstCpuFraction"),
            new Figure("gaps", "/threads/0/largestNanos", "gapsFirstCpuLargestNanos"),
            new Figure("gaps", "/threads/1/fraction", "gapsSecondCpuFraction"),
            new Figure("gaps", "/threads/1/largestNanos", "gapsSecondCpuLargestNanos"),
            new Figure("gaps", "/stealFraction", "stealFraction"),
            new Figure("memcpy", "/bytesPerSecond", "memcpyBytesPerSecond"),
            new Figure("memcpy", "/inCacheBytesPerSecond", "memcpyInCacheBytesPerSecond"),
            new Figure("tcp-ping-pong", "/p50", "tcpOneWayP50Nanos"),
            new Figure("tcp-ping-pong", "/p99", "tcpOneWayP99Nanos"),
            new Figure("tcp-bulk", "/bytesPerSecond", "tcpBulkBytesPerSecond"));
    private static final double ONCE_SECONDS = 1;
    private static final double PATIENCE_SECONDS = 30;

    /** Where mode tasks has what a paced trial of a scheduler finds. */
    private static final Map<String, String> TASKS = Map.of(
            Figures.CALL_P50.name(), "/call/p50", Figures.CALL_P99.name(), "/call/p99", Figures.CALL_P999.name(), "/call/p999",
            Figures.CALL_MAX.name(), "/call/max",
            Figures.QUIET_P50.name(), "/callQuiet/p50", Figures.QUIET_P99.name(), "/callQuiet/p99",
            Figures.QUIET_FRACTION.name(), "/quietFraction",
            Figures.INTENDED_P50.name(), "/intended/p50",
            Figures.INTENDED_P99.name(), "/intended/p99",
            Figures.QUIET_INTENDED_P99.name(), "/intendedQuiet/p99");

    /** A figure that is taken once a run: the mode that has it, where in its JSON, and its name in results. */
    private record Figure(String mode, String pointer, String name) {
    }

    private static final String PREFETCH = "-prefetch";

    /** As io.kaelix.lane.LaneDescriptor has it. */
    private static final int PREFETCH_BYTES = 1024;

    private final Path executable;
    private final Children children;
    private final List<Integer> cpus;

    /**
     * @param executable which {@link #missing} tells of if it is not there
     * @param cpus for the threads under test; the first two are used
     */
    Floors(final Path executable, final Children children, final List<Integer> cpus) {
        this.executable = executable;
        this.children = children;
        this.cpus = cpus.subList(0, Math.min(2, cpus.size()));
    }

    /** Where the executable should be. */
    static Path locate() {
        final String set = System.getProperty(PROPERTY, "");
        if (!set.isEmpty()) {
            return Path.of(set);
        }
        try {
            Path root = Path.of(Floors.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            for (int i = 0; i < LEVELS_TO_ROOT; i++) {
                root = root.getParent();
            }
            return root.resolve(EXECUTABLE);
        } catch (final URISyntaxException e) {
            throw new IllegalStateException("the class path has no place of this class: " + e.getMessage(), e);
        }
    }

    /** Null, or why there are no floors, in one line. */
    String missing() {
        return Files.isExecutable(executable) ? null : "no floors: " + executable + " cannot be run; build it with 'mvn package -pl native'"
                + " or name it with -D" + PROPERTY + "=FILE";
    }

    /** The mode whose ring a mode is compared with: releases of as many messages. */
    static String modeFor(final String mode) {
        return mode.startsWith(BATCH) ? plain(mode) : UNBATCHED;
    }

    private static String plain(final String mode) {
        return mode.endsWith(PREFETCH) ? mode.substring(0, mode.length() - PREFETCH.length()) : mode;
    }

    /** The same frames by the same protocol, as fast as C can. */
    Probe<ThroughputOutcome> ring(final String mode, final int payload, final double seconds, final double warmup) {
        return ring(mode, payload, seconds, warmup, 0);
    }

    /** The same with the lane's prefetching, so that C has what Java has. */
    Probe<ThroughputOutcome> prefetchingRing(final String mode, final int payload, final double seconds, final double warmup) {
        return ring(mode + PREFETCH, payload, seconds, warmup, PREFETCH_BYTES);
    }

    private Probe<ThroughputOutcome> ring(final String mode, final int payload, final double seconds, final double warmup,
            final int prefetch) {
        final String batch = mode.startsWith(BATCH) ? plain(mode).substring(BATCH.length()) : "1";
        final List<String> command = command("ring", payload, seconds, warmup,
                List.of("--batch", batch, "--prefetch", Integer.toString(prefetch)));
        final String settings = SETTINGS + ", released by " + batch
                + (prefetch == 0 ? "" : ", lines fetched for writing " + prefetch + " bytes ahead");
        return new Probe<>(SYSTEM, mode, "throughput", payload, 1, 1, "C", round -> {
            final JsonNode found = run(command, seconds + warmup);
            return new ThroughputOutcome(found.required("perSecond").asDouble(), 0, 0, settings);
        });
    }

    /** The same, one message to and fro. */
    Probe<LatencySample> pingPong(final int payload, final double seconds, final double warmup, final HistogramFiles files) {
        return latency("ping-pong", payload, seconds, warmup, List.of(), files);
    }

    /** The same at a rate, from the intended send time. */
    Probe<LatencySample> paced(final int payload, final double seconds, final double warmup, final long rate, final HistogramFiles files) {
        return latency("paced", payload, seconds, warmup, List.of("--rate", Long.toString(rate)), files);
    }

    private Probe<LatencySample> latency(final String kind, final int payload, final double seconds, final double warmup,
            final List<String> more, final HistogramFiles files) {
        return new Probe<>(SYSTEM, UNBATCHED, kind, payload, 1, 1, "C", round -> {
            final Path file = files.ofRound(kind, SYSTEM, UNBATCHED, payload, round);
            final List<String> command = command(kind, payload, seconds, warmup, more);
            if (file != null) {
                command.addAll(List.of("--hgrm", file.toString()));
            }
            final JsonNode found = run(command, seconds + warmup);
            final Histogram histogram = file == null ? null : HistogramFiles.read(file);
            return new LatencySample(percentiles(found.has("all") ? found.get("all") : found),
                    found.hasNonNull("quiet") ? percentiles(found.get("quiet")) : null, found.path("quietFraction").asDouble(0), histogram, 0,
                    SETTINGS);
        });
    }

    private static Percentiles percentiles(final JsonNode found) {
        return new Percentiles(found.required("p50").asLong(), found.required("p90").asLong(), found.required("p99").asLong(),
                found.required("p999").asLong(), found.required("p9999").asLong(), found.required("max").asLong());
    }

    /** Tasks at a rate for a worker that spins, and a line handed over, both in nanoseconds. */
    Map<String, Double> tasks(final long rate, final double seconds, final double warmup) throws TrialFailure, InterruptedException {
        final List<String> common = List.of("--seconds", Double.toString(seconds), "--warmup", Double.toString(warmup), "--cpus", cpuList());
        final List<String> command = new ArrayList<>(List.of(executable.toString(), "tasks", "--rate", Long.toString(rate)));
        command.addAll(common);
        final JsonNode found = run(command, seconds + warmup);
        final Map<String, Double> figures = new LinkedHashMap<>();
        TASKS.forEach((figure, pointer) -> {
            if (found.at(pointer).isNumber()) {
                figures.put(figure, found.at(pointer).asDouble());
            }
        });
        return figures;
    }

    /**
     * Runs a mode.
     *
     * @param more options and their values
     * @return what it printed
     */
    JsonNode measure(final String mode, final double seconds, final double warmup, final List<String> more)
            throws TrialFailure, InterruptedException {
        final List<String> command = new ArrayList<>(List.of(executable.toString(), mode, "--seconds", Double.toString(seconds), "--warmup",
                Double.toString(warmup), "--cpus", cpuList()));
        command.addAll(more);
        return run(command, seconds + warmup);
    }

    /** A line handed over, one way, in nanoseconds: the median. */
    double handOff(final double seconds) throws TrialFailure, InterruptedException {
        return run(List.of(executable.toString(), "handoff", "--seconds", Double.toString(seconds), "--cpus", cpuList()), seconds)
                .required("p50Nanos").asDouble();
    }

    /**
     * The figures that are taken once a run.
     *
     * @return by names that have quantity and unit: {@code handoffOneWayNanos}
     */
    Map<String, Object> once() throws TrialFailure, InterruptedException {
        final Map<String, JsonNode> found = new HashMap<>();
        final Map<String, Object> floors = new LinkedHashMap<>();
        for (final Figure figure : ONCE) {
            if (!found.containsKey(figure.mode())) {
                found.put(figure.mode(), run(List.of(executable.toString(), figure.mode(), "--seconds", Double.toString(ONCE_SECONDS),
                        "--cpus", cpuList()), ONCE_SECONDS));
            }
            final JsonNode value = found.get(figure.mode()).at(figure.pointer());
            if (!value.isNumber()) {
                throw new TrialFailure("mode " + figure.mode() + " of " + executable + " gives no figure " + figure.pointer(), "");
            }
            floors.put(figure.name(), value.isIntegralNumber() ? (Object) value.asLong() : (Object) value.asDouble());
        }
        return floors;
    }

    private List<String> command(final String mode, final int payload, final double seconds, final double warmup, final List<String> more) {
        final List<String> command = new ArrayList<>(List.of(executable.toString(), mode, "--payload", Integer.toString(payload),
                "--seconds", Double.toString(seconds), "--warmup", Double.toString(warmup), "--cpus", cpuList()));
        command.addAll(more);
        return command;
    }

    private String cpuList() {
        return cpus.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private JsonNode run(final List<String> command, final double seconds) throws TrialFailure, InterruptedException {
        final String line = children.run(command, PATIENCE_SECONDS + seconds, ERROR);
        try {
            final JsonNode found = JsonMapper.shared().readTree(line);
            if (!found.path("checksumOk").asBoolean(true)) {
                throw new TrialFailure("it moved other words than were sent", "");
            }
            return found;
        } catch (final JacksonException e) {
            throw new TrialFailure("it printed no JSON: " + line, "");
        }
    }
}
