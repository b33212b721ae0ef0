// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.Duty;

/** What an error handler is given for a duty. */
record FailedDuty(Duty duty) implements Runnable {

    @Override
    public void run() {
        duty.turn();
    }
}
