// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.jmh;

import io.kaelix.MemoryStreamer;
import io.kaelix.MessageHandler;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Messages a second from one thread to another, each as fast as it can.
 *
 * <pre>
 *   publish ──► lane ──► receive          the figure: 'received'; the two methods' own scores count attempts
 * </pre>
 *
 * <p>Needs two cores with nothing else to do: on a busy machine it measures how often the scheduler switches.
 */
@State(Scope.Group)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+IgnoreUnrecognizedVMOptions",
        "--sun-misc-unsafe-memory-access=allow"})
public class TwoThreadBenchmark {

    private static final int BATCH = 64;

    @Param({"16", "64"})
    private int length;

    private MemoryStreamer streamer;
    private Publisher publisher;
    private Subscriber subscriber;
    private MemorySegment payload;

    /** Nothing tears this down, the fork ends with it: JMH would count what closing allocates to the last iteration. */
    @Setup
    public void launch() {
        streamer = MemoryStreamer.launch();
        subscriber = streamer.subscriber("bench");
        publisher = streamer.publisher("bench");
        payload = Arena.ofAuto().allocate(length, Long.BYTES);
    }

    @Benchmark
    @Group("oneByOne")
    public long publish() {
        return publisher.offer(payload);
    }

    @Benchmark
    @Group("oneByOne")
    public int receive(final Receiver receiver) {
        return receiver.receive(subscriber);
    }

    @Benchmark
    @Group("batches")
    public long publishBatch() {
        publisher.beginBatch();
        for (int i = 0; i < BATCH; i++) {
            publisher.offer(payload);
        }
        return publisher.endBatch();
    }

    @Benchmark
    @Group("batches")
    public int receiveBatches(final Receiver receiver) {
        return receiver.receive(subscriber);
    }

    /** Counts what arrives. */
    @State(Scope.Thread)
    @AuxCounters
    public static class Receiver {

        private static final int LIMIT = 1024;

        /** Read by JMH. */
        public long received;

        private long sum;
        private final MessageHandler handler = message -> sum += message.getLong(0);

        @Setup(Level.Iteration)
        public void reset() {
            received = 0;
        }

        int receive(final Subscriber subscriber) {
            final int count = subscriber.poll(handler, LIMIT);
            received += count;
            return count;
        }
    }
}
