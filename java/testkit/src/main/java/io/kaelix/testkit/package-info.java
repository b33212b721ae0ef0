// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * Tests of speed that can be trusted on machines that cannot: {@link io.kaelix.testkit.PerformanceTestHarness} puts a load on a message
 * handler, {@link io.kaelix.testkit.LatencyResults} judges what came of it by {@linkplain io.kaelix.testkit.Goal goals}.
 */
package io.kaelix.testkit;
