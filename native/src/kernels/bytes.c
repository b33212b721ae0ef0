/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * bytes.c - the exported functions in front of the kernels over bytes: they check every argument, then enter the table
 * of the instruction set.
 */
#include "bytes.h"

const kaelix_bytes *const kaelix_bytes_tables[] = {
#if defined(__x86_64__)
    &kaelix_bytes_avx512, // nothing in VBMI2 makes it faster
    &kaelix_bytes_avx512,
    &kaelix_bytes_avx2,
#elif defined(__aarch64__)
    &kaelix_bytes_neon,
#endif
    &kaelix_bytes_scalar,
};

static const kaelix_bytes *chosen_table(void) {
    return kaelix_bytes_tables[kaelix_kernel_index()];
}

/* KAELIX_OK with the table of one instruction set, or why there is none. */
static int32_t table_of(int32_t isa, const kaelix_bytes **table) {
    if (isa < 0 || isa >= KAELIX_ISAS) {
        return KAELIX_E_INVALID;
    }
    const int32_t index = kaelix_kernel_find(isa);
    if (index < 0) {
        return KAELIX_E_UNAVAILABLE;
    }
    *table = kaelix_bytes_tables[index];
    return KAELIX_OK;
}

/* Kernels add offsets to what they are given, and NULL + 0 is undefined in C. */
static const uint8_t *never_null(const uint8_t *data) {
    static const uint8_t nothing[1];
    return data == NULL ? nothing : data;
}

static bool is_array(const uint32_t *values, int64_t count) {
    return (values != NULL || count == 0) && kaelix_address(values) % sizeof(*values) == 0;
}

static bool is_input(const uint8_t *data, int64_t length) {
    return length >= 0 && length <= KAELIX_KERNEL_MAX_BYTES && (data != NULL || length == 0);
}

/* ---- CRC32C ------------------------------------------------------------------------------------------------- */

static bool crc32c_acceptable(const uint8_t *base, int64_t bytes, const uint32_t *offsets, const uint32_t *lengths,
                              int64_t count, const uint32_t *crcs) {
    return bytes >= 0 && (base != NULL || bytes == 0) && count >= 0 && count <= KAELIX_MAX_PIECES
        && is_array(offsets, count) && is_array(lengths, count) && is_array(crcs, count);
}

static kaelix_crc32c_batch_kernel *crc32c_kernel(const kaelix_bytes *table) {
    if (table->crc32c_needs != 0) { // asks the system only where there is something to ask
        uint64_t features = 0;
        kaelix_cpu_features(&features);
        if ((features & table->crc32c_needs) != table->crc32c_needs) {
            return table->crc32c_else;
        }
    }
    return table->crc32c_batch;
}

int32_t kaelix_crc32c_batch(const uint8_t *base, int64_t bytes, const uint32_t *offsets, const uint32_t *lengths,
                            int64_t count, uint32_t *crcs) {
    if (!crc32c_acceptable(base, bytes, offsets, lengths, count, crcs)) {
        return KAELIX_E_INVALID;
    }
    const kaelix_pieces from = {never_null(base), bytes, offsets, lengths, count};
    return crc32c_kernel(chosen_table())(&from, crcs) ? KAELIX_OK : KAELIX_E_INVALID;
}

int32_t kaelix_crc32c_batch_isa(int32_t isa, const uint8_t *base, int64_t bytes, const uint32_t *offsets,
                                const uint32_t *lengths, int64_t count, uint32_t *crcs) {
    if (!crc32c_acceptable(base, bytes, offsets, lengths, count, crcs)) {
        return KAELIX_E_INVALID;
    }
    const kaelix_bytes *table;
    const int32_t status = table_of(isa, &table);
    if (status == KAELIX_OK) {
        const kaelix_pieces from = {never_null(base), bytes, offsets, lengths, count};
        return crc32c_kernel(table)(&from, crcs) ? KAELIX_OK : KAELIX_E_INVALID;
    }
    return status;
}

/* ---- ASCII and UTF-8 ---------------------------------------------------------------------------------------- */

int32_t kaelix_ascii_valid(const uint8_t *data, int64_t length, int64_t *valid) {
    if (!is_input(data, length) || valid == NULL) {
        return KAELIX_E_INVALID;
    }
    *valid = chosen_table()->ascii_valid(never_null(data), length);
    return KAELIX_OK;
}

int32_t kaelix_ascii_valid_isa(int32_t isa, const uint8_t *data, int64_t length, int64_t *valid) {
    if (!is_input(data, length) || valid == NULL) {
        return KAELIX_E_INVALID;
    }
    const kaelix_bytes *table;
    const int32_t status = table_of(isa, &table);
    if (status == KAELIX_OK) {
        *valid = table->ascii_valid(never_null(data), length);
    }
    return status;
}

int32_t kaelix_utf8_valid(const uint8_t *data, int64_t length, int64_t *valid) {
    if (!is_input(data, length) || valid == NULL) {
        return KAELIX_E_INVALID;
    }
    *valid = chosen_table()->utf8_valid(never_null(data), length);
    return KAELIX_OK;
}

int32_t kaelix_utf8_valid_isa(int32_t isa, const uint8_t *data, int64_t length, int64_t *valid) {
    if (!is_input(data, length) || valid == NULL) {
        return KAELIX_E_INVALID;
    }
    const kaelix_bytes *table;
    const int32_t status = table_of(isa, &table);
    if (status == KAELIX_OK) {
        *valid = table->utf8_valid(never_null(data), length);
    }
    return status;
}

/* ---- packing ------------------------------------------------------------------------------------------------ */

static bool pack_acceptable(const uint8_t *base, int64_t bytes, const uint32_t *offsets, const uint32_t *lengths,
                            int64_t count, const uint32_t *selection, int64_t selected, const uint8_t *target,
                            int64_t capacity, const uint32_t *target_offsets, const int64_t *result) {
    return bytes >= 0 && (base != NULL || bytes == 0) && count >= 0 && count <= KAELIX_MAX_PIECES && selected >= 0
        && selected <= KAELIX_MAX_PIECES && capacity >= 0 && (target != NULL || capacity == 0) && result != NULL
        && is_array(offsets, count) && is_array(lengths, count) && is_array(selection, 0)
        && is_array(target_offsets, selected) && (selection != NULL || selected <= count);
}

int32_t kaelix_pack(const uint8_t *base, int64_t bytes, const uint32_t *offsets, const uint32_t *lengths, int64_t count,
                    const uint32_t *selection, int64_t selected, uint8_t *target, int64_t capacity,
                    uint32_t *target_offsets, int64_t *result) {
    if (!pack_acceptable(base, bytes, offsets, lengths, count, selection, selected, target, capacity, target_offsets,
                         result)) {
        return KAELIX_E_INVALID;
    }
    const kaelix_pieces from = {never_null(base), bytes, offsets, lengths, count};
    return chosen_table()->pack(&from, selection, selected, target, capacity, target_offsets, result) ? KAELIX_OK
                                                                                                      : KAELIX_E_INVALID;
}

int32_t kaelix_pack_isa(int32_t isa, const uint8_t *base, int64_t bytes, const uint32_t *offsets,
                        const uint32_t *lengths, int64_t count, const uint32_t *selection, int64_t selected,
                        uint8_t *target, int64_t capacity, uint32_t *target_offsets, int64_t *result) {
    if (!pack_acceptable(base, bytes, offsets, lengths, count, selection, selected, target, capacity, target_offsets,
                         result)) {
        return KAELIX_E_INVALID;
    }
    const kaelix_bytes *table;
    const int32_t status = table_of(isa, &table);
    if (status == KAELIX_OK) {
        const kaelix_pieces from = {never_null(base), bytes, offsets, lengths, count};
        return table->pack(&from, selection, selected, target, capacity, target_offsets, result) ? KAELIX_OK
                                                                                                 : KAELIX_E_INVALID;
    }
    return status;
}
