// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.jmh;

import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.MessageBuilder;
import io.kaelix.Publisher;
import java.nio.ByteBuffer;
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
 * A message from nothing to the lane by its builder: headers, key, timestamp and payload, of every kind. Nobody subscribes, so what is measured is
 * the sender alone. The same without a builder: {@link SerialisationBenchmark}.
 *
 * <pre>
 *   clear ──► headers, encoded ──► payload, a reference ──► offer: a claim, both written into it, commit
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+IgnoreUnrecognizedVMOptions",
        "--sun-misc-unsafe-memory-access=allow"})
public class MessageBuilderBenchmark {

    private static final String[] NAMES = new String[16];

    static {
        for (int i = 0; i < NAMES.length; i++) {
            NAMES[i] = "header-" + i;
        }
    }

    @Param({"64", "1024"})
    private int length;

    @Param({"0", "4", "16"})
    private int headers;

    private Publisher publisher;
    private MessageBuilder builder;
    private byte[] array;
    private ByteBuffer direct;
    private String text;
    private long count;

    /** Nothing tears this down, the fork ends with it: JMH would count what closing allocates to the last iteration. */
    @Setup
    public void launch() {
        publisher = MemoryStreamer.launch().publisher("bench");
        builder = Message.builder();
        array = new byte[length];
        direct = ByteBuffer.allocateDirect(length);
        text = "x".repeat(length);
    }

    private MessageBuilder begin() {
        builder.clear().timestamp(count++);
        for (int i = 0; i < headers; i++) {
            builder.header(NAMES[i], count);
        }
        return builder;
    }

    @Benchmark
    public long array() {
        return publisher.offer(begin().payload(array));
    }

    @Benchmark
    public long directBuffer() {
        return publisher.offer(begin().payload(direct));
    }

    @Benchmark
    public long text() {
        return publisher.offer(begin().payload(text));
    }

    @Benchmark
    public long keyed() {
        return publisher.offer(begin().partitionKey("customer-1234567").payload(array));
    }
}
