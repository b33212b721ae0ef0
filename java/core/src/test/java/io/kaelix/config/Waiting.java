// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import static org.assertj.core.api.Assertions.fail;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what another thread does, as long as a loaded machine may take. */
final class Waiting {

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

    private Waiting() {
    }

    static void until(final String what, final BooleanSupplier isSo) throws InterruptedException {
        final long end = System.nanoTime() + PATIENCE;
        while (!isSo.getAsBoolean()) {
            if (end - System.nanoTime() < 0) {
                fail("in vain: " + what);
            }
            Thread.sleep(1);
        }
    }
}
