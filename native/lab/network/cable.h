/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * cable.h - one direction of a bad cable: packets that enter are lost, or leave when they are due, some of them behind later ones.
 *
 *     enter ──► lost?  room in the queue?  due at now + delay (+ detour) ──► heap by due time ──► leave
 *
 * What becomes of the n-th packet that enters depends on the seed and n alone. Times are nanoseconds of any one clock. One thread.
 */
#ifndef KAELIX_LAB_CABLE_H
#define KAELIX_LAB_CABLE_H

#include <stddef.h>
#include <stdint.h>

#define CABLE_NEVER UINT64_MAX

struct cable;

typedef struct cable_rules {
    uint32_t packet_bytes; /* of the longest packet; at least 1 */
    uint32_t queue;        /* packets that are on their way at most; at least 1 */
    uint32_t loss;         /* of 1000 packets, how many are lost on average */
    uint32_t reordering;   /* of 1000 packets, how many take the detour on average */
    uint64_t delay;        /* nanoseconds that each packet takes */
    uint64_t detour;       /* nanoseconds more for those that take the detour */
} cable_rules;

typedef struct cable_counts {
    uint64_t passed;    /* packets that left for the other end */
    uint64_t bytes;     /* of these */
    uint64_t reordered; /* of these, packets that left behind one that had entered later */
    uint64_t lost;      /* packets that the rules took */
    uint64_t dropped;   /* packets for which there was no room in the queue, or that the other end did not take */
    uint64_t cut;       /* packets that were there while nothing passes */
} cable_counts;

/* What becomes of a packet that is due. */
typedef enum cable_fate { CABLE_PASSED, CABLE_DROPPED, CABLE_CUT } cable_fate;

/* NULL if there is no memory for it. */
struct cable *cable_create(const cable_rules *rules, uint64_t seed);

void cable_destroy(struct cable *cable);

/* Where the next packet is to be written that enters: packet_bytes of room, until then. */
uint8_t *cable_room(struct cable *cable);

/* A packet of so many bytes enters. */
void cable_enter(struct cable *cable, uint32_t length, uint64_t now);

/* A packet would enter while nothing passes. */
void cable_enter_cut(struct cable *cable);

/* When the next packet is due; CABLE_NEVER if there is none. */
uint64_t cable_due(const struct cable *cable);

/* That packet, and its length; only if there is one. */
const uint8_t *cable_first(const struct cable *cable, uint32_t *length);

/* It leaves. */
void cable_leave(struct cable *cable, cable_fate fate);

const cable_counts *cable_counted(const struct cable *cable);

#endif /* KAELIX_LAB_CABLE_H */
