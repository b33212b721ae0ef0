// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/** Metrics of Kaelix for Micrometer: {@link io.kaelix.micrometer.KaelixMetrics}. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module io.kaelix.micrometer {
    requires transitive io.kaelix;
    requires transitive micrometer.core;

    exports io.kaelix.micrometer;
}
