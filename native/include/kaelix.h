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

#define KAELIX_ABI_VERSION 2

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
#define KAELIX_WHY_LIMIT 8         /* more than a cgroup of this process leaves: limit_left says how much         */

#define KAELIX_NODE_ANY (-1)
#define KAELIX_NODE_WORDS 16 /* 64-bit words in a set of nodes: nodes 0 to 1023, bit i of word i/64               */

/* Where the pages of a region shall be. */
#define KAELIX_POLICY_BIND 0       /* on `node` alone; with KAELIX_NODE_ANY: the policy of the calling thread     */
#define KAELIX_POLICY_PREFER 1     /* on `node`, on others where it is full                                       */
#define KAELIX_POLICY_INTERLEAVE 2 /* page by page over `nodes`; none named: all that the process may use         */
#define KAELIX_POLICY_LOCAL 3      /* as PREFER, on the node that the calling thread runs on now                  */
#define KAELIX_POLICIES 4

typedef struct kaelix_region_request {
    uint64_t bytes;     /* at least this many; 1 to 2^46                                                          */
    int32_t node;       /* of BIND and PREFER, at most 1023; KAELIX_NODE_ANY with INTERLEAVE and LOCAL            */
    int32_t first_rung; /* KAELIX_RUNG_*: where the ladder starts                                                 */
    int32_t policy;     /* KAELIX_POLICY_*                                                                        */
    int32_t unused;     /* 0                                                                                      */
    uint64_t nodes[KAELIX_NODE_WORDS]; /* of INTERLEAVE, else all 0                                               */
} kaelix_region_request;

typedef struct kaelix_ladder_step {
    int32_t why;          /* KAELIX_WHY_*                                                                         */
    int32_t system_error; /* errno behind it, or 0                                                                */
    uint64_t limit_left;  /* with KAELIX_WHY_LIMIT: bytes that the cgroup still allows, else 0                    */
} kaelix_ladder_step;

typedef struct kaelix_region {
    uint64_t address;    /* first byte; aligned to page_bytes                                                     */
    uint64_t bytes;      /* mapped: the request rounded up to whole pages                                         */
    uint64_t page_bytes; /* page size that backs all of it, read back from the kernel where it can differ         */
    int32_t rung;        /* KAELIX_RUNG_* obtained                                                                */
    int32_t node;        /* node that holds its pages as read back; KAELIX_NODE_ANY if mixed or not readable      */
    int32_t bind_status; /* KAELIX_OK if placed as asked (or nothing was asked), else why not                     */
    int32_t bind_error;  /* errno behind bind_status, or 0                                                        */
    int32_t target_node; /* node that BIND, PREFER or LOCAL meant; KAELIX_NODE_ANY with INTERLEAVE or if none     */
    int32_t node_count;  /* INTERLEAVE: nodes that hold pages, as read back, 0 if not readable; else 0            */
    kaelix_ladder_step steps[KAELIX_RUNGS]; /* by rung: why it was left, KAELIX_WHY_NONE where it was not         */
} kaelix_region;

/*
 * Maps private, zeroed, read-write memory from the best rung that can be had, places it by a policy, and populates all
 * of it, so that no later access can fault for want of memory.
 *
 * Where the kernel refuses a policy (EPERM or ENOSYS in a container, EINVAL for a node without memory or outside the
 * cpuset), the region is returned unplaced and bind_status says so: it is KAELIX_E_UNAVAILABLE then. It is that too, with
 * bind_error 0, where the pages turned out to be elsewhere in spite of the policy: on another node than BIND named, for
 * which better rungs are given up before; on another than PREFER or LOCAL meant, for which they are not; or not in near
 * equal parts (7/8 of an equal share at least) on the nodes of INTERLEAVE, for which they are. Where the kernel does not
 * tell where pages are, what it accepted is taken for done.
 * A node that does not exist gives KAELIX_E_INVALID.
 *
 * More than the machine has in all, or the node bound to could give now (free memory, page cache and swap, less what the
 * kernel keeps back), is refused as KAELIX_WHY_NO_PAGES before anything is populated, since an overcommitting kernel would
 * answer with the OOM killer; more than the cgroups of this process leave (memory,
 * and the pool of hugetlb pages), in version 1 or 2, as KAELIX_WHY_LIMIT, since they would kill as well. Others that
 * allocate at the same moment can still make both wrong.
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
 * nodes[i] is a node, or a negative errno for that page (-ENOENT: never touched, -EFAULT: nothing mapped; kernels such as
 * 6.1 say -EFAULT to both).
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
#define KAELIX_CPU_CRC32 32   /* the CRC32 instructions of AArch64; those of x86-64 come with KAELIX_CPU_AVX2     */
#define KAELIX_CPU_VPCLMULQDQ 64 /* carry-less multiplication of ZMM registers, usable as KAELIX_CPU_AVX512 is    */

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

/* ---- kernels over bytes ------------------------------------------------------------------------------------------- */

#define KAELIX_MAX_PIECES 32768 /* most pieces of one call, a piece being base[offsets[i], + lengths[i])            */

/*
 * CRC32C (Castagnoli, as java.util.zip.CRC32C has it) of each of `count` pieces of base[0, bytes), into crcs.
 *
 * count is at most KAELIX_MAX_PIECES, and all lengths together at most KAELIX_KERNEL_MAX_BYTES; bytes has no limit. A
 * piece may be empty, and pieces may overlap one another. KAELIX_E_INVALID if one does not lie inside base[0, bytes), or
 * they are longer together: crcs holds anything then. offsets, lengths and crcs are aligned to 4 bytes; crcs overlaps nothing
 * else, and nobody changes the others meanwhile: if so, crcs means nothing, but nothing is read outside base[0, bytes) even
 * then. Writes nothing outside crcs[0, count). No system call, no allocation.
 */
int32_t kaelix_crc32c_batch(const uint8_t *base, int64_t bytes, const uint32_t *offsets, const uint32_t *lengths,
                            int64_t count, uint32_t *crcs);

/* The same by the kernel of one instruction set; KAELIX_E_UNAVAILABLE if this build or this CPU lacks it. For tests. */
int32_t kaelix_crc32c_batch_isa(int32_t isa, const uint8_t *base, int64_t bytes, const uint32_t *offsets,
                                const uint32_t *lengths, int64_t count, uint32_t *crcs);

/*
 * How much of data[0, length) is ASCII: *valid is length, or the offset of the first byte above 0x7F. length is at most
 * KAELIX_KERNEL_MAX_BYTES. Reads nothing outside data[0, length). No system call, no allocation.
 */
int32_t kaelix_ascii_valid(const uint8_t *data, int64_t length, int64_t *valid);

/* The same by the kernel of one instruction set; KAELIX_E_UNAVAILABLE if this build or this CPU lacks it. For tests. */
int32_t kaelix_ascii_valid_isa(int32_t isa, const uint8_t *data, int64_t length, int64_t *valid);

/*
 * How much of data[0, length) is well-formed UTF-8: *valid is length, or the offset where the first sequence begins that
 * is not well-formed by table 3-7 of the Unicode standard: an overlong form, a surrogate, a code point above U+10FFFF,
 * a stray or a missing continuation, an end in the middle of a sequence. data[0, *valid) is well-formed then. length is
 * at most KAELIX_KERNEL_MAX_BYTES. Reads nothing outside data[0, length). No system call, no allocation.
 */
int32_t kaelix_utf8_valid(const uint8_t *data, int64_t length, int64_t *valid);

/* The same by the kernel of one instruction set; KAELIX_E_UNAVAILABLE if this build or this CPU lacks it. For tests. */
int32_t kaelix_utf8_valid_isa(int32_t isa, const uint8_t *data, int64_t length, int64_t *valid);

#define KAELIX_PACK_ALIGNMENT 8 /* packed pieces begin on multiples of it                                         */

/*
 * Copies pieces of base[0, bytes) one behind the other: those among `count` pieces that selection[0, selected) names by
 * their index, in its order, or with selection NULL the first `selected` of them. Each begins in target on a multiple of
 * KAELIX_PACK_ALIGNMENT, bytes between the end of one and that multiple are zero; target_offsets[i] is where the i-th
 * copied begins.
 *
 * Stops before the first piece that, rounded up to the alignment, does not fit into what is left of target[0, capacity).
 * result[0]: pieces copied; result[1]: bytes used, a multiple of the alignment. target from there on, and target_offsets
 * from result[0] on, hold anything afterwards, and instruction sets differ in nothing else.
 *
 * count and selected are at most KAELIX_MAX_PIECES, and the lengths of what is copied, a piece named twice counted twice, at
 * most KAELIX_KERNEL_MAX_BYTES together; bytes and capacity have no limit. KAELIX_E_INVALID if they are longer, an index is
 * not below count, or a piece does not lie inside base[0, bytes): target and target_offsets hold anything then. What lies behind the
 * piece that does not fit is not looked at. offsets, lengths, selection and target_offsets are aligned to 4 bytes; target
 * and target_offsets overlap nothing else, and nobody changes the others meanwhile: if so, what is copied means nothing.
 * Even then reads nothing outside base[0, bytes), writes nothing outside target[0, capacity) and
 * target_offsets[0, selected). No system call, no allocation.
 */
int32_t kaelix_pack(const uint8_t *base, int64_t bytes, const uint32_t *offsets, const uint32_t *lengths, int64_t count,
                    const uint32_t *selection, int64_t selected, uint8_t *target, int64_t capacity,
                    uint32_t *target_offsets, int64_t *result);

/* The same by the kernel of one instruction set; KAELIX_E_UNAVAILABLE if this build or this CPU lacks it. For tests. */
int32_t kaelix_pack_isa(int32_t isa, const uint8_t *base, int64_t bytes, const uint32_t *offsets,
                        const uint32_t *lengths, int64_t count, const uint32_t *selection, int64_t selected,
                        uint8_t *target, int64_t capacity, uint32_t *target_offsets, int64_t *result);

/*
 * The other filters of a column work as kaelix_filter_int64 does: same results, same room for indices, same bounds; values
 * are aligned to their own size. At most KAELIX_KERNEL_MAX_BYTES of values: KAELIX_FILTER_MAX_INT32 of four bytes,
 * KAELIX_FILTER_MAX_VALUES of eight. Each has an _isa variant for tests, as kaelix_filter_int64_isa is one.
 */
#define KAELIX_FILTER_MAX_INT32 65536

int32_t kaelix_filter_int32(const int32_t *values, int64_t length, int32_t comparison, int32_t operand,
                            uint32_t *indices, int64_t *count);

int32_t kaelix_filter_int32_isa(int32_t isa, const int32_t *values, int64_t length, int32_t comparison, int32_t operand,
                                uint32_t *indices, int64_t *count);

/* Compares as IEEE 754 says: -0.0 equals 0.0, and a NaN, as value or as operand, holds for KAELIX_COMPARE_NE alone. */
int32_t kaelix_filter_double(const double *values, int64_t length, int32_t comparison, double operand,
                             uint32_t *indices, int64_t *count);

int32_t kaelix_filter_double_isa(int32_t isa, const double *values, int64_t length, int32_t comparison, double operand,
                                 uint32_t *indices, int64_t *count);

/*
 * Ranges: the values for which low <= value <= high. With low above high nothing matches, and a NaN, wherever it stands,
 * matches nothing.
 */
int32_t kaelix_filter_int32_range(const int32_t *values, int64_t length, int32_t low, int32_t high, uint32_t *indices,
                                  int64_t *count);

int32_t kaelix_filter_int32_range_isa(int32_t isa, const int32_t *values, int64_t length, int32_t low, int32_t high,
                                      uint32_t *indices, int64_t *count);

int32_t kaelix_filter_int64_range(const int64_t *values, int64_t length, int64_t low, int64_t high, uint32_t *indices,
                                  int64_t *count);

int32_t kaelix_filter_int64_range_isa(int32_t isa, const int64_t *values, int64_t length, int64_t low, int64_t high,
                                      uint32_t *indices, int64_t *count);

int32_t kaelix_filter_double_range(const double *values, int64_t length, double low, double high, uint32_t *indices,
                                   int64_t *count);

int32_t kaelix_filter_double_range_isa(int32_t isa, const double *values, int64_t length, double low, double high,
                                       uint32_t *indices, int64_t *count);

/*
 * Ids that are in a set: id i is if bit i % 64 of bitmap[i / 64] is set. The set has `bits` bits, 0 to
 * KAELIX_BITMAP_MAX_BITS; an id below 0, or not below bits, is not in it. Reads whole words of bitmap, (bits + 63) / 64 of
 * them and nothing behind; bitmap is aligned to 8 bytes.
 */
#define KAELIX_BITMAP_MAX_BITS 2097152 /* KAELIX_KERNEL_MAX_BYTES of bitmap                                       */

int32_t kaelix_filter_ids(const int32_t *ids, int64_t length, const uint64_t *bitmap, int64_t bits, uint32_t *indices,
                          int64_t *count);

int32_t kaelix_filter_ids_isa(int32_t isa, const int32_t *ids, int64_t length, const uint64_t *bitmap, int64_t bits,
                              uint32_t *indices, int64_t *count);

/*
 * Gathers a field of many records into a column: column[i] is the value at base + offsets[i] + field, of any alignment,
 * little endian, for i in [0, count). field may be negative. A double is gathered as an int64, whose bits it has.
 *
 * Each value has to lie inside base[0, bytes); KAELIX_E_INVALID if one does not, and the column then holds anything.
 * Nothing outside is read, whatever the offsets say. bytes is at most KAELIX_GATHER_MAX_BYTES, count at most
 * KAELIX_GATHER_MAX_VALUES: every value may be a cache miss. offsets is aligned to 4 bytes, column to the size of its
 * values; column overlaps neither offsets nor base. No system call, no allocation.
 */
#define KAELIX_GATHER_MAX_BYTES 2147483648LL
#define KAELIX_GATHER_MAX_VALUES 8192

int32_t kaelix_gather_int32(const uint8_t *base, int64_t bytes, const uint32_t *offsets, int64_t count, int64_t field,
                            int32_t *column);

int32_t kaelix_gather_int32_isa(int32_t isa, const uint8_t *base, int64_t bytes, const uint32_t *offsets, int64_t count,
                                int64_t field, int32_t *column);

int32_t kaelix_gather_int64(const uint8_t *base, int64_t bytes, const uint32_t *offsets, int64_t count, int64_t field,
                            int64_t *column);

int32_t kaelix_gather_int64_isa(int32_t isa, const uint8_t *base, int64_t bytes, const uint32_t *offsets, int64_t count,
                                int64_t field, int64_t *column);

/*
 * Aggregates a column, or a selection of it: values[selection[i]] for i in [0, selected), in any order and as often as
 * named; or all of values[0, length) where selection is NULL, selected has to equal length then. Four numbers go to result:
 *
 *     result[0]  count   how many values
 *     result[1]  sum     wrapping; of none 0
 *     result[2]  min     of none INT64_MAX
 *     result[3]  max     of none INT64_MIN
 *
 * length and selected are at most KAELIX_FILTER_MAX_VALUES; values is aligned to 8 bytes, selection to 4. An index that is
 * not below length gives KAELIX_E_INVALID, and nothing outside is read. No system call, no allocation.
 */
int32_t kaelix_aggregate_int64(const int64_t *values, int64_t length, const uint32_t *selection, int64_t selected,
                               int64_t *result);

int32_t kaelix_aggregate_int64_isa(int32_t isa, const int64_t *values, int64_t length, const uint32_t *selection,
                                   int64_t selected, int64_t *result);

/*
 * The same over doubles, with the same bits for result on every instruction set (in the default rounding mode):
 *
 *     result[0]  count   how many values, NaN among them
 *     result[1]  sum     in the order below; of none 0.0; NaN is always the one with bits 0x7FF8000000000000
 *     result[2]  min     of those that are not NaN, -0.0 below 0.0; of none infinity
 *     result[3]  max     likewise; of none -infinity
 *
 * The sum is made of eight partial sums that begin as 0.0: the i-th value (of the column, or of the selection) is added to
 * s[i % 8], in ascending order of i. Then sum = ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7)).
 */
int32_t kaelix_aggregate_double(const double *values, int64_t length, const uint32_t *selection, int64_t selected,
                                double *result);

int32_t kaelix_aggregate_double_isa(int32_t isa, const double *values, int64_t length, const uint32_t *selection,
                                    int64_t selected, double *result);

/* ---- kernels over frames -------------------------------------------------------------------------------------- */

#define KAELIX_WALK_INT32 0  /* types of a field                                                                  */
#define KAELIX_WALK_INT64 1
#define KAELIX_WALK_DOUBLE 2
#define KAELIX_WALK_NEVER 3  /* the term holds for no frame                                                       */
#define KAELIX_WALK_TYPES 4

#define KAELIX_WALK_TERM 4       /* int64 of a term: type, offset of the field in the payload, first, span          */
#define KAELIX_WALK_MAX_TERMS 16
#define KAELIX_WALK_MAX_FRAMES 4096 /* of each one line, with luck: KAELIX_KERNEL_MAX_BYTES                         */
#define KAELIX_WALK_COLUMNS 6    /* rows of 4 bytes that a row of columns takes                                     */
#define KAELIX_WALK_MAX_ROWS 131072

/*
 * Walks frames of a ring from a boundary on, and tells where they are. A ring has `capacity` bytes, a power of two from 256 to
 * 2^30; its frames are laid out and committed as io.kaelix.message.FrameDescriptor draws it: a length, flags and header length,
 * stream, sequence, perhaps a timestamp and headers, then the payload, little endian, each begun on a multiple of 8.
 *
 * The first is at position % capacity; position is a multiple of 8. It stops when it has walked over so many `frames` (0 to
 * KAELIX_WALK_MAX_FRAMES), or all rows are used; before a frame with which it would have walked more than `bytes` (0 to
 * capacity); and before a frame that it does not know how to take: a length of 0, padding, a length that cannot be one (from 16
 * to a quarter of the ring, inside the ring), flags other than those for timestamp and headers, headers that end behind the
 * frame. The caller looks there itself.
 *
 * With terms, only frames for which all of them hold get a row, the others are walked over. A term is KAELIX_WALK_TERM
 * int64: it holds if the field lies inside the payload, and the value v at its offset, 0 to 2^31 - 1, of any alignment,
 * lies on the circle of 64-bit numbers from `first` on at most `span` further: (uint64) (v - first) <= (uint64) span. An int32
 * counts as the int64 of the same value; a double as the int64 of its bits, all but the sign inverted if that is set.
 * KAELIX_WALK_NEVER ignores the rest. term_count is 0 to KAELIX_WALK_MAX_TERMS.
 *
 * For each row, from `row` on, below `rows` (at most KAELIX_WALK_MAX_ROWS): offsets[row] = where the frame
 * begins in the ring. Unless columns is NULL, it has 4 * KAELIX_WALK_COLUMNS * rows bytes, aligned to 8, for rows columns, one
 * behind the other: int64 timestamps (INT64_MIN if there is none), then of four bytes each where the payload begins
 * in the ring, how long it is, the stream, the sequence. What stands in them from the last row on is anything afterwards.
 *
 * result[0]: the position behind the last frame walked over; result[1]: how many were; result[2]: the row behind the last
 * that was written. Each length is loaded once, with acquire, before anything else of the frame; a writer that overwrites
 * frames meanwhile makes the result meaningless. Even then nothing outside of the ring is read, and nothing is written outside of
 * the rows from `row` to `rows`. No system call, no allocation.
 */
int32_t kaelix_walk(const uint8_t *ring, int64_t capacity, int64_t position, int64_t bytes, int64_t frames,
                    const int64_t *terms, int64_t term_count, uint32_t *offsets, void *columns, int64_t rows, int64_t row,
                    int64_t *result);

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
