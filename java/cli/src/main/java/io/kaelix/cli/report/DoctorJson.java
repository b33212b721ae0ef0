// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.report;

import io.kaelix.cli.doctor.Applied;
import io.kaelix.cli.doctor.Remedy;
import io.kaelix.cli.doctor.Result;
import io.kaelix.cli.doctor.Status;
import java.util.List;
import java.util.Locale;

/** What a machine allows as one JSON object in one line; the help of {@code kaelix doctor} describes it. */
public final class DoctorJson {

    private DoctorJson() {
    }

    /**
     * The object's text, line ended.
     *
     * @param applied empty where nothing was
     */
    public static String of(final List<Result> results, final List<Applied> applied) {
        final JsonWriter json = new JsonWriter().beginObject();
        for (final Status status : Status.values()) {
            json.field(status.name().toLowerCase(Locale.ROOT), DoctorTable.count(results, status));
        }
        json.beginArray("checks");
        for (final Result result : results) {
            json.beginElement().field("id", result.check().id()).field("status", result.finding().status().name().toLowerCase(Locale.ROOT))
                    .field("found", result.finding().found()).field("wanted", result.finding().wanted()).field("why", result.check().why())
                    .field("source", result.check().source()).beginArray("remedies");
            for (final Remedy remedy : result.finding().remedies()) {
                json.beginElement().field("command", remedy.now()).field("permanent", remedy.permanent()).field("words", remedy.words())
                        .field("applicable", remedy.change().isPresent()).endObject();
            }
            json.endArray().endObject();
        }
        json.endArray().beginArray("applied");
        for (final Applied change : applied) {
            json.beginElement().field("id", change.id()).field("command", change.command()).field("done", change.done()).field("now",
                    change.now())
                    .endObject();
        }
        return json.endArray().endObject().text() + '\n';
    }
}
