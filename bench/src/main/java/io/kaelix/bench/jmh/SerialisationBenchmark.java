// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.jmh;

import io.kaelix.Claim;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
 * Fields into a message: written in place into a claim, or into an array that is then copied into the lane. Nobody subscribes, so what
 * is measured is the sender alone; the lane goes round and round. How they are read back: {@link PollBenchmark#decode}.
 *
 * <pre>
 *   inPlace           fields ──► claim in the lane ──► commit
 *   throughArray      fields ──► byte[] ──► offer, which copies
 *   arrayAlone        fields ──► byte[]                                the baseline: encoding without any transport
 * </pre>
 *
 * <p>The array is reused and written through one little-endian {@link ByteBuffer}, as careful programs do: the baselines allocate nothing
 * either.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+IgnoreUnrecognizedVMOptions",
        "--sun-misc-unsafe-memory-access=allow"})
public class SerialisationBenchmark {

    @Param({"64", "1024"})
    private int length;

    private MemoryStreamer streamer;
    private Publisher publisher;
    private Order order;
    private byte[] array;
    private ByteBuffer buffer;

    /** Nothing tears this down, the fork ends with it: JMH would count what closing allocates to the last iteration. */
    @Setup
    public void launch() {
        streamer = MemoryStreamer.launch();
        publisher = streamer.publisher("bench");
        order = new Order(length);
        array = new byte[length];
        buffer = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Benchmark
    public long inPlace() {
        order.advance();
        final Claim claim = publisher.tryClaim(length);
        order.encode(claim);
        return claim.commit();
    }

    @Benchmark
    public long throughArray() {
        order.advance();
        order.encode(buffer);
        return publisher.offer(array);
    }

    @Benchmark
    public byte[] arrayAlone() {
        order.advance();
        order.encode(buffer);
        return array;
    }
}
