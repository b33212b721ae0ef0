// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.jmh;

import io.kaelix.MemoryStreamer;
import io.kaelix.MessageHandler;
import io.kaelix.Publisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it adds to a message that some are timed from publish to deliver: one in so many bytes of the lane, none by 0. As
 * {@link LaneBenchmark}, one thread publishes and then polls.
 *
 * <pre>
 *   64 offers of 64 bytes ──► lane, in this core's cache ──► poll of 64          one operation: one message there and back
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+IgnoreUnrecognizedVMOptions",
        "--sun-misc-unsafe-memory-access=allow"})
public class SamplingBenchmark {

    private static final int MESSAGES = 64;
    private static final int LENGTH = 64;

    @Param({"0", "65536", "1024"})
    private int samplingBytes;

    private Publisher publisher;
    private Subscriber subscriber;
    private MemorySegment segment;
    private long sum;
    private MessageHandler handler;

    /** Nothing tears this down, the fork ends with it: JMH would count what closing allocates to the last iteration. */
    @Setup
    public void launch() {
        final MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLatencySamplingBytes(samplingBytes));
        subscriber = streamer.subscriber("bench");
        publisher = streamer.publisher("bench");
        segment = Arena.ofAuto().allocate(LENGTH, Long.BYTES);
        // A field, not a lambda at each call: what is measured is the library's allocation alone.
        handler = message -> sum += message.getLong(0);
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public int offerAndPoll() {
        for (int i = 0; i < MESSAGES; i++) {
            publisher.offer(segment);
        }
        return subscriber.poll(handler, MESSAGES);
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public int batchAndPoll() {
        publisher.beginBatch();
        for (int i = 0; i < MESSAGES; i++) {
            publisher.offer(segment);
        }
        publisher.endBatch();
        return subscriber.poll(handler, MESSAGES);
    }
}
