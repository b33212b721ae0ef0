// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What messages may say: no object says anything else, so that none is sent, and none is made of what came. */
class WireMessageTest {

    private static final WireLimits LIMITS = new WireLimits(64, 64, 1000, 15_000);

    private static void assertRefused(final ThrowingCallable made, final String text) {
        assertThatThrownBy(made).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(text);
    }

    private static WireHello hello(final int oldest, final int newest, final String token, final String name,
            final List<WireHello.Resumed> resumed) {
        return new WireHello(oldest, newest, 1, 0, LIMITS, token, name, resumed);
    }

    @Test
    void shouldLimitAHello() {
        assertRefused(() -> hello(0, 1, "", "", List.of()), "oldest version");
        assertRefused(() -> hello(2, 1, "", "", List.of()), "newest version");
        assertRefused(() -> hello(1, 65_536, "", "", List.of()), "newest version");
        assertRefused(() -> hello(1, 1, "x".repeat(4097), "", List.of()), "token");
        assertRefused(() -> hello(1, 1, "", "ä".repeat(128), List.of()), "name must have at most 255 bytes, not 256");
        assertRefused(() -> new WireHello.Resumed(0, 0), "flow");
        assertRefused(() -> new WireHello.Resumed(65_536, 0), "flow");
        assertRefused(() -> new WireHello.Resumed(1, 4), "multiple of 8");
        assertRefused(() -> new WireHello.Resumed(1, -8), "multiple of 8");
        final WireHello.Resumed one = new WireHello.Resumed(1, 0);
        assertRefused(() -> hello(1, 1, "", "", List.of(one, one)), "ascend");
        assertRefused(() -> hello(1, 1, "", "", resumed(2049)), "at most 2048");
        assertThat(hello(1, 65_535, "x".repeat(4096), "ä".repeat(127), resumed(2048)).length())
                .isLessThanOrEqualTo(WireDescriptor.MAX_CONTROL_LENGTH);
    }

    private static List<WireHello.Resumed> resumed(final int count) {
        return IntStream.rangeClosed(1, count).mapToObj(flow -> new WireHello.Resumed(flow, 8)).toList();
    }

    @Test
    void shouldNotShowATokenToWhoPrintsAHello() {
        assertThat(hello(1, 1, "secret", "desk", List.of()).toString()).contains("desk").doesNotContain("secret");
    }

    @Test
    void shouldLimitWhatSidesTake() {
        assertRefused(() -> new WireLimits(63, 64, 1, 1), "longest frame");
        assertRefused(() -> new WireLimits(65, 64, 1, 1), "longest run");
        assertRefused(() -> new WireLimits(64, 68, 1, 1), "longest run");
        assertRefused(() -> new WireLimits(64, (1 << 30) + 8, 1, 1), "longest run");
        assertRefused(() -> new WireLimits(64, 64, 0, 1), "heartbeat");
        assertRefused(() -> new WireLimits(64, 64, 1, 0), "silence");
        assertRefused(() -> new WireLimits(64, 64, 86_400_001, 1), "heartbeat");
        assertThat(new WireLimits(1 << 30, 1 << 30, 86_400_000, 86_400_000).frame()).isEqualTo(1 << 30);
    }

    @Test
    void shouldLimitAWelcome() {
        assertRefused(() -> new WireWelcome(false, 1, 1, 0, LIMITS, 0, 0, 1, ""), "a session has a number");
        assertRefused(() -> new WireWelcome(false, 1, 1, 1, LIMITS, 8, 0, 1, ""), "0 in a new session");
        assertRefused(() -> new WireWelcome(true, 1, 1, 1, LIMITS, 9, 0, 1, ""), "multiple of 8");
        assertRefused(() -> new WireWelcome(true, 0, 1, 1, LIMITS, 8, 0, 1, ""), "version");
        assertRefused(() -> new WireWelcome(true, 1, 1, 1, LIMITS, 8, -1, 1, ""), "kept");
        assertRefused(() -> new WireWelcome(true, 1, 1, 1, LIMITS, 8, 0, 65_536, ""), "subscriptions");
    }

    private static WireSubscribe subscribe(final List<Integer> partitions, final List<LanePosition> points) {
        return new WireSubscribe(1, TopicPattern.of("a.>"), SlowSubscriberPolicy.BLOCK, 0, 0, Start.latest(), partitions, points);
    }

    @Test
    void shouldLimitASubscription() {
        assertRefused(() -> new WireSubscribe(0, TopicPattern.of("a"), null, 0, 0, Start.latest(), List.of(), List.of()), "flow");
        assertRefused(() -> new WireSubscribe(1, TopicPattern.of("a"), null, -1, 0, Start.latest(), List.of(), List.of()), "lag");
        assertRefused(() -> new WireSubscribe(1, TopicPattern.of("a"), null, 0, -2, Start.latest(), List.of(), List.of()), "stall");
        assertRefused(() -> subscribe(List.of(1, 1), List.of()), "ascend");
        assertRefused(() -> subscribe(List.of(-1), List.of()), "ascend");
        assertRefused(() -> subscribe(List.of(0xFFFF), List.of()), "65534");
        assertRefused(() -> subscribe(List.of(), List.of(new LanePosition(1, 1, 4, 0))), "multiple of 8");
        assertRefused(() -> subscribe(List.of(), List.of(new LanePosition(1, 1, 8, -1))), "number of messages");
        assertRefused(() -> subscribe(List.of(), Collections.nCopies(1025, new LanePosition(1, 1, 8, 1))), "at most 1024");
        assertRefused(() -> subscribe(IntStream.range(0, 4097).boxed().toList(), List.of()), "at most 4096");
        assertThat(subscribe(IntStream.range(0, 4096).boxed().toList(), Collections.nCopies(1024, new LanePosition(1, 1, 8, 1))).length())
                .isLessThanOrEqualTo(WireDescriptor.MAX_CONTROL_LENGTH);
    }

    @Test
    void shouldStartAtWholeMilliseconds() {
        final Start start = Start.at(Instant.ofEpochSecond(1, 2_999_999));
        assertThat(new WireSubscribe(1, TopicPattern.of("a"), null, 0, 0, start, List.of(), List.of()).start())
                .isEqualTo(Start.at(Instant.ofEpochMilli(1002)));
        for (final Instant far : List.of(Instant.MIN, Instant.MAX)) {
            assertThat(new WireSubscribe(1, TopicPattern.of("a"), null, 0, 0, Start.at(far), List.of(), List.of()).start())
                    .isEqualTo(Start.at(Instant.ofEpochMilli(far == Instant.MIN ? Long.MIN_VALUE : Long.MAX_VALUE)));
        }
    }

    @Test
    void shouldLimitTheRest() {
        final Topic topic = Topic.of("a");
        assertRefused(() -> new WireStream(0, -1, topic, 0, 1), "stream");
        assertRefused(() -> new WireStream(0, 0, topic, 1, 1), "partition");
        assertRefused(() -> new WireStream(0, 0, topic, 0, 0), "partitions");
        assertRefused(() -> new WireStream(0, 0, topic, 0, 65_536), "partitions");
        assertRefused(() -> new WireStream(65_536, 0, topic, 0, 1), "flow");
        assertRefused(() -> new WireLane(0, 0, 0, 0, 0, 4, 0), "multiple of 8");
        assertRefused(() -> new WireLane(0, 0, 0, 0, 0, 8, -1), "number of messages");
        assertRefused(() -> new WireLaneEnd(65_536, 0), "flow");
        assertRefused(() -> new WireLost(0, -1), "number of messages");
        assertRefused(() -> new WireDeclare(topic, -1), "partitions");
        assertRefused(() -> new WireDeclare(topic, 65_536), "partitions");
        assertRefused(() -> new WireSubscribed(0, SlowSubscriberPolicy.BLOCK, 1), "flow");
        assertRefused(() -> new WireSubscribed(1, SlowSubscriberPolicy.BLOCK, 0), "lag");
        assertRefused(() -> new WireFailure(0, 0, -1, ""), "code");
        assertRefused(() -> new WireFailure(0, 1, -2, ""), "subject");
    }

    @Test
    void shouldCutTheTextOfAnErrorBetweenCharacters() {
        assertThat(WireFailure.of(0, WireError.BUSY, "ä".repeat(600)).text()).isEqualTo("ä".repeat(512));
        assertThat(WireFailure.of(0, WireError.BUSY, "x" + "ä".repeat(600)).text()).isEqualTo("x" + "ä".repeat(511));
        assertThat(WireFailure.of(0, WireError.BUSY, "x".repeat(1021) + "𝄞").text()).isEqualTo("x".repeat(1021));
        assertThat(WireFailure.of(0, WireError.BUSY, "half \uD834").text()).isEqualTo("half ?");
    }

    @Test
    void shouldNotLetAPeerGarbleATerminal() {
        assertThat(WireFailure.of(0, WireError.BUSY, "red \033[31m\nnext").text()).isEqualTo("red ?[31m?next");
        assertThat(hello(1, 1, "", "a\tb", List.of()).name()).isEqualTo("a?b");
        assertThat(new WireWelcome(false, 1, 1, 1, LIMITS, 0, 0, 1, "\u0085x").identity()).isEqualTo("?x");
    }

    @Test
    void shouldSayByACodeAloneWhetherTheConnectionEnds() {
        for (final WireError error : WireError.values()) {
            assertThat(WireError.of(error.code())).isSameAs(error);
            assertThat(error.isFatal()).isEqualTo(error.code() < 64);
        }
        assertThat(WireError.of(31)).isNull();
        assertThat(WireError.isFatal(31)).isTrue();
        assertThat(WireError.isPassing(31)).isFalse();
        assertThat(WireError.isFatal(63)).isTrue();
        assertThat(WireError.isPassing(63)).isTrue();
        assertThat(WireError.isFatal(1000)).isFalse();
    }
}
