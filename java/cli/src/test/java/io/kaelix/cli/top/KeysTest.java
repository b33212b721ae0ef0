// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What terminals send for keys. */
class KeysTest {

    private static List<Integer> keys(final String typed) throws IOException {
        final Deque<Integer> characters = new ArrayDeque<>();
        typed.chars().forEach(characters::add);
        final List<Integer> keys = new ArrayList<>();
        int key;
        do {
            key = Keys.next(millis -> characters.isEmpty() ? Keys.NONE : characters.remove(), 1);
            keys.add(key);
        } while (key != Keys.NONE);
        return keys.subList(0, keys.size() - 1);
    }

    @Test
    void shouldTakeCharactersAsTheyAre() throws IOException {
        assertThat(keys("q?")).containsExactly((int) 'q', (int) '?');
    }

    @Test
    void shouldKnowArrowsInBothModes() throws IOException {
        assertThat(keys("\033[A\033[B\033OA\033OB")).containsExactly(Keys.UP, Keys.DOWN, Keys.UP, Keys.DOWN);
    }

    @Test
    void shouldKnowPagesAndEnds() throws IOException {
        assertThat(keys("\033[5~\033[6~\033[H\033[F\033[1~\033[4~\033[7~\033[8~\033OH\033OF")).containsExactly(
                Keys.PAGE_UP, Keys.PAGE_DOWN, Keys.HOME, Keys.END, Keys.HOME, Keys.END, Keys.HOME, Keys.END, Keys.HOME, Keys.END);
    }

    @Test
    void shouldSwallowOtherSequencesWhole() throws IOException {
        assertThat(keys("\033[15~q\033[1;5Aq\033[<0;12;30Mq")).containsExactly(Keys.OTHER, (int) 'q', Keys.OTHER, (int) 'q', Keys.OTHER,
                (int) 'q');
    }

    @Test
    void shouldTakeTheEscapeKeyForItself() throws IOException {
        assertThat(keys("\033")).containsExactly(Keys.OTHER);
        assertThat(keys("\033[")).containsExactly(Keys.OTHER);
    }

    @Test
    void shouldTellThatTheTerminalIsGone() throws IOException {
        assertThat(Keys.next(millis -> Keys.GONE, 1)).isEqualTo(Keys.GONE);
    }
}
