/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * ring.c - what no frame waits for: making a ring, and the writer's slow path.
 */
#include "ring.h"

ring *ring_create(uint32_t capacity) {
    return map_populated(sizeof(ring) + capacity);
}

uint64_t ring_raise(ring *shared, uint64_t capacity, uint64_t tail, uint64_t need, uint64_t *intent) {
    // SYNC: pairs with ring_publish: the reader is done with all that lies before.
    uint64_t position = atomic_load_explicit(&shared->position, memory_order_acquire);
    if (need <= position + capacity && need > *intent) {
        const uint64_t step = tail + capacity / RAISES_PER_TURN;
        const uint64_t wanted = need > step ? need : step;
        *intent = wanted < position + capacity ? wanted : position + capacity;
        atomic_store_explicit(&shared->intent, *intent, memory_order_release);
        // For who joins meanwhile: here nobody does, but Java pays for it.
        atomic_thread_fence(memory_order_seq_cst);
        position = atomic_load_explicit(&shared->position, memory_order_acquire);
    }
    return *intent < position + capacity ? *intent : position + capacity;
}
