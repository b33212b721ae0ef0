// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.jmh;

import io.kaelix.Claim;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
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
 * The sender's half of a message, alone: nobody subscribes, so nothing is read, nothing gates, and the lane goes round and round.
 *
 * <pre>
 *   claimCommit        claim ──► commit              eight bytes are written: the price of the lane itself
 *   claimWriteCommit   claim ──► every word ──► commit
 *   offerSegment       segment ──► offer, which copies
 *   copySegment        segment ──► segment          the baseline: the copy alone, to one place that stays in the nearest cache
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+IgnoreUnrecognizedVMOptions",
        "--sun-misc-unsafe-memory-access=allow"})
public class ClaimBenchmark {

    @Param({"64", "1024"})
    private int length;

    private MemoryStreamer streamer;
    private Publisher publisher;
    private MemorySegment source;
    private MemorySegment target;
    private long first;

    /** Nothing tears this down, the fork ends with it: JMH would count what closing allocates to the last iteration. */
    @Setup
    public void launch() {
        streamer = MemoryStreamer.launch();
        publisher = streamer.publisher("bench");
        source = Arena.ofAuto().allocate(length, Long.BYTES);
        target = Arena.ofAuto().allocate(length, Long.BYTES);
    }

    @Benchmark
    public long claimCommit() {
        return publisher.tryClaim(length).putLong(0, first++).commit();
    }

    @Benchmark
    public long claimWriteCommit() {
        final Claim claim = publisher.tryClaim(length);
        long word = first++;
        for (int offset = 0; offset < length; offset += Long.BYTES) {
            claim.putLong(offset, word++);
        }
        return claim.commit();
    }

    @Benchmark
    public long offerSegment() {
        return publisher.offer(source);
    }

    @Benchmark
    public MemorySegment copySegment() {
        return target.copyFrom(source);
    }
}
