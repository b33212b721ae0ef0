/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * bytes_test.h - what the tests of kernels over bytes share: memory between guards, and which tables this CPU can run.
 */
#ifndef KAELIX_BYTES_TEST_H
#define KAELIX_BYTES_TEST_H

#include "check.h"
#include "guarded.h"
#include "kernels/bytes.h"
#include "random.h"

#define LONGEST 130
#define LARGEST KAELIX_KERNEL_MAX_BYTES

static guarded input;
static guarded output;
static uint64_t features;

static inline bool runnable(int32_t table) {
    return (kaelix_kernel_tables[table]->needs & features) == kaelix_kernel_tables[table]->needs;
}

static inline const char *table_name(int32_t table) {
    return kaelix_kernel_tables[table]->name;
}

static inline void bytes_test_begin(void) {
    REQUIRE(kaelix_cpu_features(&features) == KAELIX_OK);
    for (int32_t i = 0; i < kaelix_kernel_table_count; i++) {
        printf("       %s: %s\n", table_name(i), runnable(i) ? "tested" : "this CPU lacks it");
    }
    input = guarded_map(LARGEST);
    output = guarded_map(LARGEST + LARGEST / 4);
}

static inline void bytes_test_end(void) {
    guarded_unmap(&output);
    guarded_unmap(&input);
}

/* Whether the kernel of an instruction set is there, as its exported function should answer. */
static inline int32_t expected_status(int32_t isa) {
    for (int32_t i = 0; i < kaelix_kernel_table_count; i++) {
        if (kaelix_kernel_tables[i]->isa == isa && runnable(i)) {
            return KAELIX_OK;
        }
    }
    return KAELIX_E_UNAVAILABLE;
}

#endif /* KAELIX_BYTES_TEST_H */
