// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import java.util.Map;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Results as JSON, indented, a line at the end. */
final class ResultsJson {

    private static final ObjectWriter WRITER = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build().writer();

    private ResultsJson() {
    }

    /** Of a whole run. */
    static String of(final Record results) {
        return WRITER.writeValueAsString(results) + System.lineSeparator();
    }

    /** Of the floors alone. */
    static String of(final Map<String, Object> floors) {
        return WRITER.writeValueAsString(floors) + System.lineSeparator();
    }
}
