/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * cable.c - see cable.h.
 */
#include "cable.h"

#include <stdbool.h>
#include <stdlib.h>

#define PER_MILLE 1000

typedef struct packet {
    uint64_t due;    /* when it leaves */
    uint64_t number; /* of those that entered, from 0 on; orders packets that are due at once */
    uint32_t slot;   /* where its bytes are */
    uint32_t length; /* of these */
} packet;

struct cable {
    cable_rules rules;
    cable_counts counts;
    uint64_t random;       /* state of the generator */
    uint64_t entered;      /* packets so far */
    uint64_t latest;       /* highest number of a packet that has passed */
    uint32_t count;        /* packets in the heap */
    packet *heap;          /* none is due before its parent */
    uint32_t *free_slots;  /* those above count, of which there is one more than the queue holds: for a packet that it has no room for */
    uint8_t *bytes;        /* of all slots */
};

struct cable *cable_create(const cable_rules *rules, uint64_t seed) {
    struct cable *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return NULL;
    }
    made->rules = *rules;
    made->random = seed;
    made->heap = calloc(rules->queue, sizeof(*made->heap));
    made->free_slots = calloc((size_t) rules->queue + 1, sizeof(*made->free_slots));
    made->bytes = calloc((size_t) rules->queue + 1, rules->packet_bytes);
    if (made->heap == NULL || made->free_slots == NULL || made->bytes == NULL) {
        cable_destroy(made);
        return NULL;
    }
    for (uint32_t i = 0; i <= rules->queue; i++) {
        made->free_slots[i] = i;
    }
    return made;
}

void cable_destroy(struct cable *cable) {
    free(cable->bytes);
    free(cable->free_slots);
    free(cable->heap);
    free(cable);
}

/* SplitMix64: every seed will do, 0 too. */
static uint64_t draw(struct cable *cable) {
    cable->random += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t mixed = cable->random;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

static bool happens(struct cable *cable, uint32_t per_mille) {
    return ((draw(cable) >> 32) * PER_MILLE >> 32) < per_mille;
}

static bool is_before(const packet *one, const packet *other) {
    return one->due < other->due || (one->due == other->due && one->number < other->number);
}

static void push(struct cable *cable, const packet *added) {
    uint32_t at = cable->count++;
    while (at > 0 && is_before(added, &cable->heap[(at - 1) / 2])) {
        cable->heap[at] = cable->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    cable->heap[at] = *added;
}

static void pop(struct cable *cable) {
    const packet moved = cable->heap[--cable->count];
    uint32_t at = 0;
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= cable->count) {
            break;
        }
        if (child + 1 < cable->count && is_before(&cable->heap[child + 1], &cable->heap[child])) {
            child++;
        }
        if (!is_before(&cable->heap[child], &moved)) {
            break;
        }
        cable->heap[at] = cable->heap[child];
        at = child;
    }
    cable->heap[at] = moved;
}

uint8_t *cable_room(struct cable *cable) {
    return cable->bytes + (size_t) cable->free_slots[cable->count] * cable->rules.packet_bytes;
}

void cable_enter(struct cable *cable, uint32_t length, uint64_t now) {
    /* Both are drawn for each packet, so that what becomes of later ones does not depend on the rules. */
    const bool lost = happens(cable, cable->rules.loss);
    const bool detour = happens(cable, cable->rules.reordering);
    const uint64_t number = cable->entered++;
    if (lost) {
        cable->counts.lost++;
        return;
    }
    if (cable->count == cable->rules.queue) {
        cable->counts.dropped++;
        return;
    }
    const packet added = {.due = now + cable->rules.delay + (detour ? cable->rules.detour : 0), .number = number,
        .slot = cable->free_slots[cable->count], .length = length};
    push(cable, &added);
}

void cable_enter_cut(struct cable *cable) {
    draw(cable);
    draw(cable);
    cable->entered++;
    cable->counts.cut++;
}

uint64_t cable_due(const struct cable *cable) {
    return cable->count == 0 ? CABLE_NEVER : cable->heap[0].due;
}

const uint8_t *cable_first(const struct cable *cable, uint32_t *length) {
    *length = cable->heap[0].length;
    return cable->bytes + (size_t) cable->heap[0].slot * cable->rules.packet_bytes;
}

void cable_leave(struct cable *cable, cable_fate fate) {
    const packet left = cable->heap[0];
    pop(cable);
    cable->free_slots[cable->count] = left.slot;
    switch (fate) {
        case CABLE_PASSED:
            cable->counts.passed++;
            cable->counts.bytes += left.length;
            cable->counts.reordered += left.number < cable->latest ? 1 : 0;
            cable->latest = left.number > cable->latest ? left.number : cable->latest;
            break;
        case CABLE_DROPPED:
            cable->counts.dropped++;
            break;
        case CABLE_CUT:
            cable->counts.cut++;
            break;
    }
}

const cable_counts *cable_counted(const struct cable *cable) {
    return &cable->counts;
}
