/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * bytes_arm_crc.c - CRC32C by the CRC32 extension of AArch64, in a file of its own: no other code may use it unasked.
 */
#include "bytes.h"

#include <arm_acle.h>

static inline uint32_t crc32c_word(uint32_t crc, uint64_t word) {
    return __crc32cd(crc, word);
}

static inline uint32_t crc32c_byte(uint32_t crc, uint8_t byte) {
    return __crc32cb(crc, byte);
}

#include "crc32c.h"

bool kaelix_crc32c_batch_arm(const kaelix_pieces *from, uint32_t *crcs) {
    return crc32c_batch_lanes(from, crcs);
}
