// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import io.kaelix.cli.report.JsonWriter;
import java.util.List;
import java.util.function.BiConsumer;

/** A picture as one JSON object in one line; the help of {@code kaelix top} describes it. What the process does not tell is null. */
final class PictureJson {

    private static final int DECIMALS = 3;

    private final JsonWriter json = new JsonWriter();

    private PictureJson() {
    }

    /** The object's text, line ended. */
    static String of(final Picture picture) {
        final PictureJson report = new PictureJson();
        report.json.beginObject();
        report.process(picture);
        report.scheduler(picture.tasks());
        report.each("lanes", picture.lanes(), PictureJson::lane);
        report.each("subscribers", picture.subscribers(), PictureJson::subscriber);
        report.each("latencies", picture.latencies(), PictureJson::latency);
        report.each("workers", picture.workers(), PictureJson::worker);
        report.each("nodes", picture.nodes(), PictureJson::node);
        report.rest(picture);
        return report.json.endObject().text() + '\n';
    }

    private <T> void each(final String name, final List<T> rows, final BiConsumer<PictureJson, T> write) {
        json.beginArray(name);
        for (final T row : rows) {
            json.beginElement();
            write.accept(this, row);
            json.endObject();
        }
        json.endArray();
    }

    /** A number that may be unknown. */
    private PictureJson figure(final String name, final Double value) {
        if (value == null || !Double.isFinite(value)) {
            json.field(name, (Long) null);
        } else {
            json.field(name, value, DECIMALS);
        }
        return this;
    }

    private PictureJson figure(final String name, final Long value) {
        json.field(name, value);
        return this;
    }

    private PictureJson text(final String name, final String value) {
        if (value == null) {
            json.field(name, (Long) null);
        } else {
            json.field(name, value);
        }
        return this;
    }

    private void process(final Picture picture) {
        final Picture.Process process = picture.process();
        figure("pid", process.pid()).text("name", process.name()).text("started", process.started().toString());
        json.field("alive", process.alive());
        text("health", process.health()).figure("uptimeSeconds", (double) process.uptime().toMillis() / 1_000)
                .figure("intervalSeconds", picture.seconds()).figure("cpus", process.cpu()).figure("memoryBytes", process.memoryBytes())
                .figure("readBytesPerSecond", process.readPerSecond()).figure("writtenBytesPerSecond", process.writtenPerSecond());
    }

    private void scheduler(final Picture.Tasks tasks) {
        if (tasks == null) {
            json.field("scheduler", (Long) null);
            return;
        }
        json.beginObject("scheduler");
        figure("executedPerSecond", tasks.executedPerSecond()).figure("stolenPerSecond", tasks.stolenPerSecond())
                .figure("failed", tasks.failed()).figure("refused", tasks.refused()).figure("blocked", tasks.blocked())
                .figure("delayed", tasks.delayed());
        each("queues", tasks.queues(), (report, queue) -> report.text("priority", queue.priority()).figure("depth", queue.depth()));
        json.endObject();
    }

    private void lane(final Picture.Lane row) {
        text("name", row.name()).figure("messagesPerSecond", row.messagesPerSecond()).figure("bytesPerSecond", row.bytesPerSecond())
                .figure("refusalsPerSecond", row.refusalsPerSecond()).figure("readers", row.readers())
                .figure("capacityBytes", row.capacity()).figure("messages", row.messages()).figure("bytes", row.bytes());
    }

    private void subscriber(final Picture.Subscriber row) {
        text("name", row.name()).figure("messagesPerSecond", row.messagesPerSecond()).figure("lagBytes", row.lagBytes())
                .figure("lagMessages", row.lagMessages()).figure("lagNanos", row.lagNanos()).figure("lost", row.lost())
                .figure("lostPerSecond", row.lostPerSecond()).figure("blockingNanos", row.blockingNanos())
                .figure("received", row.received());
    }

    private void latency(final Picture.Latency row) {
        text("metric", row.metric()).text("owner", row.owner()).figure("count", row.count())
                .figure("p50Nanos", row.p50()).figure("p90Nanos", row.p90()).figure("p99Nanos", row.p99())
                .figure("p999Nanos", row.p999()).figure("maxNanos", row.max());
    }

    private void worker(final Picture.Worker row) {
        text("name", row.name()).figure("cpu", row.cpu()).figure("utilization", row.utilization()).figure("cpus", row.cpuShare())
                .figure("executedPerSecond", row.executedPerSecond()).figure("stolenPerSecond", row.stolenPerSecond())
                .figure("parksPerSecond", row.parksPerSecond()).figure("runningNanos", row.runningNanos());
    }

    private void node(final Picture.Node row) {
        text("name", row.name()).figure("reservedBytes", row.reserved()).figure("usedBytes", row.used())
                .figure("liveBytes", row.live()).figure("processBytes", row.processMemory());
    }

    private void rest(final Picture picture) {
        final Picture.Pool pool = picture.pool();
        if (pool == null) {
            json.field("pool", (Long) null);
        } else {
            json.beginObject("pool");
            figure("hitsPerSecond", pool.hitsPerSecond()).figure("missesPerSecond", pool.missesPerSecond())
                    .figure("outstanding", pool.outstanding()).figure("reservedBytes", pool.reservedBytes())
                    .figure("leaked", pool.leaked());
            json.endObject();
        }
        each("directories", picture.directories(), (report, row) -> report.text("name", row.name()).figure("processes", row.processes())
                .figure("lanes", row.lanes()).figure("bytes", row.bytes()).figure("reclaimedLanes", row.reclaimedLanes())
                .figure("reclaimedSlots", row.reclaimedSlots()).figure("resumedLanes", row.resumedLanes()));
        each("bridges", picture.bridges(), (report, row) -> report.text("name", row.name()).figure("peers", row.peers())
                .figure("messagesPerSecond", row.messagesPerSecond()).figure("bytesPerSecond", row.bytesPerSecond())
                .figure("lagBytes", row.lag()).figure("lost", row.lost()).figure("lostPerSecond", row.lostPerSecond())
                .figure("refusalsPerSecond", row.refusalsPerSecond()).figure("messages", row.messages())
                .figure("duplicates", row.duplicates()).figure("looped", row.looped())
                .figure("retransmits", row.retransmits()).figure("position", row.position()));
        each("errors", picture.errors(), (report, row) -> report.text("kind", row.kind()).figure("count", row.count())
                .figure("perSecond", row.perSecond()).text("last", row.last()).figure("lastAgoNanos", row.lastAgoNanos()));
        final Picture.Reloads reloads = picture.reloads();
        if (reloads == null) {
            json.field("config", (Long) null);
        } else {
            json.beginObject("config");
            figure("reloads", reloads.reloads()).figure("refused", reloads.refused()).figure("lastReloadNanos", reloads.lastNanos());
            json.endObject();
        }
        each("own", picture.own(), (report, row) -> report.text("key", row.key()).text("owner", row.owner()).text("unit", row.unit())
                .figure("value", row.value()).figure("perSecond", row.perSecond()));
    }
}
