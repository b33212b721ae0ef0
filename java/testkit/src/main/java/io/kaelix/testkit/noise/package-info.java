// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * What the machine does to a measurement: gaps in which a thread did not run ({@link io.kaelix.testkit.noise.GapWatch}), which of them
 * are the JVM's own doing ({@link io.kaelix.testkit.noise.JvmPauses}), how much of a message's time fell into them
 * ({@link io.kaelix.testkit.noise.GapTimeline}).
 *
 * <p>Times are nanoseconds on the clock of the run, which may be negative and are compared by their difference.
 */
package io.kaelix.testkit.noise;
