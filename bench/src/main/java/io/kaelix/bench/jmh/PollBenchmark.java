// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.jmh;

import io.kaelix.Claim;
import io.kaelix.MemoryStreamer;
import io.kaelix.MessageHandler;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * The receiver's half of a message, alone: before each timed call the same thread publishes what it will receive.
 *
 * <pre>
 *   512 messages in the lane, in this core's caches ──► poll ──► handler        one operation: one message
 * </pre>
 *
 * <p>JMH reads the clock around each call here, some tens of nanoseconds: 0.1 to 0.2 in each figure, since a call has 512 operations.
 * The messages come from this core's own cache; from another core's they cost what the machine takes to move them.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+IgnoreUnrecognizedVMOptions",
        "--sun-misc-unsafe-memory-access=allow"})
public class PollBenchmark {

    /** At 1 KiB each still less than a lane of 1 MiB holds. */
    private static final int MESSAGES = 512;

    @Param({"64", "1024"})
    private int length;

    private MemoryStreamer streamer;
    private Publisher publisher;
    private Subscriber subscriber;
    private Order order;
    private long sum;
    private MessageHandler toTouch;
    private MessageHandler toSum;
    private MessageHandler toDecode;

    /** Nothing tears this down, the fork ends with it: JMH would count what closing allocates to the last iteration. */
    @Setup
    public void launch() {
        streamer = MemoryStreamer.launch();
        subscriber = streamer.subscriber("bench");
        publisher = streamer.publisher("bench");
        order = new Order(length);
        // Fields, not lambdas at each call: what is measured is the library's allocation alone.
        toTouch = message -> sum += message.getLong(0);
        toSum = message -> {
            for (int offset = 0; offset < message.length(); offset += Long.BYTES) {
                sum += message.getLong(offset);
            }
        };
        toDecode = message -> sum += order.decode(message);
    }

    @Setup(Level.Invocation)
    public void publish() {
        for (int i = 0; i < MESSAGES; i++) {
            final Claim claim = publisher.tryClaim(length);
            order.advance();
            order.encode(claim);
            claim.commit();
        }
    }

    /** The handler reads eight bytes of each message. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public int poll() {
        return received(subscriber.poll(toTouch, MESSAGES));
    }

    /** It reads every word. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public int pollWords() {
        return received(subscriber.poll(toSum, MESSAGES));
    }

    /** It reads every field and copies the text. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public int decode() {
        return received(subscriber.poll(toDecode, MESSAGES));
    }

    /** A poll that found less would make each message look cheaper. */
    private static int received(final int count) {
        if (count != MESSAGES) {
            throw new IllegalStateException("received " + count + " of " + MESSAGES + " messages");
        }
        return count;
    }
}
