// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

/** The walk of C, from the first frame on. */
class FfmWalkTest extends WalkContract {

    private final Kernels kernels = new Kernels(FfmPlatform.open(new RecordingLogger()).kernels().isa(), new FfmKernels());

    @Override
    Kernels kernels() {
        return kernels;
    }
}
