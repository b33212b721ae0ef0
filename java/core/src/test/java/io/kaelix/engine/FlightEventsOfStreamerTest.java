// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.fill;
import static io.kaelix.engine.EngineFixture.number;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.MemoryStreamer;
import io.kaelix.PagePreference;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.TopicPattern;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When a streamer tells the flight recorder of something, and when not. */
@Timeout(120)
class FlightEventsOfStreamerTest {

    private static final Duration NOT_LONG = Duration.ofNanos(1);

    @TempDir
    private Path folder;
    private final MemoryStreamer streamer = MemoryStreamer.launch(EngineFixture.config().withBackpressureEvent(NOT_LONG));
    private final Publisher publisher = streamer.publisher("a");

    @AfterEach
    void close() {
        streamer.close();
    }

    private List<RecordedEvent> recorded(final String name, final Runnable work) throws Exception {
        final Path file = folder.resolve("recorded.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream().filter(event -> event.getEventType().getName().equals("io.kaelix." + name))
                .toList();
    }

    @Test
    void shouldTellOfAPublisherThatWaitedForSpaceOnceItHasIt() throws Exception {
        final Subscriber slow = streamer.subscriber("a");
        final List<RecordedEvent> events = recorded("Backpressure", () -> {
            fill(publisher);
            final long start = System.nanoTime();
            assertThat(publisher.offer(number(1))).isEqualTo(Publisher.BACK_PRESSURED);
            while (System.nanoTime() - start < 2_000_000) {
                Thread.onSpinWait();
            }
            drain(slow);
            send(publisher, 1, 2, 3);
        });
        assertThat(events).hasSize(1);
        assertThat(events.getFirst().getString("publisher")).isEqualTo("a#" + publisher.id());
        assertThat(events.getFirst().getDuration("waited")).isGreaterThanOrEqualTo(Duration.ofMillis(2));
        assertThat(events.getFirst().getLong("refusals")).isEqualTo(2);
        assertThat(events.getFirst().getBoolean("relieved")).isTrue();
    }

    @Test
    void shouldTellOfAPublishThatGaveUp() throws Exception {
        final Subscriber slow = streamer.subscriber("a");
        fill(publisher);
        final byte[] longOne = new byte[publisher.maxLength() + 1];
        final List<RecordedEvent> events = recorded("Backpressure", () -> {
            assertThat(publisher.publish(MemorySegment.ofArray(number(1)), 0, Long.BYTES, Duration.ofMillis(1)))
                    .isEqualTo(Publisher.BACK_PRESSURED);
            assertThat(publisher.publish(MemorySegment.ofArray(longOne), 0, longOne.length, Duration.ofMillis(1)))
                    .isEqualTo(Publisher.BACK_PRESSURED);
        });
        assertThat(events).hasSize(2).allSatisfy(event -> {
            assertThat(event.getBoolean("relieved")).isFalse();
            assertThat(event.getLong("refusals")).isPositive();
        });
        slow.close();
    }

    @Test
    void shouldNotCountTheTimeAfterAPublishThatGaveUpBecauseOfAnInterrupt() throws Exception {
        final Subscriber slow = streamer.subscriber("a");
        fill(publisher);
        final List<RecordedEvent> events = recorded("Backpressure", () -> {
            Thread.currentThread().interrupt();
            assertThat(publisher.publish(MemorySegment.ofArray(number(1)), 0, Long.BYTES, Duration.ofDays(1)))
                    .isEqualTo(Publisher.BACK_PRESSURED);
            assertThat(Thread.interrupted()).isTrue();
            drain(slow);
            send(publisher, 1);
        });
        assertThat(events).hasSize(1);
        assertThat(events.getFirst().getBoolean("relieved")).isFalse();
    }

    @Test
    void shouldTellOfNoWaitThatIsShorterThanAskedForOrIfNoneIsAskedFor() throws Exception {
        final Subscriber slow = streamer.subscriber("a");
        for (final Duration atLeast : List.of(Duration.ofMinutes(1), Duration.ZERO)) {
            streamer.reconfigure(streamer.config().withBackpressureEvent(atLeast));
            assertThat(recorded("Backpressure", () -> {
                fill(publisher);
                drain(slow);
                fill(publisher);
                drain(slow);
                send(publisher, 1);
            })).isEmpty();
        }
    }

    @Test
    void shouldTellOfASubscriberThatWasOverrun() throws Exception {
        final Subscriber lossy = streamer.subscriber(TopicPattern.of("a"), SlowSubscriberPolicy.LOSSY);
        final List<RecordedEvent> events = recorded("Overrun", () -> {
            send(publisher, 1);
            drain(lossy);
            for (int i = 0; i < 10_000; i++) {
                send(publisher, i);
            }
            drain(lossy);
        });
        assertThat(lossy.lost()).isPositive();
        assertThat(events).hasSize(1);
        assertThat(events.getFirst().getString("publisher")).isEqualTo("a#" + publisher.id());
        assertThat(events.getFirst().getLong("lost")).isEqualTo(lossy.lost());
        assertThat(events.getFirst().getLong("lostInAll")).isEqualTo(lossy.lost());
        assertThat(events.getFirst().getLong("bytes")).isGreaterThanOrEqualTo(24 * lossy.lost());
    }

    @Test
    void shouldTellOfPagesThatAreNotWhatWasAskedFor() throws Exception {
        final String[] reason = new String[1];
        final List<RecordedEvent> events = recorded("PlacementFallback", () -> {
            try (MemoryStreamer huge = MemoryStreamer.launch(EngineFixture.config().withPages(PagePreference.HUGE_1G))) {
                reason[0] = huge.placement().pageBytes() == 1L << 30 ? null : huge.placement().reason();
            }
        });
        if (reason[0] == null) {
            assertThat(events).as("it got what it asked for").isEmpty();
        } else {
            assertThat(events).hasSize(1);
            assertThat(events.getFirst().getString("subject")).isEqualTo("memory");
            assertThat(events.getFirst().getString("asked")).startsWith("1 GiB hugetlb pages");
            assertThat(events.getFirst().getString("obtained")).isNotBlank().doesNotContain("1 GiB");
            assertThat(events.getFirst().getString("reason")).isEqualTo(reason[0]);
        }
        assertThat(recorded("PlacementFallback", () -> EngineFixture.launch().close())).as("normal pages are always there").isEmpty();
    }
}
