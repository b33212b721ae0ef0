// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.jmh;

import io.kaelix.MemoryStreamer;
import io.kaelix.MessageHandler;
import io.kaelix.PoolStatistics;
import io.kaelix.Publisher;
import io.kaelix.RetainedMessage;
import io.kaelix.Subscriber;
import java.util.concurrent.TimeUnit;
import org.jctools.queues.SpscArrayQueue;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Messages that are retained, and the pool that they are retained in.
 *
 * <pre>
 *   sameThread      offer ──► poll, retain, release                         one operation: one message
 *   twoThreads      offer ──► poll, retain ──► queue ──► release            the pool's memory goes from thread to thread
 * </pre>
 *
 * <p>Of two threads, the figures are how many were {@code released}, and what the pool did meanwhile: {@code hits}, {@code misses}, and its
 * {@code allocations} of the arena, each summed over the measured iterations. Needs two cores with nothing else to do.
 */
@State(Scope.Group)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+IgnoreUnrecognizedVMOptions",
        "--sun-misc-unsafe-memory-access=allow"})
public class RetainBenchmark {

    @Param({"64", "1024"})
    private int length;

    private MemoryStreamer streamer;
    private Publisher publisher;
    private Subscriber subscriber;
    private byte[] payload;
    private SpscArrayQueue<RetainedMessage> queue;
    private MessageHandler toRelease;
    private MessageHandler toPassOn;

    /** Nothing tears this down, the fork ends with it: JMH would count what closing allocates to the last iteration. */
    @Setup
    public void launch() {
        streamer = MemoryStreamer.launch();
        subscriber = streamer.subscriber("bench");
        publisher = streamer.publisher("bench");
        payload = new byte[length];
        queue = new SpscArrayQueue<>(1024);
        toRelease = message -> message.retain().release();
        toPassOn = message -> {
            final RetainedMessage retained = message.retain();
            if (!queue.offer(retained)) {
                retained.release();
            }
        };
    }

    @Benchmark
    @Group("sameThread")
    public int retainAndRelease() {
        publisher.offer(payload);
        return subscriber.poll(toRelease, 1);
    }

    @Benchmark
    @Group("twoThreads")
    public int retain() {
        publisher.offer(payload);
        return subscriber.poll(toPassOn, 1);
    }

    @Benchmark
    @Group("twoThreads")
    public void release(final Releaser releaser) {
        final RetainedMessage retained = queue.poll();
        if (retained != null) {
            retained.release();
            releaser.released++;
        }
    }

    /** Counts what is released, and what the pool did. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Releaser {

        /** Read by JMH. */
        public long released;
        /** Read by JMH. */
        public long hits;
        /** Read by JMH. */
        public long misses;
        /** Read by JMH. */
        public long allocations;

        private PoolStatistics before;

        @Setup(Level.Iteration)
        public void begin(final RetainBenchmark bench) {
            released = 0;
            before = bench.streamer.pool();
        }

        @TearDown(Level.Iteration)
        public void end(final RetainBenchmark bench) {
            final PoolStatistics after = bench.streamer.pool();
            hits = after.hits() - before.hits();
            misses = after.misses() - before.misses();
            allocations = after.allocations() - before.allocations();
        }
    }
}
