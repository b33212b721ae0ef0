// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

/** The walk of Java for few frames, of C for more. */
class SizedWalkTest extends WalkContract {

    private final Kernels kernels = FfmPlatform.open(new RecordingLogger()).kernels();

    @Override
    Kernels kernels() {
        return kernels;
    }
}
