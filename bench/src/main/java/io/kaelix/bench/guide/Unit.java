// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.guide;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Of a figure: its name in JSON, where figures are plain, and how the table prints it. */
enum Unit {

    /** Time. */
    NANOS("ns", "ns", "%,.1f", 1),
    /** Messages a second, of all publishers together. */
    MESSAGES_PER_SECOND("messages/s", "M msg/s", "%,.2f", 1e6),
    /** Bytes of heap for each message. */
    BYTES_PER_MESSAGE("B/message", "B/msg", "%,.4f", 1),
    /** Out of all, from 0 to 1. */
    FRACTION("fraction", "%", "%,.2f", 0.01),
    /** How often. */
    PER_SECOND("1/s", "1/s", "%,.1f", 1);

    private final String label;
    private final String shown;
    private final String format;
    private final double scale;

    Unit(final String label, final String shown, final String format, final double scale) {
        this.label = label;
        this.shown = shown;
        this.format = format;
        this.scale = scale;
    }

    /** Its name in JSON. */
    @JsonValue
    String label() {
        return label;
    }

    /** Its name in the table. */
    String shown() {
        return shown;
    }

    /** A figure as the table has it. */
    String print(final double value) {
        return String.format(Locale.ROOT, format, value / scale);
    }
}
