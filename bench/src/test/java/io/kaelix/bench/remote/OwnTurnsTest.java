// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Duty;
import io.kaelix.Workers;
import org.junit.jupiter.api.Test;

class OwnTurnsTest {

    /** Counts its turns and its ends. */
    private static final class Counted implements Duty {

        private final int last;
        private int turns;
        private int ends;

        private Counted(final int last) {
            this.last = last;
        }

        @Override
        public int turn() {
            return ++turns == last ? DONE : 1;
        }

        @Override
        public void ended() {
            ends++;
        }
    }

    @Test
    void shouldCallEachDutyOnceATurnUntilItIsDone() {
        final OwnTurns turns = new OwnTurns();
        final Counted shorter = new Counted(2);
        final Counted longer = new Counted(10);
        turns.recur(shorter);
        turns.recur(longer);
        for (int i = 0; i < 5; i++) {
            turns.turn();
        }

        assertThat(shorter.turns).isEqualTo(2);
        assertThat(shorter.ends).isEqualTo(1);
        assertThat(longer.turns).isEqualTo(5);
        assertThat(longer.ends).isZero();
    }

    @Test
    void shouldEndADutyThatIsClosedOnce() {
        final OwnTurns turns = new OwnTurns();
        final Counted duty = new Counted(10);
        final Workers.Work work = turns.recur(duty);
        work.close();
        work.close();
        turns.turn();

        assertThat(duty.turns).isZero();
        assertThat(duty.ends).isEqualTo(1);
    }
}
