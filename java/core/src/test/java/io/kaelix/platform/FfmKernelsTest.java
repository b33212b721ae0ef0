// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

/** The kernels of C at every size, those included that {@link SizedKernels} does not leave to them. */
class FfmKernelsTest extends KernelsContract {

    private final Kernels kernels = new Kernels(FfmPlatform.open(new RecordingLogger()).kernels().isa(), new FfmKernels());

    @Override
    Kernels kernels() {
        return kernels;
    }
}
