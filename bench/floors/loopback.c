/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * loopback.c - a TCP connection of the process with itself.
 */
#include "loopback.h"

#include "floors.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

static int require(int result, const char *what) {
    if (result < 0) {
        die(what, errno);
    }
    return result;
}

void loopback_connect(int ends[2]) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    const int listener = require(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    require(bind(listener, (struct sockaddr *) &address, sizeof(address)), "bind to 127.0.0.1");
    require(listen(listener, 1), "listen on 127.0.0.1");
    require(getsockname(listener, (struct sockaddr *) &address, &length), "getsockname"); // which port it became
    ends[0] = require(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    require(connect(ends[0], (struct sockaddr *) &address, sizeof(address)), "connect to 127.0.0.1");
    ends[1] = require(accept4(listener, NULL, NULL, SOCK_CLOEXEC), "accept on 127.0.0.1");
    close(listener);
    for (int i = 0; i < 2; i++) {
        const int on = 1;
        require(setsockopt(ends[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)), "TCP_NODELAY");
    }
}
