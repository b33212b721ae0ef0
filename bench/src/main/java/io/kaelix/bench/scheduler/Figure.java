// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import java.util.Locale;

/**
 * Something that a mode finds.
 *
 * @param name in JSON, quantity and unit
 * @param title of its column
 * @param scale the table's figure is the value divided by it
 * @param decimals of the table's figure
 */
public record Figure(String name, String title, double scale, int decimals) {

    /** As the table has it. */
    public String print(final double value) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value / scale);
    }
}
