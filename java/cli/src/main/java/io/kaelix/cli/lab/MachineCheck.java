// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.lab;

import io.kaelix.platform.Platform;

/** A question asked of the machine as a whole: a line below the table. */
@FunctionalInterface
interface MachineCheck {

    /**
     * Asks, and reads back what came of it; leaves the machine as it was.
     *
     * @throws Exception counts as a difference, with its message as the reason
     */
    Answer ask(Platform platform) throws Exception;
}
