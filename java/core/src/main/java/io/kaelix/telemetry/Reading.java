// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import java.util.Optional;

/**
 * What a counter or gauge stood at.
 *
 * @param id number of the counter in its file, that no other one there has ever had: the same one in the next reading has it too
 * @param key what is counted, such as {@code lane.bytes}
 * @param kind whether it only grows
 * @param unit what the value counts: {@code bytes}, {@code ns}, {@code ppm} …
 * @param owner whose it is
 * @param value where it stood
 */
public record Reading(long id, String key, Metric.Kind kind, String unit, String owner, long value) {

    /** The metric of the library that it is; empty if it is one of users' own, or of another version. */
    public Optional<Metric> metric() {
        return Metric.ofKey(key);
    }
}
