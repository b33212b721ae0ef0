// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class OpenPartsTest {

    private static final int WHOLE = 0;
    private static final int FIRST = 0x08;
    private static final int MIDDLE = 0x0C;
    private static final int LAST = 0x04;

    private final OpenParts parts = new OpenParts();

    /** A run of frames of 20 bytes: streams and flags by turns. */
    private void run(final int lane, final int... frames) {
        final UnsafeBuffer run = new UnsafeBuffer(new byte[8 + 24 * frames.length / 2]);
        int at = 0;
        for (int i = 0; i < frames.length; i += 2) {
            run.putInt(at, 20, LITTLE_ENDIAN);
            run.putByte(at + 4, (byte) frames[i + 1]);
            run.putInt(at + 8, frames[i], LITTLE_ENDIAN);
            run.putInt(at + 16, frames[i + 1], LITTLE_ENDIAN);
            at += 24;
        }
        run.putInt(at, -8, LITTLE_ENDIAN);
        parts.take(lane, run, 0, at + 8);
    }

    private List<String> given() {
        final List<String> given = new ArrayList<>();
        assertThat(parts.giveBack((lane, buffer, at, length) -> {
            assertThat(length).isEqualTo(24);
            given.add(lane + ":" + buffer.getInt(at + 8, LITTLE_ENDIAN) + ":" + buffer.getInt(at + 16, LITTLE_ENDIAN));
            return 0;
        })).isZero();
        return given;
    }

    @Test
    void shouldGiveBackTheBeginningsOfMessagesThatHaveNotEnded() {
        parts.keep();
        run(1, 5, FIRST, 6, WHOLE, 7, FIRST, 7, LAST);
        run(2, 5, FIRST, 5, LAST, 8, FIRST);
        run(1, 5, MIDDLE);
        assertThat(given()).containsExactlyInAnyOrder("1:5:8", "1:5:12", "2:8:8").containsSubsequence("1:5:8", "1:5:12");
        assertThat(parts.keeps()).isFalse();
    }

    @Test
    void shouldGiveUpAMessageWhenTheNextOneBegins() {
        parts.keep();
        run(1, 5, FIRST, 5, MIDDLE, 5, FIRST);
        assertThat(given()).containsExactly("1:5:8");
    }

    @Test
    void shouldGoOnWhereItWasRefused() {
        parts.keep();
        run(1, 5, FIRST, 5, MIDDLE, 5, MIDDLE);
        final int[] taken = new int[1];
        assertThat(parts.giveBack((lane, buffer, at, length) -> ++taken[0] == 2 ? -1 : 0)).isEqualTo(-1);
        assertThat(given()).containsExactly("1:5:12", "1:5:12");
    }

    @Test
    void shouldForgetWhatALaneThatEndedHadBegun() {
        parts.keep();
        run(1, 5, FIRST);
        run(2, 5, FIRST);
        parts.forget(1);
        assertThat(parts.isEmpty()).isFalse();
        assertThat(given()).containsExactly("2:5:8");
        parts.forget(2);
        assertThat(parts.isEmpty()).isTrue();
    }

    @Test
    void shouldKnowWhetherMessagesAreOpen() {
        assertThat(parts.isEmpty()).isTrue();
        run(1, 5, FIRST, 6, WHOLE);
        assertThat(parts.isEmpty()).isFalse();
        run(2, 5, LAST);
        assertThat(parts.isEmpty()).isFalse();
        run(1, 5, LAST);
        assertThat(parts.isEmpty()).isTrue();
    }
}
