/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * relay.h - what the parts of network-relay share.
 */
#ifndef KAELIX_LAB_RELAY_H
#define KAELIX_LAB_RELAY_H

#include "cable.h"

typedef struct relay_options {
    const char *namespaces[2]; /* names of both ends, as 'ip netns' knows them */
    cable_rules rules;         /* of each direction; packet_bytes is the devices' MTU */
    uint64_t seed;             /* of what is left to chance */
    uint64_t cut_after;        /* nanoseconds after the start when nothing passes any more, CABLE_NEVER for no cut by time */
    uint64_t cut_at;           /* bytes that have passed then, in both directions together, CABLE_NEVER for no cut by bytes */
    uint64_t cut_for;          /* nanoseconds for which nothing passes */
} relay_options;

/* The command line. Exits with 2 and one line on stderr if it is wrong. */
relay_options relay_options_parse(int count, char **arguments);

#endif /* KAELIX_LAB_RELAY_H */
