// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import io.kaelix.KaelixException;

/**
 * Program that asks for the platform twice, as two parts of an application do, and prints which it is or why there is
 * none.
 */
final class PlatformProbe {

    private PlatformProbe() {
    }

    public static void main(final String[] arguments) {
        try {
            final Platform platform = Platforms.current();
            System.out.println(Platforms.current().name() + ' ' + platform.kernels().isa().label());
        } catch (final KaelixException unavailable) {
            System.out.println("refused: " + unavailable.getMessage());
        }
    }
}
