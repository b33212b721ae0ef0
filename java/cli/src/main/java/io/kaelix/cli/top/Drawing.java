// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import io.kaelix.cli.top.Table.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** A picture as lines of text, at most as wide as the terminal is. Says nothing of what the process does not tell. */
final class Drawing {

    private static final Map<String, String> TIMED = Map.of("scheduler.start_delay", "start delay", "worker.wake_up", "wake-up",
            "subscriber.delivery", "delivery", "handler.time", "handler");

    private final Picture picture;
    private final int width;

    private Drawing(final Picture picture, final int width) {
        this.picture = picture;
        this.width = width;
    }

    /** The lines above the tables. */
    static List<Line> head(final Picture picture, final int width) {
        return new Drawing(picture, width).head();
    }

    /** The tables. */
    static List<Section> sections(final Picture picture, final SortKey sort, final int width) {
        return new Drawing(picture, width).sections(sort);
    }

    private List<Line> head() {
        final Picture.Process process = picture.process();
        final boolean unwell = !process.alive() || process.silent() || process.health() != null && !"healthy".equals(process.health());
        final List<Line> lines = new ArrayList<>();
        lines.add(new Line(joined(Line.clean(process.name()), "pid " + process.pid(), "up " + Figures.duration(process.uptime()),
                !process.alive() ? "ENDED: this is its last picture"
                        : process.silent() ? "NO NEW FIGURES: stopped, or it shows them seldom" : process.health()),
                unwell ? Line.Style.WARNING : Line.Style.PLAIN).upTo(width));
        lines.add(Line.plain(joined(process.cpu() == null ? null : "cpu " + Figures.percent(process.cpu()),
                process.memoryBytes() == null ? null : "memory " + Figures.bytes(process.memoryBytes()),
                "published " + Figures.rate(sum(picture.lanes().stream().map(Picture.Lane::messagesPerSecond).toList())) + " msg/s",
                Figures.bytes(sum(picture.lanes().stream().map(Picture.Lane::bytesPerSecond).toList())) + "/s",
                told("read ", process.readPerSecond()), told("written ", process.writtenPerSecond()))));
        if (picture.tasks() != null) {
            lines.add(Line.plain(tasks(picture.tasks())));
        }
        final Picture.Reloads reloads = picture.reloads();
        final Picture.Pool pool = picture.pool();
        if (reloads != null || pool != null) {
            lines.add(Line.plain(joined(
                    pool == null ? null : "pool " + Figures.rate(pool.hitsPerSecond()) + " hits/s",
                    pool == null ? null : Figures.rate(pool.missesPerSecond()) + " misses/s",
                    pool == null ? null : "lent " + Figures.count(pool.outstanding()),
                    pool == null ? null : "leaked " + Figures.count(pool.leaked()),
                    reloads == null ? null : "reloads " + Figures.count(reloads.reloads()),
                    reloads == null ? null : "refused " + Figures.count(reloads.refused()))));
        }
        return lines;
    }

    /** How many wait at each priority, with its name where there is room for it. */
    private String tasks(final Picture.Tasks tasks) {
        final String queues = tasks.queues().stream().map(queue -> Line.clean(queue.priority()) + ' ' + Figures.count(queue.depth()))
                .collect(Collectors.joining(", "));
        final String[] parts = {"tasks " + Figures.rate(tasks.executedPerSecond()) + "/s", "failed " + Figures.count(tasks.failed()),
            "refused " + Figures.count(tasks.refused()), "blocked " + Figures.count(tasks.blocked()),
            "delayed " + Figures.count(tasks.delayed()), queues.isEmpty() ? null : "queued " + queues};
        if (!queues.isEmpty() && !joined(parts).endsWith(queues)) {
            parts[parts.length - 1] = "queued " + tasks.queues().stream().map(queue -> Figures.count(queue.depth()))
                    .collect(Collectors.joining("/"));
        }
        return joined(parts);
    }

    private static double sum(final List<Double> rates) {
        return rates.stream().filter(Double::isFinite).reduce(Double::sum).orElse(Double.NaN);
    }

    private static String told(final String what, final double bytesPerSecond) {
        return Double.isNaN(bytesPerSecond) ? null : what + Figures.bytes(bytesPerSecond) + "/s";
    }

    /** Those that there are, as long as they fit. */
    private String joined(final String... parts) {
        final StringBuilder line = new StringBuilder();
        for (final String part : Arrays.asList(parts).stream().filter(Objects::nonNull).toList()) {
            if (line.length() + part.length() + 2 > width && !line.isEmpty()) {
                break;
            }
            line.append(line.isEmpty() ? "" : "  ").append(part);
        }
        return line.toString();
    }

    private List<Section> sections(final SortKey sort) {
        final List<Section> sections = new ArrayList<>();
        add(sections, lanes(sort.lanes()));
        add(sections, subscribers(sort.subscribers()));
        add(sections, latencies());
        add(sections, workers(sort.workers()));
        add(sections, nodes());
        add(sections, directories());
        add(sections, bridges());
        add(sections, errors());
        add(sections, own());
        if (sections.isEmpty()) {
            sections.add(new Section(Line.plain("This process tells nothing yet."), List.of()));
        }
        return sections;
    }

    private static void add(final List<Section> sections, final Section section) {
        if (!section.rows().isEmpty()) {
            sections.add(section);
        }
    }

    private Section lanes(final Comparator<Picture.Lane> order) {
        final Table table = new Table(width, "LANES", new Column("msg/s", 9), new Column("bytes/s", 9), new Column("refused/s", 9),
                new Column("readers", 7), new Column("capacity", 8), new Column("messages", 9), new Column("bytes", 9));
        picture.lanes().stream().sorted(order).forEach(lane -> table.row(false, lane.name(), Figures.rate(lane.messagesPerSecond()),
                Figures.bytes(lane.bytesPerSecond()), Figures.rate(lane.refusalsPerSecond()), Figures.count(lane.readers()),
                Figures.bytes(lane.capacity()), Figures.count(lane.messages()), Figures.bytes(lane.bytes())));
        return table.section();
    }

    private Section subscribers(final Comparator<Picture.Subscriber> order) {
        final Table table = new Table(width, "SUBSCRIBERS", new Column("msg/s", 9), new Column("lag", 9), new Column("messages", 9),
                new Column("time", 7), new Column("lost", 8), new Column("blocking", 8), new Column("lost/s", 8),
                new Column("received", 9));
        picture.subscribers().stream().sorted(order).forEach(row -> table.row(row.lostPerSecond() > 0, row.name(),
                Figures.rate(row.messagesPerSecond()), Figures.bytes(row.lagBytes()), Figures.count(row.lagMessages()),
                Figures.nanos(row.lagNanos()), Figures.count(row.lost()), Figures.nanos(row.blockingNanos()),
                Figures.rate(row.lostPerSecond()), Figures.count(row.received())));
        return table.section();
    }

    private Section latencies() {
        final Table table = new Table(width, "LATENCY", new Column("count/s", 8), new Column("p50", 7), new Column("p90", 7),
                new Column("p99", 7), new Column("p99.9", 7), new Column("max", 7), new Column("count", 9));
        // Where there is not room for all, those of which something was timed.
        picture.latencies().stream().sorted(Comparator.comparing(row -> row.count() == 0)).forEach(row -> table.row(false,
                TIMED.getOrDefault(row.metric(), row.metric()) + " " + row.owner(),
                Figures.rate(row.countPerSecond()), Figures.nanos(row.p50()), Figures.nanos(row.p90()), Figures.nanos(row.p99()),
                Figures.nanos(row.p999()), Figures.nanos(row.max()), Figures.count(row.count())));
        return table.section();
    }

    private Section workers(final Comparator<Picture.Worker> order) {
        final Table table = new Table(width, "WORKERS", new Column("cpu", 5), new Column("busy", 5), new Column("used", 5),
                new Column("tasks/s", 9), new Column("stolen/s", 9), new Column("parks/s", 9), new Column("running", 9));
        picture.workers().stream().sorted(order).forEach(row -> table.row(false, row.name(),
                row.cpu() == null || row.cpu() < 0 ? "-" : row.cpu().toString(), Figures.percent(row.utilization()),
                Figures.percent(row.cpuShare()), Figures.rate(row.executedPerSecond()), Figures.rate(row.stolenPerSecond()),
                Figures.rate(row.parksPerSecond()), Figures.nanos(row.runningNanos())));
        return table.section();
    }

    private Section nodes() {
        final Table table = new Table(width, "MEMORY", new Column("reserved", 9), new Column("used", 9), new Column("live", 9),
                new Column("process", 9));
        picture.nodes().forEach(row -> table.row(false, row.name(), Figures.bytes(row.reserved()), Figures.bytes(row.used()),
                Figures.bytes(row.live()), Figures.bytes(row.processMemory())));
        return table.section();
    }

    private Section directories() {
        final Table table = new Table(width, "DIRECTORY", new Column("processes", 9), new Column("lanes", 7), new Column("bytes", 9),
                new Column("lanes of dead", 13), new Column("readers of dead", 15), new Column("resumed", 7));
        picture.directories().forEach(row -> table.row(false, row.name(), Figures.count(row.processes()), Figures.count(row.lanes()),
                Figures.bytes(row.bytes()), Figures.count(row.reclaimedLanes()), Figures.count(row.reclaimedSlots()),
                Figures.count(row.resumedLanes())));
        return table.section();
    }

    private Section bridges() {
        final Table table = new Table(width, "BRIDGES", new Column("peers", 5), new Column("msg/s", 9), new Column("bytes/s", 9),
                new Column("lag", 9), new Column("lost", 8), new Column("lost/s", 8), new Column("refused/s", 9), new Column("messages", 9),
                new Column("again", 7), new Column("own", 7), new Column("resent", 7), new Column("position", 9));
        picture.bridges().forEach(row -> table.row(row.lostPerSecond() > 0 || row.peers() != null && row.peers() == 0, row.name(),
                Figures.count(row.peers()), Figures.rate(row.messagesPerSecond()), Figures.bytes(row.bytesPerSecond()),
                Figures.bytes(row.lag()), Figures.count(row.lost()), Figures.rate(row.lostPerSecond()),
                Figures.rate(row.refusalsPerSecond()), Figures.count(row.messages()), Figures.count(row.duplicates()),
                Figures.count(row.looped()), Figures.count(row.retransmits()), Figures.bytes(row.position())));
        return table.section();
    }

    private Section errors() {
        final Table table = new Table(width, "ERRORS", new Column("count", 9), new Column("per second", 10));
        picture.errors().forEach(row -> {
            table.row(row.perSecond() > 0, row.kind(), Figures.count(row.count()), Figures.rate(row.perSecond()));
            if (row.last() != null) {
                table.note(row.perSecond() > 0, Figures.nanos(row.lastAgoNanos()) + " ago: " + row.last());
            }
        });
        return table.section();
    }

    private Section own() {
        final Table table = new Table(width, "OTHERS", new Column("value", 9), new Column("per second", 10), new Column("unit", 12));
        picture.own().forEach(row -> table.row(false, row.key() + " " + row.owner(), Figures.count(row.value()),
                Figures.rate(row.perSecond()), Line.foreign(row.unit(), 12).strip()));
        return table.section();
    }
}
