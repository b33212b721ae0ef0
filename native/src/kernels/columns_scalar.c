/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * columns_scalar.c - the oracle of the kernels over columns, and what CPUs without anything better run.
 */
#include "columns.h"
#include "aggregate.h"
#include "filter.h"

static int64_t filter_int32(const int32_t *values, int64_t length, uint32_t first, uint32_t span, uint32_t *indices) {
    return filter_each_int32(values, 0, length, first, span, indices, 0);
}

static int64_t filter_int64(const int64_t *values, int64_t length, uint64_t first, uint64_t span, uint32_t *indices) {
    return filter_each_int64(values, 0, length, first, span, indices, 0);
}

static int64_t filter_double(const double *values, int64_t length, uint64_t first, uint64_t span, uint32_t *indices) {
    return filter_each_double(values, 0, length, first, span, indices, 0);
}

static int64_t filter_ids(const int32_t *ids, int64_t length, const uint64_t *bitmap, uint32_t bits, uint32_t *indices) {
    return filter_each_id(ids, 0, length, bitmap, bits, indices, 0);
}

static bool gather_int32(const uint8_t *start, uint32_t first, uint32_t span, const uint32_t *offsets, int64_t count,
                         int32_t *column) {
    return gather_each_int32(start, first, span, offsets, 0, count, column);
}

static bool gather_int64(const uint8_t *start, uint32_t first, uint32_t span, const uint32_t *offsets, int64_t count,
                         int64_t *column) {
    return gather_each_int64(start, first, span, offsets, 0, count, column);
}

static void aggregate_int64(const int64_t *values, int64_t length, int64_t *result) {
    int64_aggregate aggregate = int64_aggregate_of_none;
    for (int64_t i = 0; i < length; i++) {
        aggregate_int64_value(&aggregate, values[i]);
    }
    aggregate_int64_result(&aggregate, length, result);
}

static bool aggregate_int64_selected(const int64_t *values, int64_t length, const uint32_t *selection, int64_t selected,
                                     int64_t *result) {
    int64_aggregate aggregate = int64_aggregate_of_none;
    for (int64_t i = 0; i < selected; i++) {
        if (selection[i] >= length) {
            return false;
        }
        aggregate_int64_value(&aggregate, values[selection[i]]);
    }
    aggregate_int64_result(&aggregate, selected, result);
    return true;
}

static void aggregate_double(const double *values, int64_t length, double *result) {
    double_aggregate aggregate = double_aggregate_of_none;
    for (int64_t i = 0; i < length; i++) {
        aggregate_double_value(&aggregate, i, values[i]);
    }
    aggregate_double_result(&aggregate, length, result);
}

static bool aggregate_double_selected(const double *values, int64_t length, const uint32_t *selection, int64_t selected,
                                      double *result) {
    double_aggregate aggregate = double_aggregate_of_none;
    for (int64_t i = 0; i < selected; i++) {
        if (selection[i] >= length) {
            return false;
        }
        aggregate_double_value(&aggregate, i, values[selection[i]]);
    }
    aggregate_double_result(&aggregate, selected, result);
    return true;
}

const kaelix_column_kernels kaelix_column_kernels_scalar = {
    .filter_int32 = filter_int32,
    .filter_int64 = filter_int64,
    .filter_double = filter_double,
    .filter_ids = filter_ids,
    .gather_int32 = gather_int32,
    .gather_int64 = gather_int64,
    .aggregate_int64 = aggregate_int64,
    .aggregate_int64_selected = aggregate_int64_selected,
    .aggregate_double = aggregate_double,
    .aggregate_double_selected = aggregate_double_selected,
};
