// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/** Which retained messages are watched, so that one which is never released can be told with the place that retained it. */
enum LeakDetection {

    /** None. */
    OFF,

    /** One in {@link #SAMPLE}. */
    SAMPLED,

    /** Each, which costs some microseconds. */
    ALL;

    /** Name of the system property. */
    static final String PROPERTY = "kaelix.leakDetection";

    /** One in so many is watched. */
    static final int SAMPLE = 128;

    /**
     * What the system property says.
     *
     * @throws IllegalArgumentException if it says something else
     */
    static LeakDetection configured() {
        final String text = System.getProperty(PROPERTY);
        if (text == null) {
            return SAMPLED;
        }
        return Arrays.stream(values()).filter(value -> value.text().equals(text)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("system property " + PROPERTY + " must be one of "
                        + Arrays.stream(values()).map(LeakDetection::text).collect(Collectors.joining(", ")) + ", not '" + text + "'"));
    }

    private String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the next one is watched. */
    boolean watchesNext() {
        return this == ALL || this == SAMPLED && ThreadLocalRandom.current().nextInt(SAMPLE) == 0;
    }
}
