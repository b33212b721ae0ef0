// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.guide;

import io.kaelix.bench.rig.Results.Environment;
import io.kaelix.bench.rig.Results.Failure;
import java.util.List;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * All targets with what was measured, as the guide's JSON has it.
 *
 * @param startedAt ISO 8601, UTC
 * @param environment where it ran
 * @param commands that give the figures again, with all that was measured beside
 * @param rows one per target
 * @param failures what came to no figures; empty if all went well
 */
record Guide(String startedAt, Environment environment, List<String> commands, List<Row> rows, List<Failure> failures) {

    private static final ObjectWriter WRITER = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build().writer();

    /**
     * A target.
     *
     * @param name of it
     * @param bound on which side of the target is met: {@code below} or {@code above}; null without a target
     * @param target null for figures that are shown beside and not judged
     * @param unit of all figures of the row
     * @param measured of the library; null if the trial failed
     * @param floor what C does by the same protocol in the same rounds; null where that has no meaning
     * @param peer the best of the other systems in the same rounds; null where none does the same
     * @param peerName which that is, or null
     * @param met null where there is nothing to judge
     * @param note what one has to know to read the figures; may be empty
     */
    record Row(String name, Target.Bound bound, Double target, Unit unit, Double measured, Double floor, Double peer, String peerName,
            Boolean met, String note) {
    }

    /** The guide as JSON, indented, a line at the end. */
    String toJson() {
        return WRITER.writeValueAsString(this) + System.lineSeparator();
    }
}
