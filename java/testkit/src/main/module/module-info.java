// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/** Tests of speed for users of the library: {@link io.kaelix.testkit.PerformanceTestHarness} is the entry. */
module io.kaelix.testkit {
    requires transitive io.kaelix;
    requires java.management;
    // GarbageCollectionNotificationInfo: when collections ran.
    requires jdk.management;
    requires HdrHistogram;
    requires org.opentest4j;

    exports io.kaelix.testkit;
}
