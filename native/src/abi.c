/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * abi.c - what a loader compares before it trusts any other function of this library.
 */
#include "internal.h"

#include <string.h>

/* Sizes below are what the fixed-width members add up to: the compiler put no padding anywhere. */
_Static_assert(sizeof(kaelix_region_request) == 24 + 8 * KAELIX_NODE_WORDS, "implicit padding");
_Static_assert(sizeof(kaelix_ladder_step) == 16, "implicit padding");
_Static_assert(sizeof(kaelix_region) == 48 + 16 * KAELIX_RUNGS, "implicit padding");

static const int32_t layout[] = {
    sizeof(kaelix_region_request),
    offsetof(kaelix_region_request, bytes),
    offsetof(kaelix_region_request, node),
    offsetof(kaelix_region_request, first_rung),
    offsetof(kaelix_region_request, policy),
    offsetof(kaelix_region_request, unused),
    offsetof(kaelix_region_request, nodes),

    sizeof(kaelix_ladder_step),
    offsetof(kaelix_ladder_step, why),
    offsetof(kaelix_ladder_step, system_error),
    offsetof(kaelix_ladder_step, limit_left),

    sizeof(kaelix_region),
    offsetof(kaelix_region, address),
    offsetof(kaelix_region, bytes),
    offsetof(kaelix_region, page_bytes),
    offsetof(kaelix_region, rung),
    offsetof(kaelix_region, node),
    offsetof(kaelix_region, bind_status),
    offsetof(kaelix_region, bind_error),
    offsetof(kaelix_region, target_node),
    offsetof(kaelix_region, node_count),
    offsetof(kaelix_region, steps),
};

#define LAYOUT_COUNT ((int32_t) (sizeof(layout) / sizeof(layout[0])))

int32_t kaelix_abi_version(int32_t *version) {
    if (version == NULL) {
        return KAELIX_E_INVALID;
    }
    *version = KAELIX_ABI_VERSION;
    return KAELIX_OK;
}

int32_t kaelix_abi_layout(int32_t *values, int32_t capacity, int32_t *count) {
    if (count == NULL || capacity < 0 || (values == NULL && capacity > 0)) {
        return KAELIX_E_INVALID;
    }
    *count = LAYOUT_COUNT;
    if (capacity < LAYOUT_COUNT) {
        return KAELIX_E_CAPACITY;
    }
    memcpy(values, layout, sizeof(layout));
    return KAELIX_OK;
}
