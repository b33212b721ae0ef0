/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * kaelix.h - the whole ABI of libkaelix: placing memory, pinning threads, batch kernels.
 *
 * Contracts that hold for every function here, stated once:
 *
 *  - It returns a status: KAELIX_OK (0), or one of the negative KAELIX_E_* codes. Results go to out-parameters, which
 *    are written only on KAELIX_OK, unless the function says otherwise.
 *  - `system_error`, where present, may be NULL. It receives the errno of the call that failed, or 0. errno itself is
 *    never part of a contract.
 *  - A NULL pointer where one is required, or a value outside its stated range, gives KAELIX_E_INVALID. A pointer to
 *    no elements (length, count or capacity 0) may be NULL.
 *  - It never prints, exits, raises a signal, throws, or keeps a pointer that it was given.
 *  - It may be called from any thread at any time. The only state kept between calls is the kernel dispatch table,
 *    written once, atomically, with a value that depends on nothing but the machine and the environment.
 *  - A function that fails leaves nothing behind: no mapping, no policy, no half-written result.
 *  - All memory is addressed as it is in this process; sizes and offsets are bytes.
 *
 * Layout rules, so that any foreign-function interface can bind it: fixed-width types, no bitfields, no unions, no
 * callbacks, no macros with arguments, no implicit padding (struct sizes and offsets are reported by kaelix_abi_layout
 * and checked by the loader).
 */
#ifndef KAELIX_H
#define KAELIX_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- status codes ------------------------------------------------------------------------------------------- */

#define KAELIX_OK 0
#define KAELIX_E_INVALID (-1)     /* an argument breaks the contract                                              */
#define KAELIX_E_NO_MEMORY (-2)   /* no rung of the ladder could give the memory                                  */
#define KAELIX_E_UNAVAILABLE (-3) /* the kernel, a container or the CPU does not offer this here                  */
#define KAELIX_E_SYSTEM (-4)      /* a system call failed otherwise: see system_error                             */
#define KAELIX_E_CAPACITY (-5)    /* the caller's buffer is too small                                             */

/* ---- ABI ---------------------------------------------------------------------------------------------------- */

#define KAELIX_ABI_VERSION 1

/* Version of this ABI that the library was built with: compare with KAELIX_ABI_VERSION. */
int32_t kaelix_abi_version(int32_t *version);

/*
 * Sizes and offsets of every struct in this header as the library's compiler laid them out. Writes *count values:
 * for each struct in the order of this header (kaelix_region_request, kaelix_ladder_step, kaelix_region), its size,
 * then the offset of each member in order. KAELIX_E_CAPACITY (with *count set to what is needed) if capacity is
 * too small.
 */
int32_t kaelix_abi_layout(int32_t *values, int32_t capacity, int32_t *count);

/* ---- memory ------------------------------------------------------------------------------------------------- */

/* Rungs of the memory ladder, best first: a request names the first to try, each failure steps down one. */
#define KAELIX_RUNG_HUGETLB_1G 0  /* 1 GiB pages reserved by the administrator                                    */
#define KAELIX_RUNG_HUGETLB_2M 1  /* 2 MiB pages reserved by the administrator                                    */
#define KAELIX_RUNG_TRANSPARENT 2 /* transparent hugepages, asked for with madvise                                */
#define KAELIX_RUNG_NORMAL 3      /* the system's base pages                                                      */
#define KAELIX_RUNGS 4

/* Why a rung was left. */
#define KAELIX_WHY_NONE 0          /* the rung was obtained, or never tried                                       */
#define KAELIX_WHY_NO_PAGES 1      /* not enough pages of this size are free (ENOMEM)                             */
#define KAELIX_WHY_UNSUPPORTED 2   /* the kernel does not know this page size or advice (EINVAL, ENOSYS)          */
#define KAELIX_WHY_DENIED 3        /* refused by permission, seccomp or a cgroup (EPERM, EACCES)                  */
#define KAELIX_WHY_POPULATE 4      /* mapped, but its pages could not be populated                                */
#define KAELIX_WHY_NOT_HUGE 5      /* populated, but the kernel did not use hugepages for all of it               */
#define KAELIX_WHY_NODE 6          /* mapped, but its pages are not on the node asked for                         */
#define KAELIX_WHY_SYSTEM 7        /* another system error                                                        */

#define KAELIX_NODE_ANY (-1)

typedef struct kaelix_region_request {
    uint64_t bytes;     /* at least this many; 1 to 2^46                                                          */
    int32_t node;       /* NUMA node to bind to, or KAELIX_NODE_ANY for the caller's policy; at most 1023         */
    int32_t first_rung; /* KAELIX_RUNG_*: where the ladder starts                                                 */
} kaelix_region_request;

typedef struct kaelix_ladder_step {
    int32_t why;          /* KAELIX_WHY_*                                                                         */
    int32_t system_error; /* errno behind it, or 0                                                                */
} kaelix_ladder_step;

typedef struct kaelix_region {
    uint64_t address;    /* first byte; aligned to page_bytes                                                     */
    uint64_t bytes;      /* mapped: the request rounded up to whole pages                                         */
    uint64_t page_bytes; /* page size that backs all of it, read back from the kernel where it can differ         */
    int32_t rung;        /* KAELIX_RUNG_* obtained                                                                */
    int32_t node;        /* node that holds its pages as read back; KAELIX_NODE_ANY if mixed or not readable      */
    int32_t bind_status; /* KAELIX_OK if bound as asked (or nothing was asked), else why not                      */
    int32_t bind_error;  /* errno behind bind_status, or 0                                                        */
    kaelix_ladder_step steps[KAELIX_RUNGS]; /* by rung: why it was left, KAELIX_WHY_NONE where it was not         */
} kaelix_region;

/*
 * Maps private, zeroed, read-write memory from the best rung that can be had, binds it to the node where one is asked,
 * and populates all of it, so that no later access can fault for want of memory.
 *
 * Binding is strict (MPOL_BIND) where the kernel allows it; where it refuses (EPERM or ENOSYS in a container, EINVAL
 * for a node without memory or outside the cpuset), the region is returned unbound and bind_status says so: it is
 * KAELIX_E_UNAVAILABLE then, and also (with bind_error 0) where normal pages turned out to be elsewhere in spite of it.
 * A node that does not exist gives KAELIX_E_INVALID. More than the machine, or the node bound to, has in all is refused
 * as KAELIX_WHY_NO_PAGES before anything is populated, since an overcommitting kernel would answer with the OOM killer.
 * KAELIX_E_NO_MEMORY: even normal pages could not be had; region->steps is then written too, the rest is not.
 *
 * Memory that was to be huge and is not (KAELIX_WHY_NOT_HUGE) is kept as KAELIX_RUNG_NORMAL. A region is not inherited
 * by fork: copy-on-write would bring back the faults that populating ruled out.
 * Blocks for as long as the kernel takes to clear the pages.
 */
int32_t kaelix_region_map(const kaelix_region_request *request, kaelix_region *region, int32_t *system_error);

/* Unmaps what kaelix_region_map returned, whole. Any later access to it is a fault. */
int32_t kaelix_region_unmap(uint64_t address, uint64_t bytes, int32_t *system_error);

/*
 * Nodes of `count` pages, page_bytes apart from address on, as the kernel has them now (move_pages without a move).
 * nodes[i] is a node, or a negative errno for that page (-ENOENT: never touched, -EFAULT: nothing mapped).
 * KAELIX_E_UNAVAILABLE where the call is refused.
 */
int32_t kaelix_page_nodes(uint64_t address, uint64_t page_bytes, int32_t count, int32_t *nodes, int32_t *system_error);

/* ---- threads ------------------------------------------------------------------------------------------------ */

#define KAELIX_CPU_WORDS 16 /* 64-bit words in a CPU mask: CPUs 0 to 1023, bit i of word i/64                     */

/*
 * Restricts the calling thread to the CPUs in mask (KAELIX_CPU_WORDS words) and reads the result back into `effective`
 * (may be NULL), which is smaller than mask where the cpuset of the process does not hold all of them.
 * KAELIX_E_INVALID: no CPU of the mask may be used. The thread runs on one of them when this returns.
 */
int32_t kaelix_thread_set_affinity(const uint64_t *mask, uint64_t *effective, int32_t *system_error);

/* CPUs that the calling thread may run on, into KAELIX_CPU_WORDS words. */
int32_t kaelix_thread_get_affinity(uint64_t *mask, int32_t *system_error);

/* CPU and node that the calling thread runs on at this moment; either pointer may be NULL. */
int32_t kaelix_thread_location(int32_t *cpu, int32_t *node, int32_t *system_error);

/* How the kernel schedules a thread. */
#define KAELIX_SCHEDULING_NORMAL 0      /* SCHED_OTHER, in turn with all others                                  */
#define KAELIX_SCHEDULING_FIFO 1        /* SCHED_FIFO: before all normal threads, until it blocks                */
#define KAELIX_SCHEDULING_ROUND_ROBIN 2 /* SCHED_RR: the same, in turn with its equals                           */
#define KAELIX_SCHEDULING_BATCH 3       /* SCHED_BATCH                                                           */
#define KAELIX_SCHEDULING_IDLE 4        /* SCHED_IDLE: when nothing else wants to run                            */
#define KAELIX_SCHEDULING_OTHER 5       /* another of the kernel's, such as SCHED_DEADLINE: told, cannot be set  */

#define KAELIX_PRIORITY_MAX 99 /* priorities of FIFO and ROUND_ROBIN are 1 to this; of the others it is 0        */

/*
 * Schedules the calling thread so from now on. Threads that a real-time thread starts do not inherit that.
 * KAELIX_E_UNAVAILABLE: refused, for want of CAP_SYS_NICE or of a sufficient RLIMIT_RTPRIO, by a cgroup without
 * real-time budget, or by a sandbox; the thread is scheduled as before.
 */
int32_t kaelix_thread_set_scheduling(int32_t policy, int32_t priority, int32_t *system_error);

/* How the calling thread is scheduled; either pointer may be NULL. */
int32_t kaelix_thread_get_scheduling(int32_t *policy, int32_t *priority, int32_t *system_error);

/* ---- CPU features and kernels ------------------------------------------------------------------------------- */

#define KAELIX_CPU_AVX2 1     /* AVX2, with the YMM state enabled by the operating system                         */
#define KAELIX_CPU_AVX512 2   /* AVX-512 F, BW, DQ and VL, with the ZMM and mask state enabled                    */
#define KAELIX_CPU_NEON 4     /* Advanced SIMD                                                                    */
#define KAELIX_CPU_VBMI2 8    /* AVX-512 VBMI2 (byte and word compress), usable as KAELIX_CPU_AVX512 is           */
#define KAELIX_CPU_BMI2 16    /* BMI1 and BMI2                                                                    */

/* Features of this CPU that may be used: CPUID together with what XCR0 says is enabled, or HWCAP. */
int32_t kaelix_cpu_features(uint64_t *features);

#define KAELIX_ISA_SCALAR 0
#define KAELIX_ISA_AVX2 1
#define KAELIX_ISA_AVX512 2
#define KAELIX_ISA_NEON 3
#define KAELIX_ISAS 4

/*
 * Instruction set that the kernels of this process use: the best that the CPU has, or the one that the environment
 * variable KAELIX_FORCE_ISA (scalar, avx2, avx512, neon) names; empty counts as not set. A forced one that is unknown
 * (KAELIX_E_INVALID) or that the CPU lacks (KAELIX_E_UNAVAILABLE) is refused, *isa then is the one in use instead.
 * The choice is made by the first call of this or of a kernel, and stays.
 */
int32_t kaelix_isa(int32_t *isa);

#define KAELIX_KERNEL_MAX_BYTES 262144 /* most input of one kernel call, so that a caller in a critical section is
                                          back within tens of microseconds                                        */

/*
 * Index of newlines: the offset of each byte 0x0A among data[0, length), ascending, into positions.
 *
 * Stops when all is scanned or `capacity` positions are written. result[0]: positions written; result[1]: bytes scanned,
 * where every newline before is among the positions: length, or if the capacity was reached, the offset behind the
 * last position, where the next call goes on. length is at most KAELIX_KERNEL_MAX_BYTES. Reads nothing outside
 * data[0, length), writes nothing outside positions[0, capacity); positions from result[0] on hold anything afterwards,
 * and instruction sets differ in nothing else. No system call, no allocation.
 */
int32_t kaelix_newlines(const uint8_t *data, int64_t length, uint32_t *positions, int64_t capacity, int64_t *result);

/* The same by the kernel of one instruction set; KAELIX_E_UNAVAILABLE if this build or this CPU lacks it. For tests. */
int32_t kaelix_newlines_isa(int32_t isa, const uint8_t *data, int64_t length, uint32_t *positions, int64_t capacity,
                            int64_t *result);

/* How a value is compared with the operand: value < operand, and so on; signed. */
#define KAELIX_COMPARE_LT 0
#define KAELIX_COMPARE_LE 1
#define KAELIX_COMPARE_GT 2
#define KAELIX_COMPARE_GE 3
#define KAELIX_COMPARE_EQ 4
#define KAELIX_COMPARE_NE 5
#define KAELIX_COMPARISONS 6

#define KAELIX_FILTER_MAX_VALUES 32768 /* KAELIX_KERNEL_MAX_BYTES of int64                                        */

/*
 * Filters a column: the index of each of values[0, length) for which `value comparison operand` holds, ascending, into
 * indices. *count: how many there are.
 *
 * length is at most KAELIX_FILTER_MAX_VALUES, and indices has room for that many, whatever matches: a vector is stored
 * whole, so indices from *count on hold anything afterwards, and instruction sets differ in nothing else. values is
 * aligned to 8 bytes, indices to 4; they do not overlap. Reads nothing outside values[0, length), writes nothing outside
 * indices[0, length) and *count. No system call, no allocation.
 */
int32_t kaelix_filter_int64(const int64_t *values, int64_t length, int32_t comparison, int64_t operand,
                            uint32_t *indices, int64_t *count);

/* The same by the kernel of one instruction set; KAELIX_E_UNAVAILABLE if this build or this CPU lacks it. For tests. */
int32_t kaelix_filter_int64_isa(int32_t isa, const int64_t *values, int64_t length, int32_t comparison, int64_t operand,
                                uint32_t *indices, int64_t *count);

/*
 * Asks the CPU to fetch the cache lines of address[0, bytes) for writing: ownership of lines that another core holds then
 * travels while this one does something else, and not when it stores there. A hint: changes nothing that can be read, and
 * never faults. bytes is at most KAELIX_PREFETCH_MAX_BYTES, more is KAELIX_E_INVALID.
 */
#define KAELIX_PREFETCH_MAX_BYTES 4096 /* more than a core has in flight at a time                                */

int32_t kaelix_prefetch_write(const void *address, int64_t bytes);

#ifdef __cplusplus
}
#endif

#endif /* KAELIX_H */
