// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.SubscriberStatus;
import io.kaelix.TopicPattern;
import io.kaelix.telemetry.LatencyHistogram;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who is told of as slow, and how often. */
class SlowSubscribersTest {

    private static final Duration THRESHOLD = Duration.ofSeconds(2);

    private long now;
    private final List<String> told = new ArrayList<>();
    private final SlowSubscribers slow = new SlowSubscribers((subscriber, policy, messages, bytes, lag, blocking) -> told.add(
            subscriber + ' ' + policy + ' ' + messages + ' ' + bytes + ' ' + lag / 1_000_000_000 + ' ' + blocking), () -> now);

    private void round(final Duration at, final long number, final Duration lag) {
        now = at.toNanos();
        slow.look(new SubscriberStatus(List.of(TopicPattern.of("orders")), SlowSubscriberPolicy.LOSSY, Optional.empty(), 640, 10, lag,
                lag.plusSeconds(1), Optional.empty(), 0, Optional.empty(), number, 0, new LatencyHistogram(), new LatencyHistogram()), 5);
        slow.endRound();
    }

    @Test
    void shouldTellOfOneThatFallsBehindThatFar() {
        slow.threshold(THRESHOLD.toNanos());
        round(Duration.ZERO, 1, Duration.ofMillis(1_999));
        assertThat(told).isEmpty();
        round(Duration.ofMillis(250), 1, Duration.ofSeconds(2));
        assertThat(told).containsExactly("orders#1 LOSSY 10 640 2 5");
    }

    @Test
    void shouldTellAgainOnlyOfOneThatStaysSoForAsLongAgain() {
        slow.threshold(THRESHOLD.toNanos());
        for (int quarter = 0; quarter <= 8; quarter++) {
            round(Duration.ofMillis(250L * quarter), 1, Duration.ofSeconds(3));
        }
        assertThat(told).hasSize(2);
    }

    @Test
    void shouldTellAgainOfOneThatHadRecovered() {
        slow.threshold(THRESHOLD.toNanos());
        round(Duration.ZERO, 1, Duration.ofSeconds(3));
        round(Duration.ofMillis(250), 1, Duration.ZERO);
        round(Duration.ofMillis(500), 1, Duration.ofSeconds(3));
        assertThat(told).hasSize(2);
    }

    @Test
    void shouldTellAtMostOnceASecondWhateverTheThreshold() {
        slow.threshold(1);
        for (int tenth = 0; tenth < 20; tenth++) {
            round(Duration.ofMillis(100L * tenth), 1, Duration.ofSeconds(3));
        }
        assertThat(told).hasSize(2);
    }

    @Test
    void shouldTellOfEachByItself() {
        slow.threshold(THRESHOLD.toNanos());
        now = 0;
        round(Duration.ZERO, 1, Duration.ofSeconds(3));
        round(Duration.ofMillis(10), 2, Duration.ofSeconds(3));
        assertThat(told).hasSize(2);
    }

    @Test
    void shouldTellOfNobodyWithoutAThreshold() {
        round(Duration.ZERO, 1, Duration.ofDays(1));
        assertThat(told).isEmpty();
    }
}
