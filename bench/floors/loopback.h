/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * loopback.h - a TCP connection of the process with itself.
 */
#ifndef KAELIX_FLOORS_LOOPBACK_H
#define KAELIX_FLOORS_LOOPBACK_H

/* Both ends of a new connection over 127.0.0.1, with TCP_NODELAY. */
void loopback_connect(int ends[2]);

#endif
