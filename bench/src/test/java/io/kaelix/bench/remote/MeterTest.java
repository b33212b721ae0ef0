// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.bench.scenario.Words;
import io.kaelix.bench.trial.TrialException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeterTest {

    private static final int WORDS = 8;

    private static Request request(final double seconds, final long bytes) {
        return new Request(Exchange.STREAM, Subject.NETTY, WORDS * Long.BYTES, seconds, 0, List.of(0, 1), bytes, 1);
    }

    private static void take(final Arrivals arrivals, final long first) {
        arrivals.take(first, Words.sum(first, WORDS));
    }

    @Test
    void shouldCountWhatComesInTurnFromWhicheverIsTheFirst() throws TrialException {
        final Arrivals arrivals = new Arrivals(request(0.001, 0));
        for (long first = 1_000; !arrivals.isDone(); first++) {
            take(arrivals, first);
        }

        final double perSecond = arrivals.figures().get(Figures.MESSAGE_RATE.name());
        assertThat(perSecond).isPositive();
        assertThat(arrivals.figures().get(Figures.BYTES_PER_SECOND.name())).isEqualTo(perSecond * 64);
    }

    @Test
    void shouldMeasureAsManyBytesAsAreWanted() {
        final long bytes = 10L << 20;
        final Arrivals arrivals = new Arrivals(request(0.000_001, bytes));
        long first = 0;
        while (!arrivals.isDone()) {
            take(arrivals, first++);
        }

        assertThat(first * 64).isGreaterThanOrEqualTo(bytes);
    }

    @Test
    void shouldFailWhenAMessageIsMissing() {
        final Arrivals arrivals = new Arrivals(request(1, 0));
        take(arrivals, 5);
        take(arrivals, 7);

        assertThat(arrivals.isDone()).isTrue();
        assertThatThrownBy(arrivals::figures).isInstanceOf(TrialException.class).hasMessage("message 6 was due, and message 7 came");
    }

    @Test
    void shouldFailWhenAMessageComesTwice() {
        final Arrivals arrivals = new Arrivals(request(1, 0));
        take(arrivals, 5);
        take(arrivals, 5);

        assertThatThrownBy(arrivals::figures).hasMessage("message 6 was due, and message 5 came");
    }

    @Test
    void shouldFailWhenAWordIsAnother() {
        final Arrivals arrivals = new Arrivals(request(1, 0));
        arrivals.take(5, Words.sum(5, WORDS) + 1);

        assertThatThrownBy(arrivals::figures).hasMessage("message 5 came with other words");
    }

    @Test
    void shouldTimeMessagesToAndFro() throws TrialException {
        final Pings pings = new Pings(request(0.001, 0));
        long first;
        do {
            first = pings.begin();
        } while (pings.end(first, Words.sum(first, WORDS)));

        assertThat(pings.isDone()).isTrue();
        assertThat(pings.figures()).containsKeys("oneWayP50Nanos", "oneWayP99Nanos", "oneWayP999Nanos", "oneWayMaxNanos");
        assertThat(pings.figures()).allSatisfy((name, value) -> {
            if (name.equals(Figures.CLIENT_HEAP.name())) {
                assertThat(value).isNotNegative();
            } else {
                assertThat(value).isPositive();
            }
        });
    }

    @Test
    void shouldFailWhenAnotherMessageComesBack() {
        final Pings pings = new Pings(request(1, 0));
        pings.begin();
        final long second = pings.begin();

        assertThat(pings.end(second - 1, Words.sum(second - 1, WORDS))).isFalse();
        assertThatThrownBy(pings::figures).hasMessage("message 1 was sent, and message 0 came back");
    }

    @Test
    void shouldFailWhenItComesBackWithAnotherWord() {
        final Pings pings = new Pings(request(1, 0));
        final long first = pings.begin();

        assertThat(pings.end(first, Words.sum(first, WORDS) - 1)).isFalse();
        assertThatThrownBy(pings::figures).hasMessage("message 0 was sent, and came back with other words");
    }

    @Test
    void shouldReadTheArgumentsThatItWrites() {
        final Request request = new Request(Exchange.BULK, Subject.AERON_UDP_DRIVER, 1 << 16, 0.5, 1.25, List.of(3, 5), 1L << 30, 7);

        assertThat(Request.parse(request.toArguments().toArray(String[]::new))).isEqualTo(request);
        assertThatThrownBy(() -> Request.parse("stream")).hasMessageStartingWith("usage: MODE SYSTEM");
        assertThatThrownBy(() -> Subject.of("kafka")).hasMessage("no system 'kafka'");
        assertThatThrownBy(() -> Exchange.of("fast")).hasMessage("no mode 'fast'");
    }

    @Test
    void shouldNameEachSystemOnceAndGiveItAMode() {
        assertThat(Subject.values()).extracting(Subject::label).doesNotHaveDuplicates();
        assertThat(Subject.NETWORK).allSatisfy(subject -> assertThat(Exchange.NETWORK).anyMatch(subject::has));
        assertThat(Subject.IPC).allSatisfy(subject -> assertThat(Exchange.IPC).anyMatch(subject::has));
    }
}
