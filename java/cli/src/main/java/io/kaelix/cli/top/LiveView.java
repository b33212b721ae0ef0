// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import io.kaelix.telemetry.Readings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.BooleanSupplier;

/** Reads, draws and listens to keys, on one thread, until the user has seen enough. What ends is said, and its last picture stays. */
final class LiveView {

    /** For so long a key, a change of size or a signal may go unnoticed. */
    private static final long SLICE_MILLIS = 100;
    /** The first rates are told after this, however long the interval is. */
    private static final Duration FIRST_INTERVAL = Duration.ofMillis(600);
    private static final long NANOS_PER_MILLI = 1_000_000;
    /** Latencies are of so long a time at least: processes show them about once a second, and rates more often. */
    private static final long LATENCY_NANOS = 2_000 * NANOS_PER_MILLI;

    private final Screen screen;
    private final Source source;
    private final View view;
    private final boolean colours;
    /** Oldest first: the last is that of the picture. */
    private final Deque<Readings> past = new ArrayDeque<>();
    private Picture picture;
    private int width;
    private int height;

    /** Where readings come from. */
    @FunctionalInterface
    interface Source {
        /** What the process tells now. */
        Readings read() throws IOException;
    }

    LiveView(final Screen screen, final Source source, final View view, final boolean colours) {
        this.screen = screen;
        this.source = source;
        this.view = view;
        this.colours = colours;
    }

    /**
     * Until the user quits, the terminal is gone, or somebody says so.
     *
     * @param interval between two readings
     */
    void run(final Duration interval, final BooleanSupplier stopped) throws IOException {
        past.add(source.read());
        picture = Picture.of(new Interval(past.getLast(), past.getLast()));
        draw();
        long due = System.nanoTime() + (interval.compareTo(FIRST_INTERVAL) < 0 ? interval : FIRST_INTERVAL).toNanos();
        while (!stopped.getAsBoolean()) {
            final long rest = Math.max(1, (due - System.nanoTime()) / NANOS_PER_MILLI);
            final int key = Keys.next(screen::key, Math.min(rest, SLICE_MILLIS));
            if (key == Keys.GONE || key != Keys.NONE && !view.press(key)) {
                return;
            }
            final boolean isDue = System.nanoTime() - due >= 0;
            if (isDue) {
                due = System.nanoTime() + interval.toNanos();
                read();
            }
            if (isDue || key != Keys.NONE || width != screen.width() || height != screen.height()) {
                draw();
            }
        }
    }

    /** Also while the view is paused, so that the rates after it are those of an interval. */
    private void read() throws IOException {
        final Readings before = past.getLast();
        if (!before.alive()) {
            return;
        }
        final Readings now = source.read();
        past.addLast(now);
        if (!now.alive()) {
            // What a process that ended left behind may be half of what it was: the picture from before is the last one.
            picture = picture.ended();
            return;
        }
        if (!view.isPaused()) {
            picture = Picture.of(new Interval(before, now, past.getFirst()));
        }
        while (past.size() > 1 && now.takenNanos() - second().takenNanos() >= LATENCY_NANOS) {
            past.removeFirst();
        }
    }

    private Readings second() {
        final Iterator<Readings> oldest = past.iterator();
        oldest.next();
        return oldest.next();
    }

    private void draw() throws IOException {
        width = screen.width();
        height = screen.height();
        screen.draw(Ansi.frame(view.lines(picture, width, height), width, colours));
    }
}
