// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import java.util.ArrayList;
import java.util.List;

/** What the user asked to see, and what follows from each key; pictures as lines for a terminal of some size. */
final class View {

    private static final int MIN_BODY = 1;

    private SortKey sort;
    private boolean paused;
    private boolean help;
    private boolean all;
    private int first;
    private int page = 1;
    private int last;

    View(final SortKey sort) {
        this.sort = sort;
    }

    /** Whether the figures are to stay as they are. */
    boolean isPaused() {
        return paused;
    }

    /** Does what a key asks for; whether the view goes on. */
    boolean press(final int key) {
        if (help && key != 'q') {
            help = false;
            return true;
        }
        switch (key) {
            case 'q', 'Q', Keys.CTRL_C, Keys.CTRL_D -> {
                return false;
            }
            case 'p', 'P', ' ' -> paused = !paused;
            case '?', 'h' -> help = true;
            case 'a', 'A' -> {
                all = !all;
                first = 0;
            }
            case Keys.UP, 'k' -> scroll(-1);
            case Keys.DOWN, 'j' -> scroll(1);
            case Keys.PAGE_UP -> scroll(-page);
            case Keys.PAGE_DOWN -> scroll(page);
            case Keys.HOME -> {
                first = 0;
                all = false;
            }
            case Keys.END -> {
                all = true;
                first = Integer.MAX_VALUE;
            }
            default -> sortBy(key);
        }
        return true;
    }

    private void scroll(final int lines) {
        all = true;
        first = Math.clamp((long) Math.min(first, last) + lines, 0, Integer.MAX_VALUE);
    }

    private void sortBy(final int key) {
        for (final SortKey one : SortKey.values()) {
            if (one.key() == key) {
                sort = one;
                first = 0;
            }
        }
    }

    /** As many lines as the terminal has, or fewer. */
    List<Line> lines(final Picture picture, final int width, final int height) {
        final List<Line> lines = new ArrayList<>(help ? helpLines() : Drawing.head(picture, width));
        if (!help) {
            lines.addAll(body(picture, width, Math.max(MIN_BODY, height - lines.size() - 1)));
        }
        final List<Line> shown = new ArrayList<>(lines.subList(0, Math.min(lines.size(), Math.max(0, height - 1))));
        while (shown.size() < height - 1) {
            shown.add(Line.plain(""));
        }
        shown.add(foot());
        return shown.stream().map(line -> line.upTo(width)).toList();
    }

    private List<Line> body(final Picture picture, final int width, final int height) {
        final List<Section> sections = Drawing.sections(picture, sort, width);
        page = height;
        if (!all) {
            last = 0;
            return Section.fitted(sections, height);
        }
        final List<Line> lines = Section.all(sections);
        last = Math.max(0, lines.size() - height);
        first = Math.min(first, last);
        return lines.subList(first, Math.min(lines.size(), first + height));
    }

    private Line foot() {
        return new Line((paused ? "PAUSED  " : "") + "sorted by " + sort.label() + (all ? "  line " + (first + 1) : "")
                + "  q quit  ? help  p pause  a " + (all ? "top rows" : "all rows"), Line.Style.TITLE);
    }

    private static List<Line> helpLines() {
        final List<String> lines = new ArrayList<>(List.of("kaelix top", "",
                "  q           quit",
                "  p, blank    pause: the figures stay, the process does not",
                "  a           all rows, or the top rows of each table that fit",
                "  up, down    scroll, as do page up, page down, k and j",
                "  home, end   the top rows, the last rows", ""));
        for (final SortKey key : SortKey.values()) {
            lines.add("  " + key.key() + "           sort by " + key.label());
        }
        lines.addAll(List.of("",
                "Rates are of the last interval, latencies of the last two seconds or more.",
                "LANES        refused/s: offers that found the lane full",
                "SUBSCRIBERS  lag, messages, time: how far it is behind the publishers",
                "             blocking: for how long it has held a publisher up",
                "WORKERS      busy: time with work to do; used: time on a CPU;",
                "             running: for how long the task at work has run",
                "", "Any key goes back."));
        return lines.stream().map(Line::plain).toList();
    }
}
