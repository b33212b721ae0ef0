/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * columns.h - kernels over columns of numbers: filter, gather, aggregate. A family beside kernels.h: a table for each
 * instruction set, in the order of kaelix_kernel_tables, and by the same rules. columns.c checks arguments;
 * columns_scalar.c is the oracle.
 */
#ifndef KAELIX_COLUMNS_H
#define KAELIX_COLUMNS_H

#include "internal.h"

/*
 * Filters write the index of each match, ascending, and return how many there are; indices has room for length of them.
 * Values match in [first, first + span], a stretch of a circle of numbers: see filter.h.
 */
typedef int64_t kaelix_filter_int32_kernel(const int32_t *values, int64_t length, uint32_t first, uint32_t span,
                                           uint32_t *indices);
typedef int64_t kaelix_filter_int64_kernel(const int64_t *values, int64_t length, uint64_t first, uint64_t span,
                                           uint32_t *indices);

/* first and span are in terms of double_key. */
typedef int64_t kaelix_filter_double_kernel(const double *values, int64_t length, uint64_t first, uint64_t span,
                                            uint32_t *indices);

/* bits is 1 to KAELIX_BITMAP_MAX_BITS: see kaelix_filter_ids. */
typedef int64_t kaelix_filter_ids_kernel(const int32_t *ids, int64_t length, const uint64_t *bitmap, uint32_t bits,
                                         uint32_t *indices);

/*
 * column[i] = the value at start + (offsets[i] - first); false, before that is read, if offsets[i] is not in
 * [first, first + span]. span fits into 31 bits, so that a difference is a signed index too.
 */
typedef bool kaelix_gather_int32_kernel(const uint8_t *start, uint32_t first, uint32_t span, const uint32_t *offsets,
                                        int64_t count, int32_t *column);
typedef bool kaelix_gather_int64_kernel(const uint8_t *start, uint32_t first, uint32_t span, const uint32_t *offsets,
                                        int64_t count, int64_t *column);

/*
 * Of all values, or of those selected; false, with nothing written, if an index is not below length. length is not 0 where
 * something is selected.
 */
typedef void kaelix_aggregate_int64_kernel(const int64_t *values, int64_t length, int64_t *result);
typedef bool kaelix_aggregate_int64_selected_kernel(const int64_t *values, int64_t length, const uint32_t *selection,
                                                    int64_t selected, int64_t *result);
typedef void kaelix_aggregate_double_kernel(const double *values, int64_t length, double *result);
typedef bool kaelix_aggregate_double_selected_kernel(const double *values, int64_t length, const uint32_t *selection,
                                                     int64_t selected, double *result);

typedef struct kaelix_column_kernels {
    kaelix_filter_int32_kernel *filter_int32;                         /* see kaelix_filter_int32, _range     */
    kaelix_filter_int64_kernel *filter_int64;                         /* see kaelix_filter_int64, _range     */
    kaelix_filter_double_kernel *filter_double;                       /* see kaelix_filter_double, _range    */
    kaelix_filter_ids_kernel *filter_ids;                             /* see kaelix_filter_ids               */
    kaelix_gather_int32_kernel *gather_int32;                         /* see kaelix_gather_int32             */
    kaelix_gather_int64_kernel *gather_int64;                         /* see kaelix_gather_int64             */
    kaelix_aggregate_int64_kernel *aggregate_int64;                   /* see kaelix_aggregate_int64          */
    kaelix_aggregate_int64_selected_kernel *aggregate_int64_selected; /* the same, with a selection          */
    kaelix_aggregate_double_kernel *aggregate_double;                 /* see kaelix_aggregate_double         */
    kaelix_aggregate_double_selected_kernel *aggregate_double_selected; /* the same, with a selection        */
} kaelix_column_kernels;

extern const kaelix_column_kernels kaelix_column_kernels_scalar;
extern const kaelix_column_kernels kaelix_column_kernels_avx2;
extern const kaelix_column_kernels kaelix_column_kernels_avx512;
extern const kaelix_column_kernels kaelix_column_kernels_neon;

/* By the index of kaelix_kernel_tables. */
extern const kaelix_column_kernels *const kaelix_column_tables[];

#endif /* KAELIX_COLUMNS_H */
