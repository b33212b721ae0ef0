// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.jmh;

import io.kaelix.MemoryStreamer;
import io.kaelix.MessageHandler;
import io.kaelix.Payload;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * From which length on a message that refers to its payload costs less than one that is copied into the lane. One thread publishes and then
 * polls, and reads one word of each cache line.
 *
 * <pre>
 *   copied:  segment ──► lane ──► poll              referred: reference ──► lane ──► poll ──► payload
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+IgnoreUnrecognizedVMOptions",
        "--sun-misc-unsafe-memory-access=allow"})
public class PayloadBenchmark {

    private static final int LINE = 64;

    @Param({"1024", "2048", "4096", "65536"})
    private int length;

    private MemoryStreamer streamer;
    private Publisher publisher;
    private Subscriber subscriber;
    private MemorySegment segment;
    private Payload payload;
    private long sum;
    private MessageHandler handler;

    /** Nothing tears this down, the fork ends with it. */
    @Setup
    public void launch() {
        streamer = MemoryStreamer.launch();
        subscriber = streamer.subscriber("bench");
        publisher = streamer.publisher("bench");
        segment = Arena.ofAuto().allocate(length, LINE);
        payload = streamer.payload(segment);
        handler = message -> {
            long words = 0;
            for (int at = 0; at <= message.length() - Long.BYTES; at += LINE) {
                words += message.getLong(at);
            }
            sum += words;
        };
    }

    /** The bytes go through the lane. */
    @Benchmark
    public int copied() {
        publisher.offer(segment);
        return subscriber.poll(handler, 1);
    }

    /** The same bytes each time, as a fan-out to many topics sends them. */
    @Benchmark
    public int referred() {
        publisher.offer(payload);
        return subscriber.poll(handler, 1);
    }

    /** New bytes each time: memory is had, written, sent and given back. */
    @Benchmark
    public int madeAndReferred() {
        try (Payload made = streamer.payload(segment)) {
            publisher.offer(made);
        }
        return subscriber.poll(handler, 1);
    }
}
