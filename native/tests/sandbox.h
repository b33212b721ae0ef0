/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * sandbox.h - running a case in a process of its own, in which chosen system calls are refused as a container would, or
 * memory is limited.
 */
#ifndef KAELIX_SANDBOX_H
#define KAELIX_SANDBOX_H

#include "check.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__)
#define SANDBOX_ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define SANDBOX_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#define ANY_ARGUMENT UINT32_MAX

/* False where the system does not let a process filter its own calls (an emulator, a stricter sandbox). */
static inline bool sandbox_install(const struct sock_filter *code, size_t length) {
    struct sock_filter *filter = (struct sock_filter *) (uintptr_t) code; // the kernel only reads it
    const struct sock_fprog program = {.len = (unsigned short) length, .filter = filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* From here on this process gets `error` from a system call, if its argument of that index has that value (or any). */
static inline bool sandbox_refuse(long call, int index, uint32_t value, int error) {
    const uint32_t refuse = SECCOMP_RET_ERRNO | (uint32_t) error;
    const uint32_t argument = (uint32_t) offsetof(struct seccomp_data, args) + (uint32_t) index * 8; // its low half
    const struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SANDBOX_ARCHITECTURE, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t) call, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, argument),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, value == ANY_ARGUMENT ? 0 : 1),
        BPF_STMT(BPF_RET | BPF_K, refuse),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    return sandbox_install(code, sizeof(code) / sizeof(code[0]));
}

/* Runs a case in a child, and counts its failure here. A child that cannot set its sandbox up says so and passes. */
static inline void in_child(void (*run)(void), const char *name) {
    fflush(NULL);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        check_failures = 0;
        run();
        fflush(NULL);
        _exit(check_failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SKIPPED) {
        printf("       %s: not possible here\n", name);
        return;
    }
    if (WIFSIGNALED(status)) {
        fprintf(stderr, "%s: killed by signal %d\n", name, WTERMSIG(status));
    }
    check_that(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS, name, __FILE__, __LINE__);
}

#define IN_CHILD(function) in_child(function, #function)

/* For the child: leaves the case where the sandbox cannot be had. */
#define NEEDS_SANDBOX(condition)  \
    do {                          \
        if (!(condition)) {       \
            _exit(EXIT_SKIPPED);  \
        }                         \
    } while (0)

#endif /* KAELIX_SANDBOX_H */
