/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * runnable.h - the kernel tables that this CPU can run, for tests that try every one of them.
 */
#ifndef KAELIX_RUNNABLE_H
#define KAELIX_RUNNABLE_H

#include "check.h"
#include "kernels/kernels.h"

/* Asked for once, since CPUID takes long in a virtual machine; set by print_runnable. */
static uint64_t cpu_features;

static inline bool runnable(int32_t index) {
    return (kaelix_kernel_tables[index]->needs & cpu_features) == kaelix_kernel_tables[index]->needs;
}

static inline const char *kernels_name(int32_t index) {
    return kaelix_kernel_tables[index]->name;
}

/* Before the first case, so that a report says what it is about. */
static inline void print_runnable(void) {
    REQUIRE(kaelix_cpu_features(&cpu_features) == KAELIX_OK);
    for (int32_t i = 0; i < kaelix_kernel_table_count; i++) {
        printf("       %s: %s\n", kernels_name(i), runnable(i) ? "tested" : "this CPU lacks it");
    }
}

#endif /* KAELIX_RUNNABLE_H */
