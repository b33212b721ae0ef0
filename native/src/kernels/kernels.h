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
 */
#ifndef KAELIX_KERNELS_H
#define KAELIX_KERNELS_H

#include "internal.h"

typedef void kaelix_newlines_kernel(const uint8_t *data, int64_t length, uint32_t *positions, int64_t capacity,
                                    int64_t *result);

/*
 * Indices of the values in [first, first + span], a stretch of the circle of 64-bit numbers (see filter.h); returns how
 * many there are. indices has room for length of them.
 */
typedef int64_t kaelix_filter_int64_kernel(const int64_t *values, int64_t length, uint64_t first, uint64_t span,
                                           uint32_t *indices);

typedef struct kaelix_kernels {
    const char *name;                         /* for reports and tests                                    */
    int32_t isa;                              /* KAELIX_ISA_*                                             */
    uint64_t needs;                           /* KAELIX_CPU_* features without which no kernel may be run */
    kaelix_newlines_kernel *newlines;         /* see kaelix_newlines                                      */
    kaelix_filter_int64_kernel *filter_int64; /* see kaelix_filter_int64                                  */
} kaelix_kernels;

/* Of avx512.c, and nothing in VBMI2 makes it faster. */
kaelix_filter_int64_kernel kaelix_filter_int64_avx512;

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
