/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * kernels.h - the table that each instruction set fills, and how to add a kernel:
 *
 *   1. its contract in kaelix.h, its type and its entry in kaelix_kernels below;
 *   2. the scalar version, the plainest loop that is right: it is the oracle of all others;
 *   3. one version per file, checked arguments assumed, and an exported function in dispatch.c that checks them.
 *
 * Every version gives the same result to the last byte. Bounds are absolute: no load outside the input, no store
 * outside the output, however wide the registers are.
 *
 * Kernels over columns are a family with a table of their own, in the same order: columns.h.
 */
#ifndef KAELIX_KERNELS_H
#define KAELIX_KERNELS_H

#include "internal.h"

typedef void kaelix_newlines_kernel(const uint8_t *data, int64_t length, uint32_t *positions, int64_t capacity,
                                    int64_t *result);

typedef struct kaelix_kernels {
    const char *name;                 /* for reports and tests                                    */
    int32_t isa;                      /* KAELIX_ISA_*                                             */
    uint64_t needs;                   /* KAELIX_CPU_* features without which no kernel may be run */
    kaelix_newlines_kernel *newlines; /* see kaelix_newlines                                      */
} kaelix_kernels;

extern const kaelix_kernels kaelix_kernels_scalar;
extern const kaelix_kernels kaelix_kernels_avx2;
extern const kaelix_kernels kaelix_kernels_avx512;
extern const kaelix_kernels kaelix_kernels_avx512_vbmi2;
extern const kaelix_kernels kaelix_kernels_neon;

/* Every table of this build, best first; the last is scalar, which needs nothing. */
extern const kaelix_kernels *const kaelix_kernel_tables[];
extern const int32_t kaelix_kernel_table_count;

/* Index of the table that this process uses: chosen by the first call of this or of a kernel. */
int32_t kaelix_kernel_index(void);

/* Index of the best table of one instruction set that this CPU can run; -1 if there is none. */
int32_t kaelix_kernel_find(int32_t isa);

#endif /* KAELIX_KERNELS_H */
