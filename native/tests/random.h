/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * random.h - randomness that is the same in every run: a case sets random_state, to anything but 0, and draws.
 */
#ifndef KAELIX_RANDOM_H
#define KAELIX_RANDOM_H

#include <stdint.h>

static uint64_t random_state;

static inline uint64_t next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static inline uint64_t random_below(uint64_t bound) {
    return next_random() % bound;
}

#endif /* KAELIX_RANDOM_H */
