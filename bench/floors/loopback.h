/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * loopback.h - TCP connections of the process with itself. What fails ends the process.
 */
#ifndef KAELIX_FLOORS_LOOPBACK_H
#define KAELIX_FLOORS_LOOPBACK_H

#include <netinet/in.h>

/* A socket that listens, and where. */
typedef struct loopback_listener {
    int socket;
    struct sockaddr_in address;
} loopback_listener;

/* Both ends of a new connection over 127.0.0.1, with TCP_NODELAY. */
void loopback_connect(int ends[2]);

/* Listens on a free port of 127.0.0.1, without ever blocking in loopback_accept. */
void loopback_listen(loopback_listener *listener, int backlog);

/* A new connection to it, with TCP_NODELAY. */
int loopback_join(const loopback_listener *listener);

/* The other end of one, with TCP_NODELAY; negative if there is none now. */
int loopback_accept(const loopback_listener *listener);

#endif
