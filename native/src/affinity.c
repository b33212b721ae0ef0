/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * affinity.c - which CPUs the calling thread runs on, and when. The kernel applies the cpuset of the process by itself;
 * what it made of a request is read back.
 */
#include "internal.h"

#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MASK_BYTES (KAELIX_CPU_WORDS * sizeof(uint64_t))

/*
 * sched_getaffinity refuses a buffer smaller than the number of CPUs that the kernel was booted for, which may be more
 * than this ABI addresses: as many as any kernel is built for.
 */
#define KERNEL_MASK_WORDS (8192 / 64)

static int32_t refuse(int error, int32_t *system_error) {
    kaelix_report(system_error, error);
    if (error == EINVAL) {
        return KAELIX_E_INVALID;
    }
    return kaelix_is_refusal(error) ? KAELIX_E_UNAVAILABLE : KAELIX_E_SYSTEM;
}

/* The raw calls, since the mask type of the C library ends at 1024 CPUs. 0 or an errno. */
static int read_mask(uint64_t *mask) {
    uint64_t words[KERNEL_MASK_WORDS];
    memset(words, 0, sizeof(words));
    if (syscall(SYS_sched_getaffinity, 0, sizeof(words), words) < 0) {
        return errno;
    }
    memcpy(mask, words, MASK_BYTES);
    return 0;
}

static int write_mask(const uint64_t *mask) {
    return syscall(SYS_sched_setaffinity, 0, MASK_BYTES, mask) < 0 ? errno : 0;
}

int32_t kaelix_thread_get_affinity(uint64_t *mask, int32_t *system_error) {
    kaelix_report(system_error, 0);
    if (mask == NULL) {
        return KAELIX_E_INVALID;
    }
    uint64_t now[KAELIX_CPU_WORDS];
    const int error = read_mask(now);
    if (error != 0) {
        return refuse(error, system_error);
    }
    memcpy(mask, now, MASK_BYTES);
    return KAELIX_OK;
}

int32_t kaelix_thread_set_affinity(const uint64_t *mask, uint64_t *effective, int32_t *system_error) {
    kaelix_report(system_error, 0);
    if (mask == NULL) {
        return KAELIX_E_INVALID;
    }
    uint64_t before[KAELIX_CPU_WORDS];
    int error;
    if (effective != NULL && (error = read_mask(before)) != 0) {
        return refuse(error, system_error); // a result that could not be read back is better refused than half done
    }
    if ((error = write_mask(mask)) != 0) {
        return refuse(error, system_error);
    }
    if (effective != NULL) {
        uint64_t now[KAELIX_CPU_WORDS];
        if ((error = read_mask(now)) != 0) {
            write_mask(before);
            return refuse(error, system_error);
        }
        memcpy(effective, now, MASK_BYTES);
    }
    return KAELIX_OK;
}

int32_t kaelix_thread_location(int32_t *cpu, int32_t *node, int32_t *system_error) {
    kaelix_report(system_error, 0);
    unsigned int on_cpu;
    unsigned int on_node;
    // Not the C library's getcpu: it came with glibc 2.29, and would be all that ties the library to a newer one.
    if (syscall(SYS_getcpu, &on_cpu, &on_node, NULL) != 0) {
        return refuse(errno, system_error);
    }
    if (cpu != NULL) {
        *cpu = (int32_t) on_cpu;
    }
    if (node != NULL) {
        *node = (int32_t) on_node;
    }
    return KAELIX_OK;
}

#define POLICIES KAELIX_SCHEDULING_OTHER /* that can be set: the number behind the last of them */

/* SCHED_* by KAELIX_SCHEDULING_*. */
static const int policies[POLICIES] = {SCHED_OTHER, SCHED_FIFO, SCHED_RR, SCHED_BATCH, SCHED_IDLE};

static bool is_real_time(int32_t policy) {
    return policy == KAELIX_SCHEDULING_FIFO || policy == KAELIX_SCHEDULING_ROUND_ROBIN;
}

int32_t kaelix_thread_set_scheduling(int32_t policy, int32_t priority, int32_t *system_error) {
    kaelix_report(system_error, 0);
    const bool real_time = is_real_time(policy);
    if (policy < 0 || policy >= POLICIES
        || (real_time ? priority < 1 || priority > KAELIX_PRIORITY_MAX : priority != 0)) {
        return KAELIX_E_INVALID;
    }
    // The raw calls: the C library's speak of processes, and one of them refuses altogether.
    const long before = syscall(SYS_sched_getscheduler, 0);
    if (before < 0) {
        return refuse(errno, system_error);
    }
    // A thread that has the flag keeps it: only CAP_SYS_NICE may take it away, and going back must need nothing.
    const int reset_on_fork = real_time ? SCHED_RESET_ON_FORK : (int) before & SCHED_RESET_ON_FORK;
    const struct sched_param parameter = {.sched_priority = priority};
    if (syscall(SYS_sched_setscheduler, 0, policies[policy] | reset_on_fork, &parameter) < 0) {
        return refuse(errno, system_error);
    }
    return KAELIX_OK;
}

int32_t kaelix_thread_get_scheduling(int32_t *policy, int32_t *priority, int32_t *system_error) {
    kaelix_report(system_error, 0);
    struct sched_param parameter;
    const long now = syscall(SYS_sched_getscheduler, 0);
    if (now < 0 || syscall(SYS_sched_getparam, 0, &parameter) < 0) {
        return refuse(errno, system_error);
    }
    if (policy != NULL) {
        int32_t found = 0;
        while (found < POLICIES && policies[found] != ((int) now & ~SCHED_RESET_ON_FORK)) {
            found++;
        }
        *policy = found < POLICIES ? found : KAELIX_SCHEDULING_OTHER;
    }
    if (priority != NULL) {
        *priority = parameter.sched_priority;
    }
    return KAELIX_OK;
}
