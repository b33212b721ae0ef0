// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.jmh;

import io.kaelix.Claim;
import io.kaelix.MemoryStreamer;
import io.kaelix.MessageHandler;
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
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a message costs the CPU, and that it costs the garbage collector nothing: one thread publishes and then polls, so that no line
 * travels between cores.
 *
 * <pre>
 *   offer ──► lane, in this core's cache ──► poll          one operation: one message there and back
 * </pre>
 *
 * <p>Look at {@code gc.alloc.rate.norm}: under 0.01 bytes per operation is noise of the harness.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+IgnoreUnrecognizedVMOptions",
        "--sun-misc-unsafe-memory-access=allow"})
public class LaneBenchmark {

    private static final int BATCH = 64;

    @Param({"16", "64", "1024"})
    private int length;

    private MemoryStreamer streamer;
    private Publisher publisher;
    private Subscriber subscriber;
    private byte[] array;
    private MemorySegment segment;
    private long sum;
    private MessageHandler handler;

    /** Nothing tears this down, the fork ends with it: JMH would count what closing allocates to the last iteration. */
    @Setup
    public void launch() {
        streamer = MemoryStreamer.launch();
        subscriber = streamer.subscriber("bench");
        publisher = streamer.publisher("bench");
        array = new byte[length];
        segment = Arena.ofAuto().allocate(length, Long.BYTES);
        // A field, not a lambda at each call: what is measured is the library's allocation alone.
        handler = message -> sum += message.getLong(0);
    }

    @Benchmark
    public int offerArray() {
        publisher.offer(array);
        return subscriber.poll(handler, 1);
    }

    @Benchmark
    public int offerSegment() {
        publisher.offer(segment);
        return subscriber.poll(handler, 1);
    }

    @Benchmark
    public int offerTimestamp() {
        publisher.offer(segment, 0, length, sum);
        return subscriber.poll(handler, 1);
    }

    @Benchmark
    public int claimCommit() {
        fill(publisher.tryClaim(length)).commit();
        return subscriber.poll(handler, 1);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int batchOfOffers() {
        publisher.beginBatch();
        for (int i = 0; i < BATCH; i++) {
            publisher.offer(segment);
        }
        publisher.endBatch();
        return subscriber.poll(handler, BATCH);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int batchOfClaims() {
        publisher.beginBatch();
        for (int i = 0; i < BATCH; i++) {
            fill(publisher.tryClaim(length)).commit();
        }
        publisher.endBatch();
        return subscriber.poll(handler, BATCH);
    }

    /** Every byte, since a claim is not cleared. */
    private Claim fill(final Claim claim) {
        for (int offset = 0; offset < length; offset += Long.BYTES) {
            claim.putLong(offset, offset);
        }
        return claim;
    }
}
