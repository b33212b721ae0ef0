/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * region.c - the memory ladder.
 *
 * Each rung is one attempt of the same five steps, and an attempt that fails at any of them unmaps what it mapped:
 *
 *     map            reserves addresses (and hugetlb pages), touches nothing
 *      │ place       the policy has to be there before the pages are, or populating takes them from anywhere
 *      │ limits      what would be answered by a signal is not tried
 *      │ populate    by a call that fails instead of raising a signal
 *      ▼ read back   is it huge, is it on the node: the kernel takes advice, and does not say what it made of it
 *
 *     1 GiB hugetlb ──► 2 MiB hugetlb ──► transparent hugepages ──► base pages ──► KAELIX_E_NO_MEMORY
 *                                              └─ populated, but not all huge: the same mapping becomes base pages
 *
 * A region is not inherited by fork (MADV_DONTFORK). A fork would make every page copy-on-write, and the next write
 * could then fault for want of memory: the very thing that populating rules out, and with hugetlb a SIGBUS.
 */
#include "internal.h"

#include <string.h>
#include <sys/mman.h>

#define MIB ((uint64_t) 1 << 20)
#define HUGE_2M (2 * MIB)
#define HUGE_1G (1024 * MIB)
#define MAX_REQUEST ((uint64_t) 1 << 46)

/* mmap's encoding of a hugetlb page size: its logarithm, in the upper bits of the flags. */
#define HUGETLB_SHIFT 26
#define HUGETLB_1G (30 << HUGETLB_SHIFT)
#define HUGETLB_2M (21 << HUGETLB_SHIFT)

#define ANONYMOUS (MAP_PRIVATE | MAP_ANONYMOUS)
#define READ_WRITE (PROT_READ | PROT_WRITE)

/* Outcome of a step of an attempt: the reason to leave the rung, or that there is none. */
typedef kaelix_ladder_step outcome;

static const outcome went_well = {KAELIX_WHY_NONE, 0, 0};

static bool failed(outcome step) {
    return step.why != KAELIX_WHY_NONE;
}

/* The bounds of a request make this exact: 2^46 plus a page of any size is far from the end of 64 bits. */
static uint64_t round_up(uint64_t bytes, uint64_t page_bytes) {
    return (bytes + page_bytes - 1) & ~(page_bytes - 1);
}

static outcome mapping_failure(int error) {
    switch (error) {
        case ENOMEM:
            return (outcome){KAELIX_WHY_NO_PAGES, error, 0};
        case EPERM:
        case EACCES:
            return (outcome){KAELIX_WHY_DENIED, error, 0};
        case EINVAL:
        case ENOSYS:
        case ENOENT: // a hugetlb size that the kernel knows, but could not set up at boot
            return (outcome){KAELIX_WHY_UNSUPPORTED, error, 0};
        default:
            return (outcome){KAELIX_WHY_SYSTEM, error, 0};
    }
}

/* ---- map: one way per kind of page -------------------------------------------------------------------------- */

static outcome map_pages(kaelix_region *region, int flags) {
    void *mapped = mmap(NULL, region->bytes, READ_WRITE, ANONYMOUS | flags, -1, 0);
    if (mapped == MAP_FAILED) {
        return mapping_failure(errno);
    }
    region->address = kaelix_address(mapped);
    return went_well;
}

/*
 * Transparent hugepages need aligned addresses, so more is reserved than is used. What is left over stays on both sides
 * as inaccessible addresses until the region is finished: without it, the kernel could merge the mapping with a
 * neighbour's, and smaps would then account for both in one sum.
 *
 *     reserved                                                                    reserved + span
 *       │ 1 base page to 2 MiB  │ region: bytes, aligned to 2 MiB  │ at least 1 base page │
 */
typedef struct fenced {
    uint64_t reserved;
    uint64_t span;
} fenced;

static outcome map_transparent(kaelix_region *region, fenced *fence) {
    const uint64_t base = kaelix_base_page();
    // A middle page table of 8-byte entries maps this much at once. With base pages of 16 or 64 KiB that is 32 or
    // 512 MiB, which would dwarf most regions: their rung is the next one.
    if (base * (base / 8) != HUGE_2M) {
        return (outcome){KAELIX_WHY_UNSUPPORTED, 0, 0};
    }
    const uint64_t span = region->bytes + HUGE_2M + base;
    void *reserved = mmap(NULL, span, PROT_NONE, ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (reserved == MAP_FAILED) {
        return mapping_failure(errno);
    }
    *fence = (fenced){kaelix_address(reserved), span};
    region->address = round_up(fence->reserved + base, HUGE_2M);
    if (mprotect(kaelix_pointer(region->address), region->bytes, READ_WRITE) != 0
        || madvise(kaelix_pointer(region->address), region->bytes, MADV_HUGEPAGE) != 0) {
        const int error = errno;
        munmap(reserved, span);
        return mapping_failure(error);
    }
    return went_well;
}

static void remove_fence(const kaelix_region *region, const fenced *fence) {
    const uint64_t end = region->address + region->bytes;
    munmap(kaelix_pointer(fence->reserved), region->address - fence->reserved);
    munmap(kaelix_pointer(end), fence->reserved + fence->span - end);
}

/* ---- the steps that all rungs share ------------------------------------------------------------------------- */

/* What a request means on this machine at this moment. */
typedef struct plan {
    uint64_t bytes;                     /* as asked                                                    */
    int32_t policy;                     /* BIND, PREFER or INTERLEAVE                                  */
    int32_t node;                       /* of BIND and PREFER, KAELIX_NODE_ANY for no policy at all    */
    uint64_t nodes[KAELIX_NODE_WORDS];  /* that the policy names                                       */
} plan;

static bool is_placed(const plan *asked) {
    return asked->policy == KAELIX_POLICY_INTERLEAVE || asked->node != KAELIX_NODE_ANY;
}

/* A refusal is a result, not a failure: the region is then handed out unplaced, and says so. */
static void place(const plan *asked, kaelix_region *region) {
    region->bind_status = KAELIX_OK;
    region->bind_error = 0;
    region->target_node = asked->node;
    region->node_count = 0;
    if (is_placed(asked)) {
        region->bind_status = kaelix_set_policy(region->address, region->bytes, asked->policy, asked->nodes,
                                                &region->bind_error);
    }
}

/*
 * What populating takes beside the pages: their page tables, 8 bytes for each base page, and what other threads of the
 * process allocate while the kernel works.
 */
static uint64_t charged_for(uint64_t bytes) {
    return bytes + bytes / 512 + MIB;
}

/*
 * More than there is in the machine, or in the node bound to, cannot be populated; where the kernel overcommits, trying
 * would end with the OOM killer instead of an error. A binding leaves it nowhere else to go: there, what others use
 * counts as well. Pools of hugetlb pages answer by themselves.
 */
static outcome check_ceiling(const plan *asked, const kaelix_region *region) {
    const bool bound = asked->policy == KAELIX_POLICY_BIND && asked->node != KAELIX_NODE_ANY
        && region->bind_status == KAELIX_OK && !kaelix_is_one_node("");
    if (region->bytes > kaelix_memory_ceiling(bound ? asked->node : KAELIX_NODE_ANY)
        || (bound && charged_for(region->bytes) > kaelix_memory_available("", asked->node))) {
        return (outcome){KAELIX_WHY_NO_PAGES, ENOMEM, 0};
    }
    return went_well;
}

static outcome check_limit(const kaelix_region *region) {
    kaelix_limit limit = KAELIX_LIMIT_MEMORY;
    uint64_t charged = charged_for(region->bytes);
    if (region->rung < KAELIX_RUNG_TRANSPARENT) {
        limit = region->rung == KAELIX_RUNG_HUGETLB_1G ? KAELIX_LIMIT_HUGETLB_1G : KAELIX_LIMIT_HUGETLB_2M;
        charged = region->bytes;
    }
    const uint64_t left = kaelix_limit_left("", limit);
    return charged > left ? (outcome){KAELIX_WHY_LIMIT, ENOMEM, left} : went_well;
}

/* On the last rung, and where a node is only preferred, pages elsewhere are no reason to give the memory back. */
static void settle_for_node(kaelix_region *region) {
    region->bind_status = KAELIX_E_UNAVAILABLE;
    region->bind_error = 0;
}

static outcome read_back_spread(const plan *asked, kaelix_region *region) {
    kaelix_spread spread;
    if (kaelix_range_spread(region->address, region->bytes, region->page_bytes, asked->nodes, &spread) != KAELIX_OK) {
        return went_well;
    }
    region->node = spread.node;
    region->node_count = spread.count;
    return spread.even || region->bind_status != KAELIX_OK ? went_well : (outcome){KAELIX_WHY_NODE, 0, 0};
}

/* Fills in the node, and reports pages that are elsewhere although a policy was set. */
static outcome read_back_node(const plan *asked, kaelix_region *region) {
    region->node = KAELIX_NODE_ANY;
    if (asked->policy == KAELIX_POLICY_INTERLEAVE) {
        return read_back_spread(asked, region);
    }
    const int32_t status = kaelix_range_node(region->address, region->bytes, region->page_bytes, &region->node);
    if (status != KAELIX_OK || !is_placed(asked) || region->bind_status != KAELIX_OK || region->node == asked->node) {
        return went_well;
    }
    if (asked->policy == KAELIX_POLICY_PREFER) {
        settle_for_node(region);
        return went_well;
    }
    return (outcome){KAELIX_WHY_NODE, 0, 0};
}

static outcome finish(const plan *asked, kaelix_region *region) {
    const bool hugetlb = region->rung < KAELIX_RUNG_TRANSPARENT;
    madvise(kaelix_pointer(region->address), region->bytes, MADV_DONTFORK);
    place(asked, region);
    outcome step = hugetlb ? went_well : check_ceiling(asked, region);
    if (!failed(step)) {
        step = check_limit(region);
    }
    if (!failed(step)) {
        step = kaelix_populate(region->address, region->bytes, hugetlb);
    }
    return failed(step) ? step : read_back_node(asked, region);
}

/* ---- the rungs ---------------------------------------------------------------------------------------------- */

static outcome attempt_hugetlb(const plan *asked, kaelix_region *region, int flags) {
    // Never with MAP_NORESERVE: mmap then fails at once if the pool is too small.
    outcome step = map_pages(region, MAP_HUGETLB | flags);
    if (failed(step)) {
        return step;
    }
    step = finish(asked, region);
    if (failed(step)) {
        munmap(kaelix_pointer(region->address), region->bytes);
    }
    return step;
}

static outcome attempt_normal(const plan *asked, kaelix_region *region) {
    outcome step = map_pages(region, 0);
    if (failed(step)) {
        return step;
    }
    // Base pages are what this rung names, also where the system's default is to make everything huge.
    madvise(kaelix_pointer(region->address), region->bytes, MADV_NOHUGEPAGE);
    step = finish(asked, region);
    if (step.why == KAELIX_WHY_NODE) {
        settle_for_node(region);
        return went_well;
    }
    if (failed(step)) {
        munmap(kaelix_pointer(region->address), region->bytes);
    }
    return step;
}

/* Turns populated memory that did not become huge into a region of the next rung, and gives the rounding back. */
static void keep_as_normal(const plan *asked, kaelix_region *region) {
    region->rung = KAELIX_RUNG_NORMAL;
    region->page_bytes = kaelix_base_page();
    region->bytes = round_up(asked->bytes, region->page_bytes); // remove_fence unmaps what is behind
    if (failed(read_back_node(asked, region))) {
        settle_for_node(region);
    }
}

/* With KAELIX_WHY_NOT_HUGE the region is complete all the same, one rung below. */
static outcome attempt_transparent(const plan *asked, kaelix_region *region) {
    fenced fence;
    outcome step = map_transparent(region, &fence);
    if (failed(step)) {
        return step;
    }
    step = finish(asked, region);
    if (failed(step)) {
        munmap(kaelix_pointer(fence.reserved), fence.span);
        return step;
    }
    int32_t unreadable;
    if (!kaelix_all_huge(region->address, region->bytes, &unreadable)) {
        step = (outcome){KAELIX_WHY_NOT_HUGE, unreadable, 0};
        keep_as_normal(asked, region);
    }
    remove_fence(region, &fence);
    return step;
}

static outcome attempt(const plan *asked, kaelix_region *region, int32_t rung) {
    switch (rung) {
        case KAELIX_RUNG_HUGETLB_1G:
            region->page_bytes = HUGE_1G;
            break;
        case KAELIX_RUNG_HUGETLB_2M:
        case KAELIX_RUNG_TRANSPARENT:
            region->page_bytes = HUGE_2M;
            break;
        default:
            region->page_bytes = kaelix_base_page();
            break;
    }
    region->rung = rung;
    region->bytes = round_up(asked->bytes, region->page_bytes);
    switch (rung) {
        case KAELIX_RUNG_HUGETLB_1G:
            return attempt_hugetlb(asked, region, HUGETLB_1G);
        case KAELIX_RUNG_HUGETLB_2M:
            return attempt_hugetlb(asked, region, HUGETLB_2M);
        case KAELIX_RUNG_TRANSPARENT:
            return attempt_transparent(asked, region);
        default:
            return attempt_normal(asked, region);
    }
}

/* The node that the calling thread runs on now; 0 where the kernel does not tell. */
static int32_t local_node(void) {
    int32_t node;
    return kaelix_thread_location(NULL, &node, NULL) == KAELIX_OK ? node : 0;
}

static bool is_empty(const uint64_t *nodes) {
    uint64_t any = 0;
    for (size_t i = 0; i < KAELIX_NODE_WORDS; i++) {
        any |= nodes[i];
    }
    return any == 0;
}

static bool all_exist(const uint64_t *nodes) {
    for (int32_t node = 0; node < KAELIX_MAX_NODES; node++) {
        if (kaelix_has_node(nodes, node) && !kaelix_node_exists(node)) {
            return false;
        }
    }
    return true;
}

static bool acceptable(const kaelix_region_request *request) {
    if (request == NULL || request->bytes < 1 || request->bytes > MAX_REQUEST
        || request->first_rung < KAELIX_RUNG_HUGETLB_1G || request->first_rung >= KAELIX_RUNGS
        || request->node < KAELIX_NODE_ANY || request->node >= KAELIX_MAX_NODES || request->unused != 0) {
        return false;
    }
    const bool names_one = request->node != KAELIX_NODE_ANY;
    const bool names_several = !is_empty(request->nodes);
    switch (request->policy) {
        case KAELIX_POLICY_BIND:
            return !names_several && (!names_one || kaelix_node_exists(request->node));
        case KAELIX_POLICY_PREFER:
            return !names_several && names_one && kaelix_node_exists(request->node);
        case KAELIX_POLICY_INTERLEAVE:
            return !names_one && all_exist(request->nodes);
        case KAELIX_POLICY_LOCAL:
            return !names_one && !names_several;
        default:
            return false;
    }
}

static plan plan_for(const kaelix_region_request *request) {
    plan asked = {.bytes = request->bytes, .policy = request->policy, .node = request->node};
    if (request->policy == KAELIX_POLICY_LOCAL) {
        // Named once, since the thread may be moved while it populates, and MPOL_LOCAL would follow it.
        asked.policy = KAELIX_POLICY_PREFER;
        asked.node = local_node();
    }
    if (asked.node != KAELIX_NODE_ANY) {
        kaelix_add_node(asked.nodes, asked.node);
    } else if (request->policy == KAELIX_POLICY_INTERLEAVE && is_empty(request->nodes)) {
        kaelix_usable_nodes(asked.nodes);
    } else {
        memcpy(asked.nodes, request->nodes, sizeof(asked.nodes));
    }
    return asked;
}

int32_t kaelix_region_map(const kaelix_region_request *request, kaelix_region *region, int32_t *system_error) {
    kaelix_report(system_error, 0);
    if (region == NULL || !acceptable(request)) {
        return KAELIX_E_INVALID;
    }
    const plan asked = plan_for(request);
    kaelix_region result;
    memset(&result, 0, sizeof(result));
    for (int32_t rung = request->first_rung; rung < KAELIX_RUNGS; rung++) {
        const outcome step = attempt(&asked, &result, rung);
        result.steps[rung] = step;
        if (!failed(step) || step.why == KAELIX_WHY_NOT_HUGE) {
            *region = result;
            return KAELIX_OK;
        }
    }
    memcpy(region->steps, result.steps, sizeof(region->steps));
    kaelix_report(system_error, result.steps[KAELIX_RUNG_NORMAL].system_error);
    return KAELIX_E_NO_MEMORY;
}

int32_t kaelix_region_unmap(uint64_t address, uint64_t bytes, int32_t *system_error) {
    kaelix_report(system_error, 0);
    const uint64_t within_page = kaelix_base_page() - 1;
    uint64_t end;
    if (address == 0 || bytes == 0 || ((address | bytes) & within_page) != 0
        || __builtin_add_overflow(address, bytes, &end)) {
        return KAELIX_E_INVALID;
    }
    if (munmap(kaelix_pointer(address), bytes) != 0) {
        const int error = errno;
        kaelix_report(system_error, error);
        // Not whole hugetlb pages, or beyond what a process can map: nothing that was ever returned.
        return error == EINVAL ? KAELIX_E_INVALID : KAELIX_E_SYSTEM;
    }
    return KAELIX_OK;
}
