// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

/** The walk that begins in Java and goes on in C. */
class SizedWalkTest extends WalkContract {

    private final Kernels kernels = FfmPlatform.open(new RecordingLogger()).kernels();

    @Override
    Kernels kernels() {
        return kernels;
    }
}
