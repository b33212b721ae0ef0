// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit;

import io.kaelix.MemoryStreamer;
import io.kaelix.MessageHandler;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.testkit.load.LoadSettings;
import io.kaelix.testkit.load.Receiver;
import io.kaelix.testkit.load.Recording;
import io.kaelix.testkit.load.Schedule;
import io.kaelix.testkit.load.Sender;
import io.kaelix.testkit.noise.GapWatch;
import io.kaelix.testkit.noise.Intervals;
import java.time.Duration;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * A run by one thread, with a clock that goes on only as told: whatever a message meets, it meets by construction. Sender and receiver are
 * the real ones, over a real streamer, and take steps in turn as two threads would.
 */
final class Simulation {

    /** Simulated time of a step: far below a gap. */
    private static final long STEP_NANOS = 1_000;

    private final long rate;
    private final Duration duration;
    private final Intervals jvmPauses = new Intervals();
    private SlowSubscriberPolicy policy = SlowSubscriberPolicy.BLOCK;
    private IntConsumer handler = number -> { };
    private Duration gap = Duration.ZERO;
    private Duration gapInterval = Duration.ofHours(1);
    private boolean gapsAreCollections;
    /** Just before the clock runs over. */
    private long now = Long.MAX_VALUE - 100_000_000;
    private Sender sender;

    private Simulation(final long rate, final Duration duration) {
        this.rate = rate;
        this.duration = duration;
    }

    static Simulation of(final long messagesPerSecond, final Duration duration) {
        return new Simulation(messagesPerSecond, duration);
    }

    /** What the handler does with the message of a number. */
    Simulation handler(final IntConsumer onNumber) {
        this.handler = onNumber;
        return this;
    }

    Simulation lossy() {
        this.policy = SlowSubscriberPolicy.LOSSY;
        return this;
    }

    /** All threads stand still for a time, again and again. */
    Simulation gapsOf(final Duration length, final Duration interval) {
        this.gap = length;
        this.gapInterval = interval;
        return this;
    }

    /** And that is the garbage collector's work. */
    Simulation byGarbageCollection() {
        this.gapsAreCollections = true;
        return this;
    }

    /** In the handler: it is busy for a time, in which the sender goes on. */
    void busy(final Duration time) {
        for (long end = now + time.toNanos(); now - end < 0;) {
            now += STEP_NANOS;
            send();
        }
    }

    /** In the handler: all threads stand still, as the sender sees and the receiver does not. */
    void standStill(final Duration time) {
        send();
        now += time.toNanos();
        send();
    }

    private void send() {
        if (!sender.isDone()) {
            sender.doWork();
        }
    }

    LatencyResults run() {
        final MessageHandler onMessage = message -> handler.accept((int) message.getLong(0));
        final LoadSettings settings = new LoadSettings(onMessage, (claim, number) -> claim.putLong(0, number), Long.BYTES, rate, 1,
                Duration.ZERO, duration, Duration.ZERO, Topic.of("simulated"), policy, null, StreamerConfig.defaults(), () -> now);
        try (MemoryStreamer streamer = MemoryStreamer.launch(settings.config().withLaneCapacity(StreamerConfig.MIN_LANE_CAPACITY));
                Subscriber subscriber = streamer.subscriber(TopicPattern.of(settings.topic()), policy)) {
            final Schedule[] schedules = Schedule.of(settings, now);
            final Receiver receiver;
            try (Publisher publisher = streamer.publisher(settings.topic())) {
                sender = new Sender(publisher, settings, schedules[0]);
                receiver = new Receiver(subscriber, settings, schedules, Receiver.prepareLatencies(settings), new int[] {publisher.id()});
                drive(receiver);
            }
            while (receiver.doWork() || !receiver.isDrained()) {
                now += STEP_NANOS;
            }
            return Evaluation.of(Recording.of(schedules, List.of(sender), receiver, jvmPauses, 0, new GapWatch(now), -1), duration);
        }
    }

    private void drive(final Receiver receiver) {
        long nextGap = now + gapInterval.toNanos();
        while (!sender.isDone()) {
            if (now - nextGap >= 0) {
                nextGap += gapInterval.toNanos();
                if (gapsAreCollections) {
                    jvmPauses.add(now, now + gap.toNanos());
                }
                now += gap.toNanos();
            }
            sender.doWork();
            receiver.doWork();
            now += STEP_NANOS;
        }
    }
}
