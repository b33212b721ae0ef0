// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import io.kaelix.cli.console.ExitStatus;
import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import io.kaelix.telemetry.CounterReader;
import io.kaelix.telemetry.Readings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** {@code kaelix top}: what a process does, live or once. */
public final class Top {

    private static final int DEFAULT_WIDTH = 120;
    private static final int MIN_WIDTH = 60;
    private static final int MAX_WIDTH = 500;

    private final Terminal terminal;
    private final StopSignal stop;
    private final Map<String, String> environment;
    private final SortKey sort;
    private final Duration interval;

    /** @param environment of the process: {@code TERM}, {@code COLUMNS}, {@code NO_COLOR} */
    public Top(final Terminal terminal, final StopSignal stop, final Map<String, String> environment, final SortKey sort,
            final Duration interval) {
        this.terminal = terminal;
        this.stop = stop;
        this.environment = environment;
        this.sort = sort;
        this.interval = interval;
    }

    /**
     * In the terminal, until the user has seen enough.
     *
     * @param target a process id, a file, or null for the only one that runs, or the one that the user chooses
     */
    public int live(final String target, final Path folder) throws IOException {
        TerminalScreen.check(environment);
        final Path file = Choice.of(Watched.candidates(target, folder), terminal, stop, ZoneId.systemDefault());
        if (file == null) {
            return ExitStatus.INTERRUPTED;
        }
        try (CounterReader reader = CounterReader.open(file); Screen screen = TerminalScreen.open(stop::request)) {
            final boolean colours = environment.getOrDefault("NO_COLOR", "").isEmpty();
            new LiveView(screen, reader::snapshot, new View(sort), colours).run(interval, stop::isRequested);
        }
        return stop.isRequested() ? ExitStatus.INTERRUPTED : ExitStatus.OK;
    }

    /**
     * One picture, of two readings: rates need an interval.
     *
     * @param target a process id, a file, or null for the only one that runs
     */
    public int once(final String target, final Path folder, final boolean json) throws IOException {
        try (CounterReader reader = CounterReader.open(Watched.file(target, folder))) {
            final Readings before = reader.snapshot();
            if (before.alive() && pauses()) {
                return ExitStatus.INTERRUPTED;
            }
            final Readings after = before.alive() ? reader.snapshot() : before;
            final Picture picture = after.alive() ? Picture.of(new Interval(before, after))
                    : Picture.of(new Interval(before, before)).ended();
            terminal.print(json ? PictureJson.of(picture) : text(picture));
        }
        return ExitStatus.OK;
    }

    /** Whether it was interrupted before the interval was over. */
    private boolean pauses() {
        final CountDownLatch stopped = new CountDownLatch(1);
        stop.onRequest(stopped::countDown);
        try {
            return stopped.await(interval.toNanos(), TimeUnit.NANOSECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private String text(final Picture picture) {
        final int width = width();
        final StringBuilder text = new StringBuilder();
        final List<Line> head = Drawing.head(picture, width);
        head.forEach(line -> text.append(line.text()).append("\n"));
        text.append("\n");
        Section.all(Drawing.sections(picture, sort, width)).forEach(line -> text.append(line.text().stripTrailing()).append('\n'));
        return text.toString();
    }

    private int width() {
        final String columns = environment.getOrDefault("COLUMNS", "");
        return columns.matches("[0-9]{1,9}") ? Math.clamp(Integer.parseInt(columns), MIN_WIDTH, MAX_WIDTH) : DEFAULT_WIDTH;
    }
}
