// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static io.kaelix.bench.remote.Figures.ANSWER_P50;
import static io.kaelix.bench.remote.Figures.BYTES_PER_SECOND;
import static io.kaelix.bench.remote.Figures.CONNECT_P50;
import static io.kaelix.bench.remote.Figures.CONNECT_P99;
import static io.kaelix.bench.remote.Figures.LOST;
import static io.kaelix.bench.remote.Figures.MAX;
import static io.kaelix.bench.remote.Figures.P50;
import static io.kaelix.bench.remote.Figures.P99;
import static io.kaelix.bench.remote.Figures.P999;
import static io.kaelix.bench.remote.Figures.MESSAGE_RATE;
import static io.kaelix.bench.remote.Figures.TOGETHER;

import io.kaelix.bench.scheduler.Figure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What C does between two threads of one process, by the names of figures between processes.
 *
 * @param floors that run it
 * @param seconds measured
 * @param warmup seconds before
 */
record TcpFloors(Floors floors, double seconds, double warmup) {

    private static final String PAYLOAD = "--payload";

    private Map<String, Double> measure(final String mode, final List<String> more, final Map<Figure, String> pointers)
            throws TrialFailure, InterruptedException {
        final JsonNode found = floors.measure(mode, seconds, warmup, more);
        final Map<String, Double> figures = new LinkedHashMap<>();
        for (final Map.Entry<Figure, String> entry : pointers.entrySet()) {
            if (!found.at(entry.getValue()).isNumber()) {
                throw new TrialFailure("mode " + mode + " gives no figure " + entry.getValue(), "");
            }
            figures.put(entry.getKey().name(), found.at(entry.getValue()).asDouble());
        }
        return figures;
    }

    /** One message to and fro over TCP. */
    Map<String, Double> pingPong(final int payload) throws TrialFailure, InterruptedException {
        return latency("tcp-ping-pong", payload);
    }

    /** One message to and fro through a ring in memory. */
    Map<String, Double> ringPingPong(final int payload) throws TrialFailure, InterruptedException {
        return latency("ping-pong", payload);
    }

    private Map<String, Double> latency(final String mode, final int payload) throws TrialFailure, InterruptedException {
        return measure(mode, List.of(PAYLOAD, Integer.toString(payload)), Map.of(P50, "/p50", P99, "/p99", P999, "/p999", MAX, "/max"));
    }

    /** Bytes over TCP in writes of 64 KiB. */
    Map<String, Double> bulk() throws TrialFailure, InterruptedException {
        return measure("tcp-bulk", List.of(), Map.of(BYTES_PER_SECOND, "/bytesPerSecond"));
    }

    /** Messages over TCP whose every word is written and read. */
    Map<String, Double> stream(final int payload) throws TrialFailure, InterruptedException {
        return rate("tcp-stream", List.of(PAYLOAD, Integer.toString(payload)));
    }

    /** Messages through a ring in memory, released by so many. */
    Map<String, Double> ring(final int payload, final int batch) throws TrialFailure, InterruptedException {
        return rate("ring", List.of(PAYLOAD, Integer.toString(payload), "--batch", Integer.toString(batch)));
    }

    private Map<String, Double> rate(final String mode, final List<String> more) throws TrialFailure, InterruptedException {
        return measure(mode, more, Map.of(MESSAGE_RATE, "/perSecond", BYTES_PER_SECOND, "/bytesPerSecond"));
    }

    /** Connections over TCP, singly and at once; one that is lost ends the program. */
    Map<String, Double> connect(final int connections) throws TrialFailure, InterruptedException {
        final Map<String, Double> figures = measure("tcp-connect", List.of("--connections", Integer.toString(connections)),
                Map.of(CONNECT_P50, "/connected/p50", CONNECT_P99, "/connected/p99", ANSWER_P50, "/answered/p50", TOGETHER, "/togetherNanos"));
        figures.put(LOST.name(), 0.0);
        return figures;
    }
}
