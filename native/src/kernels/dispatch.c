/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * dispatch.c - which kernels this process uses, and the exported functions in front of them.
 */
#include "kernels.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

const kaelix_kernels *const kaelix_kernel_tables[] = {
#if defined(__x86_64__)
    &kaelix_kernels_avx512_vbmi2,
    &kaelix_kernels_avx512,
    &kaelix_kernels_avx2,
#elif defined(__aarch64__)
    &kaelix_kernels_neon,
#endif
    &kaelix_kernels_scalar,
};

const int32_t kaelix_kernel_table_count = sizeof(kaelix_kernel_tables) / sizeof(kaelix_kernel_tables[0]);

/* By KAELIX_ISA_*: the values of KAELIX_FORCE_ISA. */
static const char *const isa_names[KAELIX_ISAS] = {"scalar", "avx2", "avx512", "neon"};

#define ISA_UNKNOWN (-1)
#define ISA_BEST (-2)

/*
 * What this process has chosen, which together with the CPU's features is all the state of this library: the index of the
 * chosen table plus one, and above it how the wish of the environment was answered. One word, so that nobody sees the one without the other; zero until the first call.
 */
static _Atomic uint32_t chosen;

#define CHOSEN_INDEX_BITS 8

static uint32_t pack(int32_t index, int32_t status) {
    return (uint32_t) (index + 1) | (uint32_t) -status << CHOSEN_INDEX_BITS;
}

static const kaelix_kernels *packed_table(uint32_t word) {
    return kaelix_kernel_tables[(word & ((1U << CHOSEN_INDEX_BITS) - 1)) - 1];
}

static int32_t packed_status(uint32_t word) {
    return -(int32_t) (word >> CHOSEN_INDEX_BITS);
}

int32_t kaelix_kernel_find(int32_t isa) {
    uint64_t features = 0;
    kaelix_cpu_features(&features);
    for (int32_t i = 0; i < kaelix_kernel_table_count; i++) {
        const kaelix_kernels *table = kaelix_kernel_tables[i];
        if ((isa == ISA_BEST || table->isa == isa) && (table->needs & features) == table->needs) {
            return i;
        }
    }
    return -1;
}

/* Set but empty counts as not set, which is what a script that clears a variable means. */
static int32_t forced_isa(void) {
    const char *forced = getenv("KAELIX_FORCE_ISA");
    if (forced == NULL || *forced == '\0') {
        return ISA_BEST;
    }
    for (int32_t isa = 0; isa < KAELIX_ISAS; isa++) {
        if (strcmp(forced, isa_names[isa]) == 0) {
            return isa;
        }
    }
    return ISA_UNKNOWN;
}

static uint32_t choose(void) {
    const int32_t forced = forced_isa();
    const int32_t index = forced == ISA_UNKNOWN ? -1 : kaelix_kernel_find(forced);
    if (index >= 0) {
        return pack(index, KAELIX_OK);
    }
    return pack(kaelix_kernel_find(ISA_BEST), forced == ISA_UNKNOWN ? KAELIX_E_INVALID : KAELIX_E_UNAVAILABLE);
}

static uint32_t selection(void) {
    // SYNC: pairs with the exchange below; all that is published is the word itself and constants.
    uint32_t word = atomic_load_explicit(&chosen, memory_order_acquire);
    if (word == 0) {
        // Threads that race here have all chosen; the first to store decides for every one of them, so that the answer
        // stays the same even if somebody changes the environment in between.
        const uint32_t mine = choose();
        if (atomic_compare_exchange_strong_explicit(&chosen, &word, mine, memory_order_acq_rel,
                                                    memory_order_acquire)) {
            word = mine;
        }
    }
    return word;
}

int32_t kaelix_kernel_index(void) {
    return (int32_t) (selection() & ((1U << CHOSEN_INDEX_BITS) - 1)) - 1;
}

int32_t kaelix_isa(int32_t *isa) {
    if (isa == NULL) {
        return KAELIX_E_INVALID;
    }
    const uint32_t word = selection();
    *isa = packed_table(word)->isa;
    return packed_status(word);
}

/* Pointers may be NULL where nothing would be read or written through them. */
static bool acceptable(const uint8_t *data, int64_t length, const uint32_t *positions, int64_t capacity,
                       const int64_t *result) {
    return length >= 0 && length <= KAELIX_KERNEL_MAX_BYTES && capacity >= 0 && result != NULL
        && (data != NULL || length == 0) && (positions != NULL || capacity == 0);
}

int32_t kaelix_newlines(const uint8_t *data, int64_t length, uint32_t *positions, int64_t capacity, int64_t *result) {
    if (!acceptable(data, length, positions, capacity, result)) {
        return KAELIX_E_INVALID;
    }
    packed_table(selection())->newlines(data, length, positions, capacity, result);
    return KAELIX_OK;
}

int32_t kaelix_newlines_isa(int32_t isa, const uint8_t *data, int64_t length, uint32_t *positions, int64_t capacity,
                            int64_t *result) {
    if (isa < 0 || isa >= KAELIX_ISAS || !acceptable(data, length, positions, capacity, result)) {
        return KAELIX_E_INVALID;
    }
    const int32_t index = kaelix_kernel_find(isa);
    if (index < 0) {
        return KAELIX_E_UNAVAILABLE;
    }
    kaelix_kernel_tables[index]->newlines(data, length, positions, capacity, result);
    return KAELIX_OK;
}
