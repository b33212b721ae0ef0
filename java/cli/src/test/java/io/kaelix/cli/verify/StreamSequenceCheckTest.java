// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StreamSequenceCheckTest {

    private final StreamSequenceCheck check = new StreamSequenceCheck();

    private void accept(final int stream, final long... sequences) {
        for (final long sequence : sequences) {
            check.accept(stream, sequence);
        }
    }

    private void assertFound(final long sent, final String found) {
        assertThat(check.lost(sent) + " lost, " + check.duplicated() + " duplicated, " + check.reordered() + " reordered")
                .isEqualTo(found);
    }

    @Test
    void shouldFindNothingWrongWhereEachStreamIsInOrder() {
        for (int round = 0; round < 10; round++) {
            accept(0, round);
            accept(1_000_000, round);
            accept(7, 2 * round, 2 * round + 1);
        }
        assertFound(40, "0 lost, 0 duplicated, 0 reordered");
        assertFound(43, "3 lost, 0 duplicated, 0 reordered");
    }

    @Test
    void shouldFindLossInOneStreamAlone() {
        accept(1, 0, 1, 4);
        accept(2, 0, 1, 2);
        accept(1, 5);
        accept(3, 1);
        assertFound(11, "3 lost, 0 duplicated, 0 reordered");
        assertFound(12, "4 lost, 0 duplicated, 0 reordered");
    }

    @Test
    void shouldFindDuplicatesAndReordering() {
        accept(1, 0, 0, 1);
        accept(2, 1, 0, 2);
        assertFound(5, "0 lost, 1 duplicated, 1 reordered");
    }
}
