// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * Which thread and which memory should be where: plans over a {@link io.kaelix.platform.topology.NumaTopology}.
 *
 * <p>A plan is a value. Nothing here pins a thread or maps memory; whoever carries a plan out does.
 */
package io.kaelix.numa;
