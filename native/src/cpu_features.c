/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * cpu_features.c - what the CPU has and the operating system has enabled. The second half matters: a hypervisor or a
 * kernel option may leave the wide registers out of the saved state, and their first use is then a SIGILL.
 */
#include "internal.h"

#include <stdatomic.h>

#if defined(__x86_64__)

#include <cpuid.h>

/* CPUID leaf 1, ECX. */
#define LEAF1_PCLMULQDQ (1U << 1)
#define LEAF1_SSE42 (1U << 20)
#define LEAF1_POPCNT (1U << 23)
#define LEAF1_OSXSAVE (1U << 27)
#define LEAF1_AVX (1U << 28)
/* CPUID leaf 7, subleaf 0, EBX. */
#define LEAF7_BMI1 (1U << 3)
#define LEAF7_AVX2 (1U << 5)
#define LEAF7_BMI2 (1U << 8)
#define LEAF7_AVX512 ((1U << 16) | (1U << 17) | (1U << 30) | (1U << 31)) /* F, DQ, BW, VL */
/* CPUID leaf 7, subleaf 0, ECX. */
#define LEAF7_VBMI2 (1U << 6)
#define LEAF7_VPCLMULQDQ (1U << 10)
/* XCR0: register state that the operating system saves. */
#define STATE_YMM 0x06U /* XMM and the upper halves of YMM           */
#define STATE_ZMM 0xE6U /* also the masks and both parts of ZMM      */

static bool has(uint64_t value, uint64_t bits) {
    return (value & bits) == bits;
}

/* XGETBV by its bytes: the intrinsic would need the whole file compiled for XSAVE. */
static uint64_t read_xcr0(void) {
    uint32_t low;
    uint32_t high;
    __asm__ volatile(".byte 0x0f, 0x01, 0xd0" : "=a"(low), "=d"(high) : "c"(0));
    return ((uint64_t) high << 32) | low;
}

uint64_t kaelix_features_of(const kaelix_cpu_words *cpu) {
    const bool older = has(cpu->leaf1_ecx, LEAF1_SSE42 | LEAF1_POPCNT);
    const bool avx = has(cpu->leaf1_ecx, LEAF1_AVX | LEAF1_OSXSAVE);
    uint64_t features = 0;
    if (has(cpu->leaf7_ebx, LEAF7_BMI1 | LEAF7_BMI2)) {
        features |= KAELIX_CPU_BMI2;
    }
    // SSE4.2 (CRC32) and POPCNT are older than AVX2, and every CPU with AVX2 has them; a hypervisor may still mask them.
    if (avx && older && has(cpu->leaf7_ebx, LEAF7_AVX2) && has(cpu->xcr0, STATE_YMM)) {
        features |= KAELIX_CPU_AVX2;
        if (has(cpu->leaf7_ebx, LEAF7_AVX512) && has(cpu->xcr0, STATE_ZMM)) {
            features |= KAELIX_CPU_AVX512;
            if (has(cpu->leaf7_ecx, LEAF7_VBMI2)) {
                features |= KAELIX_CPU_VBMI2;
            }
            if (has(cpu->leaf7_ecx, LEAF7_VPCLMULQDQ) && has(cpu->leaf1_ecx, LEAF1_PCLMULQDQ)) {
                features |= KAELIX_CPU_VPCLMULQDQ;
            }
        }
    }
    return features;
}

/* A leaf that the CPU lacks leaves its words 0. */
static uint64_t detect(void) {
    kaelix_cpu_words cpu = {0, 0, 0, 0};
    uint32_t eax;
    uint32_t ebx;
    uint32_t ecx;
    uint32_t edx;
    if (__get_cpuid(1, &eax, &ebx, &ecx, &edx)) {
        cpu.leaf1_ecx = ecx;
    }
    if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) {
        cpu.leaf7_ebx = ebx;
        cpu.leaf7_ecx = ecx;
    }
    // XGETBV is a SIGILL without it.
    if (has(cpu.leaf1_ecx, LEAF1_OSXSAVE)) {
        cpu.xcr0 = read_xcr0();
    }
    return kaelix_features_of(&cpu);
}

#elif defined(__aarch64__)

#include <asm/hwcap.h>
#include <sys/auxv.h>

static uint64_t detect(void) {
    const unsigned long capabilities = getauxval(AT_HWCAP);
    uint64_t features = 0;
    if ((capabilities & HWCAP_ASIMD) != 0) {
        features |= KAELIX_CPU_NEON;
    }
    if ((capabilities & HWCAP_CRC32) != 0) {
        features |= KAELIX_CPU_CRC32;
    }
    return features;
}

#else

static uint64_t detect(void) {
    return 0;
}

#endif

/* No KAELIX_CPU_* bit: beside them in one word, so that a CPU with none of them is not asked again and again. */
#define DETECTED (UINT64_C(1) << 63)

/*
 * What detect() found, with DETECTED; zero until the first call. Under a hypervisor each CPUID is an exit to it, which costs
 * as much as a kernel needs for thousands of values.
 */
static _Atomic uint64_t detected;

int32_t kaelix_cpu_features(uint64_t *features) {
    if (features == NULL) {
        return KAELIX_E_INVALID;
    }
    // Relaxed: nothing is published but the word, and threads that race here all find the same.
    uint64_t word = atomic_load_explicit(&detected, memory_order_relaxed);
    if (word == 0) {
        word = detect() | DETECTED;
        atomic_store_explicit(&detected, word, memory_order_relaxed);
    }
    *features = word & ~DETECTED;
    return KAELIX_OK;
}
