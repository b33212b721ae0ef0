// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.telemetry.Metric;
import io.kaelix.telemetry.Readings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The live view on a screen that is made up. */
@Timeout(60)
class LiveViewTest {

    private static final Duration INTERVAL = Duration.ofMillis(1);

    private final List<String> frames = new ArrayList<>();
    private final Deque<Integer> keys = new ArrayDeque<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private int width = 80;
    private long turn;
    private long endsAt = Long.MAX_VALUE;

    /** Quits when no key is left and so many frames were drawn. */
    private Screen screen(final int last) {
        return new Screen() {
            @Override
            public int width() {
                return width;
            }

            @Override
            public int height() {
                return 24;
            }

            @Override
            public int key(final long millis) {
                return !keys.isEmpty() ? keys.remove() : frames.size() >= last ? 'q' : Keys.NONE;
            }

            @Override
            public void draw(final String frame) {
                frames.add(frame);
            }

            @Override
            public void close() {
                throw new AssertionError("whoever opened it closes it");
            }
        };
    }

    private Readings read() {
        turn++;
        return turn > endsAt ? new MadeUp().ended().at(turn) : MadeUp.shop(turn);
    }

    private void run(final int last) throws IOException {
        new LiveView(screen(last), this::read, new View(SortKey.LAG), true).run(INTERVAL, stopped::get);
    }

    @Test
    void shouldDrawAFrameForEachReadingOverTheOneBefore() throws IOException {
        run(4);
        assertThat(frames).hasSize(4);
        assertThat(frames.getFirst()).startsWith("\033[1;1H").contains("published - msg/s").doesNotContain("\033[2J");
        assertThat(frames.get(1)).startsWith("\033[1;1H").contains("published 4.00 k msg/s");
        assertThat(frames).allSatisfy(frame -> assertThat(frame.split(";1H")).hasSize(25)
                .allSatisfy(line -> assertThat(line).doesNotContain("\n")));
    }

    @Test
    void shouldColourWarningsUnlessToldNotTo() throws IOException {
        run(2);
        assertThat(frames.get(1)).contains("\033[1;31morders  pid 4711");
        frames.clear();
        new LiveView(screen(2), this::read, new View(SortKey.LAG), false).run(INTERVAL, stopped::get);
        assertThat(frames.get(1)).contains("\033[1morders  pid 4711").doesNotContain("\033[1;31m");
    }

    @Test
    void shouldDrawAtOnceWhenAKeyIsPressedOrTheSizeChanges() throws IOException {
        keys.add((int) 'n');
        final Screen screen = screen(2);
        new LiveView(screen, this::read, new View(SortKey.LAG), true).run(Duration.ofHours(1), stopped::get);
        assertThat(frames).hasSize(2);
        assertThat(frames.get(1)).contains("sorted by name");
        assertThat(turn).isEqualTo(1);
    }

    @Test
    void shouldFollowTheSizeOfTheTerminal() throws IOException {
        final Screen narrow = screen(2);
        new LiveView(narrow, () -> {
            width = turn == 0 ? 80 : 120;
            return read();
        }, new View(SortKey.LAG), true).run(INTERVAL, stopped::get);
        assertThat(frames.getFirst()).doesNotContain(" received");
        assertThat(frames.get(1)).contains(" received");
    }

    @Test
    void shouldKeepTheFiguresWhilePaused() throws IOException {
        keys.add((int) 'p');
        run(5);
        assertThat(frames.getLast()).contains("PAUSED").contains("published - msg/s");
        assertThat(turn).as("it is read all the same").isGreaterThan(2);
    }

    @Test
    void shouldKeepTheLastPictureOfAProcessThatEnded() throws IOException {
        endsAt = 3;
        run(8);
        assertThat(frames.getLast()).contains("ENDED: this is its last picture", "published 4.00 k msg/s", "orders.us#2");
        assertThat(turn).as("what has ended is not read any more").isEqualTo(4);
    }

    @Test
    void shouldEndWhenItIsStopped() throws IOException {
        stopped.set(true);
        run(Integer.MAX_VALUE);
        assertThat(frames).hasSize(1);
    }

    @Test
    void shouldEndWhenTheTerminalIsGone() throws IOException {
        keys.add(Keys.GONE);
        run(Integer.MAX_VALUE);
        assertThat(frames).hasSize(1);
    }

    @Test
    void shouldFailWhenTheFileCannotBeReadAnyMore() {
        assertThatThrownBy(() -> new LiveView(screen(Integer.MAX_VALUE), () -> {
            if (turn > 2) {
                throw new KaelixException("truncated");
            }
            return read();
        }, new View(SortKey.LAG), true).run(INTERVAL, stopped::get)).isInstanceOf(KaelixException.class);
        assertThat(frames).isNotEmpty();
    }

    @Test
    void shouldSendNothingBehindTheLastColumn() throws IOException {
        width = 30;
        new LiveView(screen(1), () -> new MadeUp().with(Metric.NODE_USED, "node 0", 1).named("x".repeat(100)).at(0),
                new View(SortKey.LAG), true).run(INTERVAL, stopped::get);
        assertThat(frames.getFirst()).startsWith("\033[1;1H" + "x".repeat(30) + "\033[2;1H");
    }
}
