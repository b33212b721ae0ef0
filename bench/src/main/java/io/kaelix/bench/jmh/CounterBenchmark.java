// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.jmh;

import io.kaelix.telemetry.Counter;
import io.kaelix.telemetry.CounterFile;
import io.kaelix.telemetry.CounterReader;
import io.kaelix.telemetry.Counters;
import io.kaelix.telemetry.HistogramSlot;
import io.kaelix.telemetry.LatencyHistogram;
import io.kaelix.telemetry.LatencyRecorder;
import io.kaelix.telemetry.Metric;
import io.kaelix.telemetry.Readings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to count where another process can read it, beside counting on the heap.
 *
 * <pre>
 *   heapCounter     +1 in an array              fileCounter     +1 in a mapped file
 *   heapHistogram   a duration into an array    fileHistogram   a duration into a mapped file
 *   publish         all of a histogram from the heap into the file
 *   snapshot        100 counters and 10 histograms out of the file, as another process reads them
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class CounterBenchmark {

    private static final int COUNTERS = 100;
    private static final int HISTOGRAMS = 10;
    private static final int DURATIONS = 1 << 10;
    private static final int MAX_DURATION = 1_000_000;

    private Path folder;
    private CounterFile file;
    private CounterReader reader;
    private Counters heapCounters;
    private Counter counter;
    private LatencyHistogram heapHistogram;
    private LatencyRecorder recorder;
    private HistogramSlot slot;
    private long[] durations;
    private int next;

    @Setup
    public void create() throws IOException {
        folder = CounterFile.defaultDirectory().resolveSibling("kaelix-bench-" + ProcessHandle.current().pid());
        file = CounterFile.create(folder, "bench");
        heapCounters = new Counters(1);
        heapHistogram = new LatencyHistogram();
        for (int i = 0; i < COUNTERS; i++) {
            counter = file.counter(Metric.ERRORS, "kind " + i);
        }
        for (int i = 2; i < HISTOGRAMS; i++) {
            file.recorder(Metric.HANDLER_TIME, "handler " + i);
        }
        recorder = file.recorder(Metric.HANDLER_TIME, "handler 0");
        slot = file.histogram(Metric.HANDLER_TIME, "handler 1");
        reader = CounterReader.open(file.path());
        durations = new Random(1).longs(DURATIONS, 0, MAX_DURATION).toArray();
    }

    @TearDown
    public void remove() throws IOException {
        reader.close();
        file.close();
        Files.delete(folder);
    }

    private long duration() {
        return durations[next++ & DURATIONS - 1];
    }

    @Benchmark
    public void heapCounter() {
        heapCounters.increment(0);
    }

    @Benchmark
    public void fileCounter() {
        counter.increment();
    }

    @Benchmark
    public void heapHistogram() {
        heapHistogram.record(duration());
    }

    @Benchmark
    public void fileHistogram() {
        recorder.record(duration());
    }

    @Benchmark
    public void publish() {
        slot.publish(heapHistogram);
    }

    @Benchmark
    public Readings snapshot() {
        return reader.snapshot();
    }
}
