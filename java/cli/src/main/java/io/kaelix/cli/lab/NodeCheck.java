// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.lab;

import io.kaelix.platform.Platform;
import io.kaelix.platform.topology.NumaTopology;

/** A question asked of each node: a column of the table. */
@FunctionalInterface
interface NodeCheck {

    /**
     * Asks, and reads back what came of it; leaves nothing mapped and no thread behind.
     *
     * @throws Exception counts as a difference, with its message as the reason
     */
    Answer ask(Platform platform, NumaTopology.Node node) throws Exception;
}
