// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

/** The walk of Java. */
class JavaWalkTest extends WalkContract {

    private final Kernels kernels = new Kernels(Isa.JAVA, new JavaKernels());

    @Override
    Kernels kernels() {
        return kernels;
    }
}
