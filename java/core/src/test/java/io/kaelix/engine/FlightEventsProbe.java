// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.number;

import io.kaelix.MemoryStreamer;
import io.kaelix.PagePreference;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.TopicPattern;
import io.kaelix.telemetry.FlightEvents;
import java.time.Duration;

/** A program in which what could be told happens: placement, backpressure, an overrun. Prints whether there is a flight recorder. */
final class FlightEventsProbe {

    private FlightEventsProbe() {
    }

    public static void main(final String[] arguments) {
        final StreamerConfig config = StreamerConfig.defaults().withLaneCapacity(StreamerConfig.MIN_LANE_CAPACITY)
                .withPages(PagePreference.HUGE_1G).withBackpressureEvent(Duration.ofNanos(1)).withLatencySamplingBytes(1024);
        try (MemoryStreamer streamer = MemoryStreamer.launch(config);
                Publisher publisher = streamer.publisher("a");
                Subscriber lossy = streamer.subscriber(TopicPattern.of("a"), SlowSubscriberPolicy.LOSSY)) {
            for (int i = 0; i < 10_000; i++) {
                publisher.offer(number(i));
            }
            lossy.poll(message -> { }, 10);
            final Subscriber gating = streamer.subscriber("a");
            while (publisher.offer(number(1)) > 0) {
                Thread.onSpinWait();
            }
            gating.close();
            publisher.offer(number(1));
            FlightEvents.longTask("worker 0", "a", 1, 1);
            FlightEvents.reload("a", true, "", "", "", 1);
            FlightEvents.slowSubscriber("a", "BLOCK", 1, 1, 1, 1);
            System.out.println(ModuleLayer.boot().findModule("jdk.jfr").isPresent() + " " + FlightEvents.isBackpressureOn() + " "
                    + (lossy.lost() > 0));
        }
    }
}
