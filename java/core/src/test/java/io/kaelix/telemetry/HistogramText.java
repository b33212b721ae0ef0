// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import java.io.IOException;
import java.io.UncheckedIOException;

/** All that a histogram tells, to be compared. */
final class HistogramText {

    private HistogramText() {
    }

    static String of(final LatencyHistogram histogram) {
        final StringBuilder text = new StringBuilder();
        try {
            histogram.writeHgrm(text);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
