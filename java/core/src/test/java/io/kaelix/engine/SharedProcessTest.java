// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams between processes, which are killed, stopped and started again. */
class SharedProcessTest {

    private static final long NEVER_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final long MOST_KILLED = 200;
    private static final long LOOP_SECONDS = Boolean.getBoolean("kaelix.long") ? 180 : 5;

    @TempDir
    private Path parent;
    private Path folder;
    private Processes processes;

    @BeforeEach
    void setUp() {
        folder = parent.resolve("streams");
        processes = new Processes(parent);
    }

    @AfterEach
    void endAll() throws InterruptedException {
        processes.killAll();
    }

    private Process start(final String mode, final Object... arguments) throws IOException {
        final List<Object> all = new ArrayList<>(List.of(mode, folder));
        all.addAll(List.of(arguments));
        return processes.start(SharedProbe.class, all.toArray());
    }

    private Process startReady(final String mode, final Object... arguments) throws IOException {
        final Process process = start(mode, arguments);
        processes.expect(process, "ready");
        return process;
    }

    private static void signal(final Process process, final String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor()).isZero();
    }

    /** Stops it; it goes on for a moment after it was told to. */
    private static void stop(final Process process) throws Exception {
        signal(process, "STOP");
        EngineFixture.await("it stands still", () -> {
            try (var threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
                for (final Path thread : threads.toList()) {
                    if (!Files.readString(thread.resolve("stat")).contains(") T ")) {
                        return false;
                    }
                }
                return true;
            } catch (final IOException ended) {
                return false;
            }
        });
    }

    private static void drain(final Subscriber subscriber, final SharedProbe.Counter counter, final long count) {
        final long deadline = System.nanoTime() + NEVER_NANOS;
        while (counter.count < count && System.nanoTime() < deadline) {
            if (subscriber.poll(counter, 256) == 0) {
                Thread.yield();
            }
        }
        assertThat(counter.count).isEqualTo(count);
    }

    @Test
    void shouldHandOverBetweenProcessesBothWays() throws Exception {
        try (MemoryStreamer streamer = MemoryStreamer.launch(SharedProbe.config(folder));
                Subscriber subscriber = streamer.subscriber("a.>")) {
            final Process counting = startReady("count", "b.*");
            startReady("publish", "a.one", 5_000, 100);
            startReady("streams", "a.many", 5_000);
            drain(subscriber, new SharedProbe.Counter(true), 10_000);
            try (Publisher publisher = streamer.publisher("b.x")) {
                for (int number = 0; number < 5_000; number++) {
                    while (publisher.offer(SharedProbe.message(number, 50)) < 0) {
                        Thread.onSpinWait();
                    }
                }
                Processes.tell(counting);
                processes.expect(counting, "got 5000");
            }
            Processes.end(counting);
        }
    }

    @Test
    void shouldGoOnWhenTheLauncherGoesFirst() throws Exception {
        final Process launcher = startReady("launch-idle", "nothing");
        try (MemoryStreamer streamer = MemoryStreamer.attach(SharedProbe.config(folder));
                Subscriber subscriber = streamer.subscriber("a")) {
            Processes.end(launcher);
            final Process publishing = startReady("publish", "a", 1000, 20);
            drain(subscriber, new SharedProbe.Counter(true), 1000);
            processes.expect(publishing, "sent 1000");
            Processes.end(publishing);
        }
        assertThat(folder).doesNotExist();
    }

    @Test
    void shouldHandOverAllThatAPublisherCommittedBeforeItWasKilledAndRemoveItsLane() throws Exception {
        try (MemoryStreamer streamer = MemoryStreamer.launch(SharedProbe.config(folder));
                Subscriber subscriber = streamer.subscriber("a")) {
            final Process publishing = startReady("publish", "a", 100, 200);
            processes.expect(publishing, "sent 100");
            Processes.kill(publishing);
            drain(subscriber, new SharedProbe.Counter(true), 100);
            awaitNoLanes(subscriber);
        }
        assertThat(folder).doesNotExist();
    }

    private void awaitNoLanes(final Subscriber subscriber) throws Exception {
        final long deadline = System.nanoTime() + NEVER_NANOS;
        while (System.nanoTime() < deadline && (!subscriber.lanes().isEmpty() || lanes() > 0)) {
            assertThat(subscriber.poll(message -> { }, 1)).isZero();
            Thread.sleep(1);
        }
        assertThat(subscriber.lanes()).isEmpty();
        assertThat(lanes()).isZero();
    }

    private long lanes() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(path -> !List.of("control", "lock", "streams").contains(path.getFileName().toString())).count();
        }
    }

    @Test
    void shouldNotWaitForASubscriberThatWasKilled() throws Exception {
        try (MemoryStreamer streamer = MemoryStreamer.launch(SharedProbe.config(folder));
                Publisher publisher = streamer.publisher("a")) {
            final Process idle = startReady("idle", "a");
            while (publisher.offer(new byte[1000]) > 0) {
                Thread.onSpinWait();
            }
            for (int round = 0; round < 100; round++) {
                assertThat(publisher.offer(new byte[1000])).isEqualTo(Publisher.BACK_PRESSURED);
            }
            Processes.kill(idle);
            final long deadline = System.nanoTime() + NEVER_NANOS;
            long result;
            do {
                result = publisher.offer(new byte[1000]);
            } while (result < 0 && System.nanoTime() < deadline);
            assertThat(result).isPositive();
        }
    }

    @Test
    void shouldFreeAHandlerThatWaitsForADeadSubscriber() throws Exception {
        try (MemoryStreamer streamer = MemoryStreamer.launch(SharedProbe.config(folder));
                Publisher in = streamer.publisher("in");
                Publisher out = streamer.publisher("out")) {
            final Process idle = startReady("idle", "out");
            final AtomicLong refused = new AtomicLong();
            final AtomicLong passedOn = new AtomicLong();
            final MemorySegment payload = Arena.ofAuto().allocate(1000);
            streamer.subscribe("in", message -> {
                // The only worker of the streamer is in here, until there is space.
                while (out.offer(payload, 0, 1000) > 0) {
                    passedOn.incrementAndGet();
                }
                refused.incrementAndGet();
                if (out.publish(payload, 0, 1000, Duration.ofSeconds(100)) > 0) {
                    passedOn.set(-1);
                }
            });
            assertThat(in.offer(new byte[10])).isPositive();
            await(() -> refused.get() > 0);
            Processes.kill(idle);
            await(() -> passedOn.get() == -1);
        }
    }

    private static void await(final BooleanSupplier condition) {
        final long deadline = System.nanoTime() + NEVER_NANOS;
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            Thread.yield();
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Test
    void shouldWaitForASubscriberThatIsStoppedAndLoseNothing() throws Exception {
        try (MemoryStreamer streamer = MemoryStreamer.launch(SharedProbe.config(folder));
                Publisher publisher = streamer.publisher("a")) {
            final Process counting = startReady("count", "a");
            stop(counting);
            int sent = 0;
            while (publisher.offer(SharedProbe.message(sent, 500)) > 0) {
                sent++;
            }
            // Many looks at who is dead.
            Thread.sleep(10L * Neighbours.BEAT_MILLIS);
            assertThat(publisher.offer(SharedProbe.message(sent, 500))).isEqualTo(Publisher.BACK_PRESSURED);
            signal(counting, "CONT");
            for (; sent < 1000; sent++) {
                while (publisher.offer(SharedProbe.message(sent, 500)) < 0) {
                    Thread.onSpinWait();
                }
            }
            Processes.tell(counting);
            processes.expect(counting, "got 1000");
        }
    }

    @Test
    void shouldMeetWhatIsOpenedWhileASubscriberIsStopped() throws Exception {
        try (MemoryStreamer streamer = MemoryStreamer.launch(SharedProbe.config(folder))) {
            final Process counting = startReady("count", "a.*");
            stop(counting);
            try (Publisher publisher = streamer.publisher("a.new")) {
                for (int number = 0; number < 100; number++) {
                    assertThat(publisher.offer(SharedProbe.message(number, 100))).isPositive();
                }
            }
            signal(counting, "CONT");
            Processes.tell(counting);
            processes.expect(counting, "got 100");
        }
    }

    @Test
    void shouldLaunchAgainWhereAllWereKilled() throws Exception {
        final Process launcher = startReady("launch-publish", "a", 0, 100);
        final Process idle = startReady("idle", "a");
        assertThatThrownBy(() -> MemoryStreamer.launch(SharedProbe.config(folder))).isInstanceOf(KaelixException.class)
                .hasMessageContaining("attach");
        Processes.kill(launcher);
        Processes.kill(idle);
        assertThat(lanes()).isPositive();
        assertThatThrownBy(() -> MemoryStreamer.attach(folder)).isInstanceOf(KaelixException.class).hasMessageContaining("launch");
        try (MemoryStreamer streamer = MemoryStreamer.launch(SharedProbe.config(folder));
                Publisher publisher = streamer.publisher("a");
                Subscriber subscriber = streamer.subscriber("a")) {
            assertThat(lanes()).isOne();
            assertThat(publisher.offer(new byte[10])).isPositive();
            assertThat(subscriber.poll(message -> { }, 10)).isOne();
        }
        assertThat(folder).doesNotExist();
    }

    /**
     * <pre>
     *   killed at random:  publishers of one topic, of many streams; subscribers that read, that do not; who opens and closes both
     *                      all the time
     *   lives:             a subscriber here, which misses, repeats and tears nothing; a publisher here, which is never held up for good
     * </pre>
     */
    @Test
    void shouldLoseAndRepeatNothingWhileProcessesAreKilled() throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1);
        final Random random = new Random(7);
        final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LOOP_SECONDS);
        final SharedProbe.Counter counter = new SharedProbe.Counter(true);
        long killed = 0;
        long sent = 0;
        try (MemoryStreamer streamer = MemoryStreamer.launch(SharedProbe.config(folder));
                Subscriber subscriber = streamer.subscriber(">")) {
            try (Publisher publisher = streamer.publisher("own")) {
                final List<Process> living = new ArrayList<>();
                // On a machine that is busy, until there was enough of it.
                while (System.nanoTime() < end
                        || (killed < MOST_KILLED && counter.count - counter.of("own") < 1000 && System.nanoTime() < end + NEVER_NANOS)) {
                    while (living.size() < 5) {
                        living.add(switch (random.nextInt(5)) {
                            case 0 -> start("publish", "one." + random.nextInt(3), 0, 100);
                            case 1 -> start("streams", "many." + random.nextInt(3), 0);
                            case 2 -> start("count", ">");
                            case 3 -> start("churn", "churn." + random.nextInt(3));
                            default -> start("idle", "one.1");
                        });
                    }
                    final long next = System.nanoTime() + random.nextInt(300_000_000);
                    while (System.nanoTime() < next) {
                        subscriber.poll(counter, 1000);
                        if (publisher.offer(SharedProbe.message(sent, 30)) > 0) {
                            sent++;
                        }
                    }
                    final Process victim = living.get(random.nextInt(living.size()));
                    // Some while they start.
                    if (random.nextInt(4) == 0 || victim.inputReader().ready()) {
                        Processes.kill(victim);
                        living.remove(victim);
                        killed++;
                    }
                }
                for (final Process process : living) {
                    Processes.kill(process);
                }
                // Nobody is left who holds anything up.
                final long deadline = System.nanoTime() + NEVER_NANOS;
                for (int more = 0; more < 10_000 && System.nanoTime() < deadline;) {
                    subscriber.poll(counter, 1000);
                    if (publisher.offer(SharedProbe.message(sent, 30)) > 0) {
                        sent++;
                        more++;
                    }
                }
            }
            awaitDrained(subscriber, counter);
            awaitNoLanes(subscriber);
            assertThat(counter.of("own")).isEqualTo(sent);
            assertThat(subscriber.lost()).isZero();
        }
        System.err.println("killed " + killed + " processes; received " + counter.count + " messages, " + sent + " of this process");
        assertThat(killed).isPositive();
        assertThat(counter.count).isGreaterThan(sent);
        assertThat(folder).doesNotExist();
        assertThat(processes.errors()).doesNotContain("IllegalStateException", "SIGSEGV", "SIGBUS", "InternalError");
    }

    private static void awaitDrained(final Subscriber subscriber, final SharedProbe.Counter counter) {
        final long deadline = System.nanoTime() + NEVER_NANOS;
        while (!subscriber.lanes().isEmpty() && System.nanoTime() < deadline) {
            if (subscriber.poll(counter, 1000) == 0) {
                Thread.yield();
            }
        }
    }
}
