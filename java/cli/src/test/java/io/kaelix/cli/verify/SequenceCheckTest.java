// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SequenceCheckTest {

    private static final long MODULUS = 1L << 32;

    private static void assertFound(final long sent, final String found, final long... sequences) {
        final SequenceCheck check = new SequenceCheck();
        for (final long sequence : sequences) {
            check.accept(sequence);
        }
        assertThat(check.lost(sent) + " lost, " + check.duplicated() + " duplicated, " + check.reordered() + " reordered")
                .isEqualTo(found);
    }

    @Test
    void shouldFindNothingWrongInOrder() {
        assertFound(0, "0 lost, 0 duplicated, 0 reordered");
        assertFound(4, "0 lost, 0 duplicated, 0 reordered", 0, 1, 2, 3);
    }

    @Test
    void shouldFindLoss() {
        assertFound(5, "5 lost, 0 duplicated, 0 reordered");
        assertFound(5, "1 lost, 0 duplicated, 0 reordered", 1, 2, 3, 4);
        assertFound(5, "2 lost, 0 duplicated, 0 reordered", 0, 3, 4);
        assertFound(5, "2 lost, 0 duplicated, 0 reordered", 0, 1, 2);
        assertFound(9, "5 lost, 0 duplicated, 0 reordered", 1, 3, 5, 7);
    }

    @Test
    void shouldFindDuplicates() {
        assertFound(3, "0 lost, 1 duplicated, 0 reordered", 0, 1, 1, 2);
        assertFound(3, "0 lost, 3 duplicated, 0 reordered", 0, 1, 2, 0, 1, 2);
        assertFound(3, "1 lost, 1 duplicated, 0 reordered", 0, 2, 0);
    }

    @Test
    void shouldFindReordering() {
        assertFound(3, "0 lost, 0 duplicated, 1 reordered", 0, 2, 1);
        assertFound(6, "0 lost, 0 duplicated, 3 reordered", 0, 4, 3, 1, 2, 5);
        assertFound(6, "2 lost, 1 duplicated, 1 reordered", 0, 4, 2, 2, 5);
    }

    @Test
    void shouldCountOnWhereTheNumberWraps() {
        final SequenceCheck check = new SequenceCheck();
        final long step = 1L << 30;
        // A message of each 2^30, as if the others had been lost: far beyond the first wrap.
        for (long number = 0; number < 12 * step; number += step) {
            check.accept(number % MODULUS);
        }
        assertThat(check.lost(11 * step + 1)).isEqualTo(11 * (step - 1));
        assertThat(check.duplicated()).isZero();
        assertThat(check.reordered()).isZero();
    }

    @Test
    void shouldRememberABoundedNumberOfGaps() {
        final SequenceCheck check = new SequenceCheck();
        final long last = 2L * (SequenceCheck.MAX_GAPS + 10);
        LongStream.iterate(1, number -> number <= last, number -> number + 2).forEach(check::accept);
        final long lost = check.lost(last);
        check.accept(0);
        check.accept(last - 2);
        assertThat(check.duplicated()).as("of a gap that was forgotten").isEqualTo(1);
        assertThat(check.reordered()).isEqualTo(1);
        assertThat(check.lost(last)).isEqualTo(lost - 1);
    }
}
