// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

/** Instruction set that the batch kernels run on. */
public enum Isa {
    /** Portable Java loops. */
    JAVA("java"),
    /** Portable C, the oracle that the others are tested against. */
    SCALAR("scalar"),
    /** x86-64 with 256-bit vectors. */
    AVX2("avx2"),
    /** x86-64 with 512-bit vectors and masks (F, BW, DQ, VL). */
    AVX512("avx512"),
    /** AArch64 with 128-bit vectors. */
    NEON("neon");

    private final String label;

    Isa(final String label) {
        this.label = label;
    }

    /** Name as logs, reports and {@code KAELIX_FORCE_ISA} write it. */
    public String label() {
        return label;
    }
}
