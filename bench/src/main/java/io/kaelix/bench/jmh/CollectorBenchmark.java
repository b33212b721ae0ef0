// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.jmh;

import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.launch.CollectorRound;
import io.kaelix.runtime.SchedulerConfig;
import io.kaelix.runtime.TaskPriority;
import io.kaelix.runtime.TaskScheduler;
import io.kaelix.telemetry.CounterFile;
import io.kaelix.telemetry.CounterReader;
import io.kaelix.telemetry.Readings;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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
 * What the thread of telemetry does each 500 ms, and what a reader of its file does, for 10 lanes, 10 subscribers and 2 workers. All of
 * it is warm here, and in this core's caches; once in 500 ms it is neither.
 *
 * <pre>
 *   round     counters into the file; seldom: memory and distributions, too; profile: these, and a look at the process
 *   readings  all of the file, as another process reads it
 * </pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+IgnoreUnrecognizedVMOptions",
        "--sun-misc-unsafe-memory-access=allow"})
public class CollectorBenchmark {

    private static final int LANES = 10;
    private static final int MESSAGES = 4_000;
    private static final int WORKERS = 2;
    private static final int LENGTH = 64;

    /** What is looked at, and a file to show it in. */
    @State(Scope.Thread)
    public static class Program {

        private TaskScheduler scheduler;
        private MemoryStreamer streamer;
        private Path folder;
        private CounterFile file;

        /** With messages in each lane of which half are received. */
        @Setup
        public void launch() {
            scheduler = TaskScheduler.launch(SchedulerConfig.defaults().withWorkers(WORKERS));
            streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLatencySamplingBytes(1 << 16), scheduler);
            final MemorySegment payload = Arena.ofAuto().allocate(LENGTH, Long.BYTES);
            for (int lane = 0; lane < LANES; lane++) {
                final Subscriber subscriber = streamer.subscriber("topic." + lane);
                final Publisher publisher = streamer.publisher("topic." + lane);
                for (int i = 0; i < MESSAGES; i++) {
                    publisher.offer(payload);
                }
                subscriber.poll(message -> {
                }, MESSAGES / 2);
            }
            folder = CounterFile.defaultDirectory().resolveSibling("kaelix-bench-" + ProcessHandle.current().pid());
            file = CounterFile.create(folder, "bench");
        }

        @TearDown
        public void close() throws IOException {
            file.close();
            Files.delete(folder);
            streamer.close();
            scheduler.close();
        }
    }

    /** A collector, and before each round a task that has run: else there were no distributions of tasks to copy. */
    @State(Scope.Thread)
    public static class Rounds {

        @Param({"counts", "seldom", "profile"})
        private String what;

        private CollectorRound round;
        private TaskScheduler scheduler;

        @Setup
        public void open(final Program of) {
            scheduler = of.scheduler;
            round = new CollectorRound(of.file, of.streamer, scheduler, !what.equals("counts"), what.equals("profile"));
        }

        @Setup(Level.Invocation)
        public void runTask() throws InterruptedException {
            if (!what.equals("counts")) {
                final CountDownLatch ran = new CountDownLatch(1);
                scheduler.schedule(ran::countDown, TaskPriority.NORMAL);
                ran.await();
            }
        }

        @TearDown
        public void close() {
            round.close();
        }
    }

    /** The counters that a collector has put into the file. */
    @State(Scope.Thread)
    public static class Shown {

        private CollectorRound round;
        private CounterReader reader;

        @Setup
        public void open(final Program of) {
            round = new CollectorRound(of.file, of.streamer, of.scheduler, true, true);
            round.run();
            reader = CounterReader.open(of.file.path());
        }

        @TearDown
        public void close() {
            reader.close();
            round.close();
        }
    }

    @Benchmark
    public void round(final Rounds rounds) {
        rounds.round.run();
    }

    @Benchmark
    public Readings readings(final Shown shown) {
        return shown.reader.snapshot();
    }
}
