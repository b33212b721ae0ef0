/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * columns.c - the exported functions over columns: arguments are checked here, once for all instruction sets.
 */
#include "columns.h"
#include "filter.h"
#include "kernels.h"

const kaelix_column_kernels *const kaelix_column_tables[] = {
#if defined(__x86_64__)
    &kaelix_column_kernels_avx512, // nothing in VBMI2 makes one of them faster
    &kaelix_column_kernels_avx512,
    &kaelix_column_kernels_avx2,
#elif defined(__aarch64__)
    &kaelix_column_kernels_neon,
#endif
    &kaelix_column_kernels_scalar,
};

static const kaelix_column_kernels *chosen(void) {
    return kaelix_column_tables[kaelix_kernel_index()];
}

static int32_t find(int32_t isa, const kaelix_column_kernels **kernels) {
    if (isa < 0 || isa >= KAELIX_ISAS) {
        return KAELIX_E_INVALID;
    }
    const int32_t index = kaelix_kernel_find(isa);
    if (index < 0) {
        return KAELIX_E_UNAVAILABLE;
    }
    *kernels = kaelix_column_tables[index];
    return KAELIX_OK;
}

/* ---- what is acceptable ------------------------------------------------------------------------------------- */

/* Elements of size `bytes`, which is their alignment too. */
static bool is_column(const void *elements, int64_t length, int64_t most, uint64_t bytes) {
    return length >= 0 && length <= most && (elements != NULL || length == 0) && kaelix_address(elements) % bytes == 0;
}

static bool is_comparison(int32_t comparison) {
    return comparison >= 0 && comparison < KAELIX_COMPARISONS;
}

_Static_assert(KAELIX_FILTER_MAX_INT32 * sizeof(int32_t) == KAELIX_KERNEL_MAX_BYTES, "a limit in elements of four bytes");
_Static_assert(KAELIX_FILTER_MAX_VALUES * sizeof(int64_t) == KAELIX_KERNEL_MAX_BYTES, "a limit in elements of eight");
_Static_assert(KAELIX_BITMAP_MAX_BITS / 8 == KAELIX_KERNEL_MAX_BYTES, "a limit in bits");

static bool filter4_acceptable(const int32_t *values, int64_t length, const uint32_t *indices, const int64_t *count) {
    return is_column(values, length, KAELIX_FILTER_MAX_INT32, 4) && is_column(indices, length, length, 4) && count != NULL;
}

static bool filter8_acceptable(const void *values, int64_t length, const uint32_t *indices, const int64_t *count) {
    return is_column(values, length, KAELIX_FILTER_MAX_VALUES, 8) && is_column(indices, length, length, 4) && count != NULL;
}

/* ---- filters ------------------------------------------------------------------------------------------------ */

static int32_t filter_int32(const kaelix_column_kernels *kernels, const int32_t *values, int64_t length, filter_range range,
                            uint32_t *indices, int64_t *count) {
    if (!filter4_acceptable(values, length, indices, count)) {
        return KAELIX_E_INVALID;
    }
    *count = range.is_empty ? 0
        : kernels->filter_int32(values, length, (uint32_t) range.first, (uint32_t) range.span, indices);
    return KAELIX_OK;
}

static int32_t filter_int64(const kaelix_column_kernels *kernels, const int64_t *values, int64_t length, filter_range range,
                            uint32_t *indices, int64_t *count) {
    if (!filter8_acceptable(values, length, indices, count)) {
        return KAELIX_E_INVALID;
    }
    *count = range.is_empty ? 0 : kernels->filter_int64(values, length, range.first, range.span, indices);
    return KAELIX_OK;
}

static int32_t filter_double(const kaelix_column_kernels *kernels, const double *values, int64_t length, filter_range range,
                             uint32_t *indices, int64_t *count) {
    if (!filter8_acceptable(values, length, indices, count)) {
        return KAELIX_E_INVALID;
    }
    *count = range.is_empty ? 0 : kernels->filter_double(values, length, range.first, range.span, indices);
    return KAELIX_OK;
}

static int32_t filter_ids(const kaelix_column_kernels *kernels, const int32_t *ids, int64_t length, const uint64_t *bitmap,
                          int64_t bits, uint32_t *indices, int64_t *count) {
    if (!filter4_acceptable(ids, length, indices, count) || !is_column(bitmap, bits, KAELIX_BITMAP_MAX_BITS, 8)) {
        return KAELIX_E_INVALID;
    }
    *count = bits == 0 ? 0 : kernels->filter_ids(ids, length, bitmap, (uint32_t) bits, indices);
    return KAELIX_OK;
}

int32_t kaelix_filter_int32(const int32_t *values, int64_t length, int32_t comparison, int32_t operand,
                            uint32_t *indices, int64_t *count) {
    if (!is_comparison(comparison)) {
        return KAELIX_E_INVALID;
    }
    return filter_int32(chosen(), values, length, filter_int32_compared(comparison, operand), indices, count);
}

int32_t kaelix_filter_int32_isa(int32_t isa, const int32_t *values, int64_t length, int32_t comparison, int32_t operand,
                                uint32_t *indices, int64_t *count) {
    const kaelix_column_kernels *kernels = NULL;
    const int32_t status = is_comparison(comparison) ? find(isa, &kernels) : KAELIX_E_INVALID;
    if (status != KAELIX_OK) {
        return status;
    }
    return filter_int32(kernels, values, length, filter_int32_compared(comparison, operand), indices, count);
}

int32_t kaelix_filter_int32_range(const int32_t *values, int64_t length, int32_t low, int32_t high, uint32_t *indices,
                                  int64_t *count) {
    return filter_int32(chosen(), values, length, filter_ordered(low, high), indices, count);
}

int32_t kaelix_filter_int32_range_isa(int32_t isa, const int32_t *values, int64_t length, int32_t low, int32_t high,
                                      uint32_t *indices, int64_t *count) {
    const kaelix_column_kernels *kernels = NULL;
    const int32_t status = find(isa, &kernels);
    if (status != KAELIX_OK) {
        return status;
    }
    return filter_int32(kernels, values, length, filter_ordered(low, high), indices, count);
}

int32_t kaelix_filter_int64(const int64_t *values, int64_t length, int32_t comparison, int64_t operand,
                            uint32_t *indices, int64_t *count) {
    if (!is_comparison(comparison)) {
        return KAELIX_E_INVALID;
    }
    return filter_int64(chosen(), values, length, filter_int64_compared(comparison, operand), indices, count);
}

int32_t kaelix_filter_int64_isa(int32_t isa, const int64_t *values, int64_t length, int32_t comparison, int64_t operand,
                                uint32_t *indices, int64_t *count) {
    const kaelix_column_kernels *kernels = NULL;
    const int32_t status = is_comparison(comparison) ? find(isa, &kernels) : KAELIX_E_INVALID;
    if (status != KAELIX_OK) {
        return status;
    }
    return filter_int64(kernels, values, length, filter_int64_compared(comparison, operand), indices, count);
}

int32_t kaelix_filter_int64_range(const int64_t *values, int64_t length, int64_t low, int64_t high, uint32_t *indices,
                                  int64_t *count) {
    return filter_int64(chosen(), values, length, filter_ordered(low, high), indices, count);
}

int32_t kaelix_filter_int64_range_isa(int32_t isa, const int64_t *values, int64_t length, int64_t low, int64_t high,
                                      uint32_t *indices, int64_t *count) {
    const kaelix_column_kernels *kernels = NULL;
    const int32_t status = find(isa, &kernels);
    if (status != KAELIX_OK) {
        return status;
    }
    return filter_int64(kernels, values, length, filter_ordered(low, high), indices, count);
}

int32_t kaelix_filter_double(const double *values, int64_t length, int32_t comparison, double operand,
                             uint32_t *indices, int64_t *count) {
    if (!is_comparison(comparison)) {
        return KAELIX_E_INVALID;
    }
    return filter_double(chosen(), values, length, filter_double_compared(comparison, operand), indices, count);
}

int32_t kaelix_filter_double_isa(int32_t isa, const double *values, int64_t length, int32_t comparison, double operand,
                                 uint32_t *indices, int64_t *count) {
    const kaelix_column_kernels *kernels = NULL;
    const int32_t status = is_comparison(comparison) ? find(isa, &kernels) : KAELIX_E_INVALID;
    if (status != KAELIX_OK) {
        return status;
    }
    return filter_double(kernels, values, length, filter_double_compared(comparison, operand), indices, count);
}

int32_t kaelix_filter_double_range(const double *values, int64_t length, double low, double high, uint32_t *indices,
                                   int64_t *count) {
    return filter_double(chosen(), values, length, filter_double_ordered(low, high), indices, count);
}

int32_t kaelix_filter_double_range_isa(int32_t isa, const double *values, int64_t length, double low, double high,
                                       uint32_t *indices, int64_t *count) {
    const kaelix_column_kernels *kernels = NULL;
    const int32_t status = find(isa, &kernels);
    if (status != KAELIX_OK) {
        return status;
    }
    return filter_double(kernels, values, length, filter_double_ordered(low, high), indices, count);
}

int32_t kaelix_filter_ids(const int32_t *ids, int64_t length, const uint64_t *bitmap, int64_t bits, uint32_t *indices,
                          int64_t *count) {
    return filter_ids(chosen(), ids, length, bitmap, bits, indices, count);
}

int32_t kaelix_filter_ids_isa(int32_t isa, const int32_t *ids, int64_t length, const uint64_t *bitmap, int64_t bits,
                              uint32_t *indices, int64_t *count) {
    const kaelix_column_kernels *kernels = NULL;
    const int32_t status = find(isa, &kernels);
    return status == KAELIX_OK ? filter_ids(kernels, ids, length, bitmap, bits, indices, count) : status;
}

/* ---- gathers ------------------------------------------------------------------------------------------------ */

/* Offsets at which a value of `size` bytes lies inside, as a kernel wants them. */
typedef struct gather_window {
    const uint8_t *start; /* the value at offset `first`                  */
    uint32_t first;       /* lowest offset allowed                        */
    uint32_t span;        /* how far the highest one allowed is from that */
} gather_window;

/* False if there is no such offset. bytes is not negative; any field is allowed. */
static bool gather_window_of(const uint8_t *base, int64_t bytes, int64_t field, int64_t size, gather_window *window) {
    if (field > bytes - size || field < -(int64_t) UINT32_MAX || bytes < size) {
        return false;
    }
    const int64_t lowest = field < 0 ? -field : 0;
    const int64_t highest = bytes - size - field < UINT32_MAX ? bytes - size - field : UINT32_MAX;
    if (lowest > highest) {
        return false;
    }
    *window = (gather_window){base + (lowest + field), (uint32_t) lowest, (uint32_t) (highest - lowest)};
    return true;
}

static bool gather_acceptable(const uint8_t *base, int64_t bytes, const uint32_t *offsets, int64_t count) {
    return bytes >= 0 && bytes <= KAELIX_GATHER_MAX_BYTES && (base != NULL || bytes == 0)
        && is_column(offsets, count, KAELIX_GATHER_MAX_VALUES, 4);
}

static int32_t gather_int32(const kaelix_column_kernels *kernels, const uint8_t *base, int64_t bytes,
                            const uint32_t *offsets, int64_t count, int64_t field, int32_t *column) {
    gather_window window;
    if (!gather_acceptable(base, bytes, offsets, count) || !is_column(column, count, count, 4)) {
        return KAELIX_E_INVALID;
    }
    if (count == 0) {
        return KAELIX_OK;
    }
    return gather_window_of(base, bytes, field, 4, &window)
        && kernels->gather_int32(window.start, window.first, window.span, offsets, count, column)
        ? KAELIX_OK : KAELIX_E_INVALID;
}

static int32_t gather_int64(const kaelix_column_kernels *kernels, const uint8_t *base, int64_t bytes,
                            const uint32_t *offsets, int64_t count, int64_t field, int64_t *column) {
    gather_window window;
    if (!gather_acceptable(base, bytes, offsets, count) || !is_column(column, count, count, 8)) {
        return KAELIX_E_INVALID;
    }
    if (count == 0) {
        return KAELIX_OK;
    }
    return gather_window_of(base, bytes, field, 8, &window)
        && kernels->gather_int64(window.start, window.first, window.span, offsets, count, column)
        ? KAELIX_OK : KAELIX_E_INVALID;
}

int32_t kaelix_gather_int32(const uint8_t *base, int64_t bytes, const uint32_t *offsets, int64_t count, int64_t field,
                            int32_t *column) {
    return gather_int32(chosen(), base, bytes, offsets, count, field, column);
}

int32_t kaelix_gather_int32_isa(int32_t isa, const uint8_t *base, int64_t bytes, const uint32_t *offsets, int64_t count,
                                int64_t field, int32_t *column) {
    const kaelix_column_kernels *kernels = NULL;
    const int32_t status = find(isa, &kernels);
    return status == KAELIX_OK ? gather_int32(kernels, base, bytes, offsets, count, field, column) : status;
}

int32_t kaelix_gather_int64(const uint8_t *base, int64_t bytes, const uint32_t *offsets, int64_t count, int64_t field,
                            int64_t *column) {
    return gather_int64(chosen(), base, bytes, offsets, count, field, column);
}

int32_t kaelix_gather_int64_isa(int32_t isa, const uint8_t *base, int64_t bytes, const uint32_t *offsets, int64_t count,
                                int64_t field, int64_t *column) {
    const kaelix_column_kernels *kernels = NULL;
    const int32_t status = find(isa, &kernels);
    return status == KAELIX_OK ? gather_int64(kernels, base, bytes, offsets, count, field, column) : status;
}

/* ---- aggregates --------------------------------------------------------------------------------------------- */

/*
 * No selection stands for all, and has to say so: an empty one, given as NULL, is not taken for that. Of no values none can
 * be selected, and no kernel is asked: length - 1 is an index for all of them.
 */
static bool aggregate_acceptable(const void *values, int64_t length, const uint32_t *selection, int64_t selected,
                                 const void *result) {
    const bool selects = selection == NULL ? selected == length
        : is_column(selection, selected, KAELIX_FILTER_MAX_VALUES, 4);
    return selects && (selected == 0 || length > 0) && is_column(values, length, KAELIX_FILTER_MAX_VALUES, 8)
        && result != NULL;
}

static int32_t aggregate_int64(const kaelix_column_kernels *kernels, const int64_t *values, int64_t length,
                               const uint32_t *selection, int64_t selected, int64_t *result) {
    if (!aggregate_acceptable(values, length, selection, selected, result)) {
        return KAELIX_E_INVALID;
    }
    if (selection == NULL) {
        kernels->aggregate_int64(values, length, result);
        return KAELIX_OK;
    }
    return kernels->aggregate_int64_selected(values, length, selection, selected, result) ? KAELIX_OK : KAELIX_E_INVALID;
}

static int32_t aggregate_double(const kaelix_column_kernels *kernels, const double *values, int64_t length,
                                const uint32_t *selection, int64_t selected, double *result) {
    if (!aggregate_acceptable(values, length, selection, selected, result)) {
        return KAELIX_E_INVALID;
    }
    if (selection == NULL) {
        kernels->aggregate_double(values, length, result);
        return KAELIX_OK;
    }
    return kernels->aggregate_double_selected(values, length, selection, selected, result) ? KAELIX_OK : KAELIX_E_INVALID;
}

int32_t kaelix_aggregate_int64(const int64_t *values, int64_t length, const uint32_t *selection, int64_t selected,
                               int64_t *result) {
    return aggregate_int64(chosen(), values, length, selection, selected, result);
}

int32_t kaelix_aggregate_int64_isa(int32_t isa, const int64_t *values, int64_t length, const uint32_t *selection,
                                   int64_t selected, int64_t *result) {
    const kaelix_column_kernels *kernels = NULL;
    const int32_t status = find(isa, &kernels);
    return status == KAELIX_OK ? aggregate_int64(kernels, values, length, selection, selected, result) : status;
}

int32_t kaelix_aggregate_double(const double *values, int64_t length, const uint32_t *selection, int64_t selected,
                                double *result) {
    return aggregate_double(chosen(), values, length, selection, selected, result);
}

int32_t kaelix_aggregate_double_isa(int32_t isa, const double *values, int64_t length, const uint32_t *selection,
                                    int64_t selected, double *result) {
    const kaelix_column_kernels *kernels = NULL;
    const int32_t status = find(isa, &kernels);
    return status == KAELIX_OK ? aggregate_double(kernels, values, length, selection, selected, result) : status;
}
