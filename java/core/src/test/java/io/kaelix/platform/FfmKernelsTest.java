// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

class FfmKernelsTest extends KernelsContract {

    private final Kernels kernels = FfmPlatform.open(new RecordingLogger()).kernels();

    @Override
    Kernels kernels() {
        return kernels;
    }
}
