// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.bench.scenario.Words;
import org.junit.jupiter.api.Test;

class MessageCheckTest {

    private static final int WORDS = 8;

    private final MessageCheck check = new MessageCheck(WORDS);

    private void receive(final long... firsts) {
        for (final long first : firsts) {
            check.onMessage(first, Words.sum(first, WORDS));
        }
    }

    private static long[] sent(final long... each) {
        return each;
    }

    @Test
    void shouldAcceptEachMessageOnceInAnyMixOfPublishers() {
        receive(0, 0, 1, 2, 1, 3);

        assertThatCode(() -> check.verify(sent(4, 2), 1, 0)).doesNotThrowAnyException();
    }

    @Test
    void shouldExpectEachMessageOncePerSubscriber() {
        receive(0, 1, 0, 1, 0, 1);

        assertThatCode(() -> check.verify(sent(2), 3, 0)).doesNotThrowAnyException();
        assertThatThrownBy(() -> check.verify(sent(2), 2, 0)).hasMessageContaining("2 too many");
    }

    @Test
    void shouldNoticeAMissingMessage() {
        receive(0, 1, 3);

        assertThatThrownBy(() -> check.verify(sent(4), 1, 0)).hasMessageContaining("1 are missing");
    }

    @Test
    void shouldNoticeTwoMessagesInPlaceOfTwoOthersOfTheSameSum() {
        receive(0, 2, 2, 3, 3, 5);

        assertThatThrownBy(() -> check.verify(sent(6), 1, 0)).hasMessageContaining("not the same");
    }

    @Test
    void shouldNoticeAWordThatChanged() {
        receive(0);
        check.onMessage(1, Words.sum(1, WORDS) - 1);

        assertThatThrownBy(() -> check.verify(sent(2), 1, 0)).hasMessageContaining("1 of 2 messages came with other words");
    }

    @Test
    void shouldAcceptLossesThatAreCountedExactly() {
        receive(0, 3);

        assertThatCode(() -> check.verify(sent(4), 1, 2)).doesNotThrowAnyException();
        assertThatThrownBy(() -> check.verify(sent(4), 1, 1)).hasMessageContaining("1 are missing");
    }

    @Test
    void shouldAddUpMoreMessagesThanSquaresFitALong() {
        final MessageCheck many = new MessageCheck(1);
        // 5 million: the sum of squares exceeds 2^63.
        for (long first = 0; first < 5_000_000; first++) {
            many.onMessage(first, first);
        }

        assertThatCode(() -> many.verify(sent(5_000_000), 1, 0)).doesNotThrowAnyException();
    }
}
