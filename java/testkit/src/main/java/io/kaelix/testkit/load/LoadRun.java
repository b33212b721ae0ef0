// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit.load;

import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import io.kaelix.TopicPattern;
import io.kaelix.testkit.RunTimeoutException;
import io.kaelix.testkit.noise.CpuTimes;
import io.kaelix.testkit.noise.GapWatch;
import io.kaelix.testkit.noise.JvmPauses;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * One run of a load from launch to recording, with a thread per publisher and one that receives. All threads spin: they are what
 * the machine's noise is measured with.
 *
 * <p><b>Threads</b>: one.
 */
public final class LoadRun {

    private static final Path PROC = Path.of("/proc");
    private static final Duration SPIN_BEFORE = Duration.ofMillis(100);
    /** From the making of the schedule to the first message: all threads run by then. */
    private static final Duration LEAD = Duration.ofMillis(20);

    private final LoadSettings settings;

    /** Prepares a run. */
    public LoadRun(final LoadSettings settings) {
        this.settings = settings;
    }

    /**
     * Runs. Whatever comes of it, all that it opened is closed, and its threads have ended or were interrupted.
     *
     * @throws RuntimeException what the user's handler or payload writer threw
     * @throws RunTimeoutException if it does not end
     */
    public Recording execute() throws InterruptedException {
        if (settings.streamer() != null) {
            return execute(settings.streamer());
        }
        try (MemoryStreamer streamer = MemoryStreamer.launch(settings.config())) {
            return execute(streamer);
        }
    }

    private Recording execute(final MemoryStreamer streamer) throws InterruptedException {
        final List<Publisher> publishers = new ArrayList<>();
        // The subscriber first: it misses nothing of a publisher that comes later.
        try (Subscriber subscriber = streamer.subscriber(TopicPattern.of(settings.topic()), settings.policy())) {
            for (int i = 0; i < settings.publishers(); i++) {
                publishers.add(streamer.publisher(settings.topic()));
            }
            final int maxLength = publishers.getFirst().maxLength();
            if (settings.payloadBytes() > maxLength) {
                throw new IllegalArgumentException("payloadBytes is " + settings.payloadBytes() + ", this streamer takes at most "
                        + maxLength + ": give the harness a StreamerConfig with a larger laneCapacity, or shorter messages");
            }
            return execute(subscriber, publishers);
        } finally {
            publishers.forEach(Publisher::close);
        }
    }

    private Recording execute(final Subscriber subscriber, final List<Publisher> publishers) throws InterruptedException {
        final LongSupplier clock = settings.clock();
        final GapWatch before = spin(clock);
        final JvmPauses pauses = new JvmPauses(clock);
        final CpuTimes cpuBefore = CpuTimes.read(PROC);
        final Receiver receiver;
        final List<Sender> senders = new ArrayList<>();
        final Schedule[] schedules;
        try (pauses) {
            // Twice: the memory for what is recorded, and the collections that it may cost, come before the first message is due.
            // Before the schedule is made: it takes a while, and may cost a collection.
            final long[][] latencies = Receiver.prepareLatencies(settings);
            schedules = Schedule.of(settings, clock.getAsLong() + LEAD.toNanos());
            receiver = new Receiver(subscriber, settings, schedules, latencies,
                    publishers.stream().mapToInt(Publisher::id).toArray());
            for (int i = 0; i < schedules.length; i++) {
                senders.add(new Sender(publishers.get(i), settings, schedules[i]));
            }
            drive(publishers, senders, receiver);
        }
        return Recording.of(schedules, senders, receiver, pauses.pauses(), pauses.pausedMillis(), before,
                CpuTimes.read(PROC).stealShareSince(cpuBefore));
    }

    /** What a thread sees that only spins, where no load is yet. */
    private static GapWatch spin(final LongSupplier clock) {
        final long start = clock.getAsLong();
        final long startOfWait = System.nanoTime();
        final GapWatch watch = new GapWatch(start);
        long now = start;
        // Also ends where a test's clock stands still.
        while (now - start < SPIN_BEFORE.toNanos() && System.nanoTime() - startOfWait < 2 * SPIN_BEFORE.toNanos()) {
            now = clock.getAsLong();
            watch.observe(now);
        }
        return watch;
    }

    private void drive(final List<Publisher> publishers, final List<Sender> senders, final Receiver receiver)
            throws InterruptedException {
        final RunThreads threads = new RunThreads(settings.publishers());
        for (int i = 0; i < senders.size(); i++) {
            final Publisher publisher = publishers.get(i);
            final Sender sender = senders.get(i);
            threads.addSender("kaelix-testkit-publisher-" + (i + 1), () -> {
                try (publisher) {
                    while (!sender.isDone() && !threads.isStopping()) {
                        if (!sender.doWork()) {
                            threads.idle();
                        }
                    }
                }
            });
        }
        threads.addReceiver("kaelix-testkit-subscriber", () -> {
            boolean more = true;
            while (more && !threads.isStopping()) {
                // Before the poll: what was sent by then, it finds.
                final boolean ended = threads.haveSendersEnded();
                if (!receiver.doWork()) {
                    more = !(ended && receiver.isDrained());
                    threads.idle();
                }
            }
        });
        final Duration planned = LEAD.plus(settings.warmUp()).plus(Schedule.REST).plus(settings.duration());
        threads.run(planned.plus(settings.timeout()), thread -> timeout(thread, receiver));
    }

    /** What to say of a run that does not end, from where the receiving thread is. */
    private RunTimeoutException timeout(final Thread receiving, final Receiver receiver) {
        final StackTraceElement[] stack = receiving.getStackTrace();
        return new RunTimeoutException("the run did not end within " + TimeUnit.NANOSECONDS.toMillis(settings.timeout().toNanos())
                + " ms behind its schedule, with " + receiver.progress() + " of "
                + (settings.warmUpMessages() + settings.measuredMessages()) + " messages received; its thread '"
                + receiving.getName() + "' is at " + (stack.length == 0 ? "its end" : stack[0])
                + ": a handler must return, and keep up with the load; else lower messagesPerSecond or raise the timeout", stack);
    }
}
