// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.report;

/** A report as one JSON object in one line. */
public final class JsonReport {

    private JsonReport() {
    }

    /** The report's text, line ended. */
    public static String of(final RunReport report) {
        final RunReport.Spread spread = report.spread();
        final JsonWriter json = new JsonWriter().beginObject()
                .field("messages", report.messages())
                .field("bytes", report.bytes())
                .field("publishers", report.publishers())
                .field("subscribers", report.subscribers());
        if (spread != null) {
            json.field("streams", spread.streams()).field("streamsReached", spread.reached());
        }
        json.field("lost", report.verdict().lost())
                .field("duplicated", report.verdict().duplicated())
                .field("reordered", report.verdict().reordered())
                .field("seconds", report.seconds(), 6)
                .field("messagesPerSecond", report.messagesPerSecond(), 1);
        final Latency latency = report.latency();
        json.beginObject("latencyNs")
                .field("p50", latency == null ? null : latency.p50())
                .field("p99", latency == null ? null : latency.p99())
                .field("p999", latency == null ? null : latency.p999())
                .field("max", latency == null ? null : latency.max())
                .endObject();
        json.beginObject("placement")
                .field("node", report.placement().node())
                .field("pageBytes", report.placement().pageBytes())
                .field("reason", report.placement().reason())
                .endObject();
        return json.field("platform", report.placement().platform())
                .field("isa", report.placement().isa())
                .endObject()
                .text() + '\n';
    }
}
