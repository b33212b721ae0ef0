/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * internal.h - what the files of the C layer share; nothing of it is exported.
 *
 *   kaelix.h            the contracts
 *     region.c          the memory ladder: decides, in terms of
 *       pages.c           populating pages, and whether they are huge
 *       numa.c            nodes: which exist, memory policies, where pages are
 *       cgroup.c          what the control groups of the process still allow
 *         proc.c            lines of /proc and /sys
 *     affinity.c        threads: their CPUs, their priority
 *     cpu_features.c    what the CPU can do, for
 *       kernels/          dispatch.c and one file per instruction set
 *
 * Functions of this layer trust their arguments, which the exported functions have checked; none of them allocates.
 */
#ifndef KAELIX_INTERNAL_H
#define KAELIX_INTERNAL_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Everything is compiled hidden; what the public header declares is what the library shows. */
#pragma GCC visibility push(default)
#include "kaelix.h"
#pragma GCC visibility pop

_Static_assert(sizeof(void *) == 8, "addresses are 64-bit values throughout the ABI");

#define KAELIX_MAX_NODES 1024

/* An out-parameter for a system error may always be NULL. */
static inline void kaelix_report(int32_t *system_error, int error) {
    if (system_error != NULL) {
        *system_error = error;
    }
}

static inline void *kaelix_pointer(uint64_t address) {
    return (void *) (uintptr_t) address;
}

static inline uint64_t kaelix_address(const void *pointer) {
    return (uint64_t) (uintptr_t) pointer;
}

/* Errors by which containers and seccomp filters refuse a call, or a kernel built without it does not know it. */
static inline bool kaelix_is_refusal(int error) {
    return error == EPERM || error == EACCES || error == ENOSYS;
}

/* ---- proc.c ------------------------------------------------------------------------------------------------- */

/* Reads a text file line by line through a buffer of its own. Longer lines are delivered cut to the buffer. */
typedef struct kaelix_lines {
    int file;            /* descriptor, -1 when not open                */
    size_t begin;        /* first byte of buffer not yet delivered      */
    size_t end;          /* first byte of buffer not filled             */
    char buffer[4096];
} kaelix_lines;

/* False, with errno set, if the file cannot be opened. */
bool kaelix_lines_open(kaelix_lines *lines, const char *path);

/* The next line without its newline, valid until the next call; NULL at the end or on a read error. */
const char *kaelix_lines_next(kaelix_lines *lines);

void kaelix_lines_close(kaelix_lines *lines);

/* Whether a list in the kernel's format ("0-3,8,10-11") holds number. */
bool kaelix_list_contains(const char *list, int32_t number);

/* The numbers below 64 * words of such a list as bits. */
void kaelix_list_bits(const char *list, uint64_t *bits, int32_t words);

/* The kB figure of a "Key:   123 kB" line in bytes, 0 if the line has another key or no figure. */
uint64_t kaelix_kilobytes(const char *line, const char *key);

/* ---- pages.c ------------------------------------------------------------------------------------------------ */

uint64_t kaelix_base_page(void);

/*
 * Backs all of [address, address + bytes), a mapping of private anonymous or (hugetlb) huge pages, by memory, without
 * a fault that could raise a signal. KAELIX_WHY_NONE on success.
 */
kaelix_ladder_step kaelix_populate(uint64_t address, uint64_t bytes, bool hugetlb);

/*
 * Whether all of the range is mapped by transparent hugepages. *system_error is set, and false returned, if the kernel
 * does not tell. The range has to be a mapping of its own, without a neighbour that the kernel could merge it with.
 */
bool kaelix_all_huge(uint64_t address, uint64_t bytes, int32_t *system_error);

/* ---- numa.c ------------------------------------------------------------------------------------------------- */

/* Whether node is online; where the kernel does not tell, node 0 is the only one. */
bool kaelix_node_exists(int32_t node);

/* Bytes that could at most be had from node, or from all of them with KAELIX_NODE_ANY; UINT64_MAX if unknown. */
uint64_t kaelix_memory_ceiling(int32_t node);

/*
 * Bytes that node could give now without the OOM killer: what is free, and the page cache and swap space that make room, less
 * what the kernel keeps back; UINT64_MAX where it does not tell.
 *
 * @param root what the paths of /proc and /sys begin with: "" but for tests
 */
uint64_t kaelix_memory_available(const char *root, int32_t node);

/*
 * Whether the machine has one node. What that node tells of itself may then be less than the machine has: memory that came later, as
 * that of a virtual machine, is not always counted to it.
 *
 * @param root as above
 */
bool kaelix_is_one_node(const char *root);

/* Nodes that have memory and that this process may use, into KAELIX_NODE_WORDS words; node 0 where nothing tells. */
void kaelix_usable_nodes(uint64_t *nodes);

/* A set of nodes in words: bit i of word i/64. */
static inline bool kaelix_has_node(const uint64_t *nodes, int32_t node) {
    return ((nodes[node / 64] >> (node % 64)) & 1) != 0;
}

static inline void kaelix_add_node(uint64_t *nodes, int32_t node) {
    nodes[node / 64] |= (uint64_t) 1 << (node % 64);
}

/*
 * Gives a range that is not populated yet a policy over nodes: KAELIX_POLICY_BIND or KAELIX_POLICY_PREFER with one node,
 * KAELIX_POLICY_INTERLEAVE with any. KAELIX_E_UNAVAILABLE where that is refused.
 */
int32_t kaelix_set_policy(uint64_t address, uint64_t bytes, int32_t policy, const uint64_t *nodes,
                          int32_t *system_error);

/* Where the pages of a range are. */
typedef struct kaelix_spread {
    int32_t node;  /* the one that holds all that was looked at, else KAELIX_NODE_ANY */
    int32_t count; /* nodes that hold some                                            */
    bool even;     /* each of the nodes asked about holds its share                   */
} kaelix_spread;

/* The one node that holds the range, KAELIX_NODE_ANY if several or unknown. Looks at a bounded number of pages. */
int32_t kaelix_range_node(uint64_t address, uint64_t bytes, uint64_t page_bytes, int32_t *node);

/*
 * Looks at every page. 'Even' is a range of which each of `nodes` holds at least 7/8 of an equal share, rounded down to
 * whole pages, and no other node holds any.
 */
int32_t kaelix_range_spread(uint64_t address, uint64_t bytes, uint64_t page_bytes, const uint64_t *nodes,
                            kaelix_spread *spread);

/* ---- cgroup.c ----------------------------------------------------------------------------------------------- */

typedef enum kaelix_limit {
    KAELIX_LIMIT_MEMORY,     /* exceeding it ends with SIGKILL                          */
    KAELIX_LIMIT_HUGETLB_2M, /* exceeding it ends with SIGBUS at the first touch        */
    KAELIX_LIMIT_HUGETLB_1G,
} kaelix_limit;

/*
 * Bytes that the control groups of this process leave, the tightest of all of them; UINT64_MAX where nothing limits or
 * nothing tells. memory.high is not among them: beyond it a process is slowed down, not killed.
 *
 * @param root what the paths of /proc and /sys begin with: "" but for tests
 */
uint64_t kaelix_limit_left(const char *root, kaelix_limit limit);

/* ---- cpu_features.c ----------------------------------------------------------------------------------------- */

#if defined(__x86_64__)

/* What a CPU says of itself, as far as it is asked. */
typedef struct kaelix_cpu_words {
    uint32_t leaf1_ecx; /* CPUID leaf 1                                                            */
    uint32_t leaf7_ebx; /* CPUID leaf 7, subleaf 0                                                 */
    uint32_t leaf7_ecx;
    uint64_t xcr0;      /* register state that the operating system saves; 0 where it saves none   */
} kaelix_cpu_words;

/* The KAELIX_CPU_* that such a CPU may use. */
uint64_t kaelix_features_of(const kaelix_cpu_words *cpu);

#endif

#endif /* KAELIX_INTERNAL_H */
