// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Two publishers, two subscribers; what arrives is tampered with. */
class VerdictTest {

    private static final List<Sent> SENT = List.of(sent(1, 10, 20, 30), sent(7, 40));

    private static Sent sent(final int publisherId, final long... values) {
        long checksum = 0;
        for (final long value : values) {
            checksum = checksum * 31 + value;
        }
        return new Sent(publisherId, values.length, 8L * values.length, checksum);
    }

    /** Values by sequence number; each entry is {sequence, value}. */
    private static Received received(final int publisherId, final long[]... arrivals) {
        final Received received = new Received(publisherId, 0);
        for (final long[] arrival : arrivals) {
            received.accept(arrival[0], received.checksum() * 31 + arrival[1]);
        }
        return received;
    }

    private static long[] at(final long sequence, final long value) {
        return new long[] {sequence, value};
    }

    private static final List<Received> GOOD = List.of(received(1, at(0, 10), at(1, 20), at(2, 30)), received(7, at(0, 40)));

    private static Verdict second(final long[]... arrivals) {
        return Verdict.of(SENT, List.of(GOOD, List.of(received(1, arrivals), GOOD.get(1))));
    }

    @Test
    void shouldBeCleanIfAllArrived() {
        final Verdict verdict = Verdict.of(SENT, List.of(GOOD, GOOD));
        assertThat(verdict.isClean()).isTrue();
        assertThat(verdict).isEqualTo(new Verdict(0, 0, 0, List.of()));
    }

    @Test
    void shouldCheckEachStreamOfAPublisherOfMany() {
        final Received received = new Received(7, 0);
        received.accept(5, 0, 40);
        received.accept(6, 0, 50);
        assertThat(Verdict.of(List.of(new Sent(7, 2, 16, 50)), List.of(List.of(received))).isClean()).isTrue();
        received.accept(6, 2, 60);
        assertThat(Verdict.of(List.of(new Sent(7, 4, 32, 60)), List.of(List.of(received))))
                .isEqualTo(new Verdict(1, 0, 0, List.of("subscriber 1 and publisher 1: 1 lost, 0 duplicated, 0 reordered")));
    }

    @Test
    void shouldTellWhoLostWhat() {
        final Verdict verdict = second(at(0, 10), at(2, 30));
        assertThat(verdict.lost()).isEqualTo(1);
        assertThat(verdict.isClean()).isFalse();
        assertThat(verdict.differences()).containsExactly("subscriber 2 and publisher 1: 1 lost, 0 duplicated, 0 reordered");
    }

    @Test
    void shouldTellOfALostEnd() {
        assertThat(second(at(0, 10), at(1, 20)).lost()).isEqualTo(1);
        assertThat(second().lost()).isEqualTo(3);
    }

    @Test
    void shouldTellOfDuplicates() {
        final Verdict verdict = second(at(0, 10), at(1, 20), at(1, 20), at(2, 30));
        assertThat(verdict.duplicated()).isEqualTo(1);
        assertThat(verdict.isClean()).isFalse();
    }

    @Test
    void shouldTellOfReordering() {
        final Verdict verdict = second(at(1, 20), at(0, 10), at(2, 30));
        assertThat(verdict.reordered()).isEqualTo(1);
        assertThat(verdict.lost()).isZero();
        assertThat(verdict.isClean()).isFalse();
    }

    @Test
    void shouldTellOfContentThatDiffers() {
        final Verdict verdict = second(at(0, 10), at(1, 21), at(2, 30));
        assertThat(verdict.lost() + verdict.duplicated() + verdict.reordered()).isZero();
        assertThat(verdict.differences()).containsExactly("subscriber 2 and publisher 1: content differs");
    }

    @Test
    void shouldTellOfMessagesThatWereNeverSent() {
        assertThat(second(at(0, 10), at(1, 20), at(2, 30), at(3, 0)).isClean()).isFalse();
    }
}
