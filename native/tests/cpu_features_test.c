/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * Compares with the kernel's own reading of the CPU in /proc/cpuinfo, which also accounts for disabled register state; and
 * asks about CPUs and operating systems made up for it.
 */
#include "check.h"
#include "internal.h"

/* Whether every word is among the features of the first CPU: 1 or 0, or -1 where they are not listed. */
static int cpuinfo_has(const char *key, const char *const *words, size_t count) {
    FILE *file = fopen("/proc/cpuinfo", "re");
    REQUIRE(file != NULL);
    static char line[16384];
    int all = -1;
    while (fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, key, strlen(key)) != 0) {
            continue;
        }
        line[strcspn(line, "\n")] = ' '; // so that the last word ends like all others
        all = 1;
        for (size_t i = 0; i < count; i++) {
            char word[32];
            snprintf(word, sizeof(word), " %s ", words[i]);
            all = all == 1 && strstr(line, word) != NULL;
        }
        break;
    }
    fclose(file);
    return all;
}

static uint64_t features(void) {
    uint64_t value = 0;
    CHECK_EQUAL(KAELIX_OK, kaelix_cpu_features(&value));
    return value;
}

static void check_feature(uint64_t feature, const char *key, const char *const *words, size_t count) {
    const int listed = cpuinfo_has(key, words, count);
    CHECK(listed < 0 || listed == ((features() & feature) != 0)); // an emulator shows the host's file
}

static void should_agree_with_the_kernel(void) {
#if defined(__x86_64__)
    static const char *const bmi[] = {"bmi1", "bmi2"};
    static const char *const avx2[] = {"avx2", "popcnt", "sse4_2"};
    static const char *const avx512[] = {"avx2", "avx512f", "avx512bw", "avx512dq", "avx512vl"};
    static const char *const vbmi2[] = {"avx2", "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_vbmi2"};
    static const char *const vpclmulqdq[] = {"avx2",     "avx512f",   "avx512bw",  "avx512dq",
                                             "avx512vl", "pclmulqdq", "vpclmulqdq"};
    check_feature(KAELIX_CPU_BMI2, "flags", bmi, 2);
    check_feature(KAELIX_CPU_AVX2, "flags", avx2, 3);
    check_feature(KAELIX_CPU_AVX512, "flags", avx512, 5);
    check_feature(KAELIX_CPU_VBMI2, "flags", vbmi2, 6);
    check_feature(KAELIX_CPU_VPCLMULQDQ, "flags", vpclmulqdq, 7);
#elif defined(__aarch64__)
    static const char *const asimd[] = {"asimd"};
    static const char *const crc32[] = {"crc32"};
    check_feature(KAELIX_CPU_NEON, "Features", asimd, 1);
    check_feature(KAELIX_CPU_CRC32, "Features", crc32, 1);
#endif
}

static void should_report_only_features_of_this_architecture(void) {
#if defined(__x86_64__)
    CHECK_EQUAL(0, features() & (KAELIX_CPU_NEON | KAELIX_CPU_CRC32));
#else
    CHECK_EQUAL(0, features() & ~(uint64_t) (KAELIX_CPU_NEON | KAELIX_CPU_CRC32));
#endif
}

static void should_report_the_same_every_time(void) {
    CHECK(features() == features());
}

static void should_refuse_a_missing_result(void) {
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_cpu_features(NULL));
}

#if defined(__x86_64__)

/* All that is looked at: PCLMULQDQ, SSE4.2, POPCNT, OSXSAVE, AVX; BMI1, AVX2, BMI2, AVX-512 F, DQ, BW, VL; VBMI2, VPCLMULQDQ. */
static const kaelix_cpu_words everything = {
    .leaf1_ecx = 1U << 1 | 1U << 20 | 1U << 23 | 1U << 27 | 1U << 28,
    .leaf7_ebx = 1U << 3 | 1U << 5 | 1U << 8 | 1U << 16 | 1U << 17 | 1U << 30 | 1U << 31,
    .leaf7_ecx = 1U << 6 | 1U << 10,
    .xcr0 = 0xE7, /* x87, SSE, AVX, and the three parts of AVX-512 */
};

#define ALL_AVX512 (KAELIX_CPU_AVX512 | KAELIX_CPU_VBMI2 | KAELIX_CPU_VPCLMULQDQ)

/* Not enabled by a hypervisor, or by the kernel parameter noxsave: in CPUID, and yet a SIGILL. */
static void should_not_use_registers_that_the_system_does_not_save(void) {
    CHECK_EQUAL(KAELIX_CPU_BMI2 | KAELIX_CPU_AVX2 | ALL_AVX512, kaelix_features_of(&everything));
    for (int bit = 5; bit <= 7; bit++) { // masks, upper halves of ZMM0 to 15, ZMM16 to 31
        kaelix_cpu_words cpu = everything;
        cpu.xcr0 &= ~((uint64_t) 1 << bit);
        CHECK_EQUAL(KAELIX_CPU_BMI2 | KAELIX_CPU_AVX2, kaelix_features_of(&cpu));
    }
    for (int bit = 1; bit <= 2; bit++) { // XMM, upper halves of YMM
        kaelix_cpu_words cpu = everything;
        cpu.xcr0 &= ~((uint64_t) 1 << bit);
        CHECK_EQUAL(KAELIX_CPU_BMI2, kaelix_features_of(&cpu));
    }
    kaelix_cpu_words cpu = everything;
    cpu.leaf1_ecx &= ~(1U << 27); // XCR0 does not mean anything then
    CHECK_EQUAL(KAELIX_CPU_BMI2, kaelix_features_of(&cpu));
}

static void should_need_every_part_of_an_instruction_set(void) {
    static const int parts_of_avx512[] = {16, 17, 30, 31};
    for (size_t i = 0; i < sizeof(parts_of_avx512) / sizeof(parts_of_avx512[0]); i++) {
        kaelix_cpu_words cpu = everything;
        cpu.leaf7_ebx &= ~(1U << parts_of_avx512[i]);
        CHECK_EQUAL(KAELIX_CPU_BMI2 | KAELIX_CPU_AVX2, kaelix_features_of(&cpu));
    }
    static const int older[] = {20, 23, 28};
    for (size_t i = 0; i < sizeof(older) / sizeof(older[0]); i++) {
        kaelix_cpu_words cpu = everything;
        cpu.leaf1_ecx &= ~(1U << older[i]);
        CHECK_EQUAL(KAELIX_CPU_BMI2, kaelix_features_of(&cpu));
    }
    kaelix_cpu_words cpu = everything;
    cpu.leaf7_ebx &= ~(1U << 5);
    CHECK_EQUAL(KAELIX_CPU_BMI2, kaelix_features_of(&cpu));
    cpu = everything;
    cpu.leaf7_ecx = 0;
    CHECK_EQUAL(KAELIX_CPU_BMI2 | KAELIX_CPU_AVX2 | KAELIX_CPU_AVX512, kaelix_features_of(&cpu));
}

#endif

int main(int arguments, char **argument) {
    static const test_case cases[] = {
        CASE(should_agree_with_the_kernel),
        CASE(should_report_only_features_of_this_architecture),
        CASE(should_report_the_same_every_time),
        CASE(should_refuse_a_missing_result),
#if defined(__x86_64__)
        CASE(should_not_use_registers_that_the_system_does_not_save),
        CASE(should_need_every_part_of_an_instruction_set),
#endif
    };
    return RUN_CASES(cases, arguments, argument);
}
