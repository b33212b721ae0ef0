// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.jmh;

import io.kaelix.telemetry.FlightEvents;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to tell the flight recorder: of a subscriber that is slow, which has no stack to walk.
 *
 * <pre>
 *   absent    nobody has recorded in this JVM yet       off    somebody records, and not these events       on    and these, in memory
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class FlightEventsBenchmark {

    @Param({"absent", "off", "on"})
    private String recorder;

    private Recording recording;
    private long lag;

    /** Checks that it is as it is to be: else this would measure something else. */
    @Setup
    public void record() {
        final boolean isOn = recorder.equals("on");
        if (!recorder.equals("absent")) {
            recording = new Recording();
            recording.setToDisk(false);
            for (final String event : new String[] {"io.kaelix.Backpressure", "io.kaelix.SlowSubscriber"}) {
                if (isOn) {
                    recording.enable(event);
                } else {
                    recording.disable(event);
                }
            }
            recording.start();
        }
        if (FlightEvents.isBackpressureOn() != isOn) {
            throw new IllegalStateException("events are " + (isOn ? "not recorded" : "recorded"));
        }
    }

    @TearDown
    public void stop() {
        if (recording != null) {
            recording.close();
        }
    }

    /** What a publisher asks before it measures how long it waits. */
    @Benchmark
    public boolean isBackpressureOn() {
        return FlightEvents.isBackpressureOn();
    }

    @Benchmark
    public void slowSubscriber() {
        FlightEvents.slowSubscriber("bench", "BLOCK", 1, 64, lag++, 0);
    }
}
