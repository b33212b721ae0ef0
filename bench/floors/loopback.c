/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * loopback.c - TCP connections of the process with itself.
 */
#include "loopback.h"

#include "floors.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

static int require(int result, const char *what) {
    if (result < 0) {
        die(what, errno);
    }
    return result;
}

static void send_at_once(int socket) {
    const int on = 1;
    require(setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)), "TCP_NODELAY");
}

static void listen_on(loopback_listener *listener, int flags, int backlog) {
    socklen_t length = sizeof(listener->address);
    listener->address = (struct sockaddr_in) {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    listener->socket = require(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0), "socket");
    require(bind(listener->socket, (struct sockaddr *) &listener->address, length), "bind to 127.0.0.1");
    require(listen(listener->socket, backlog), "listen on 127.0.0.1");
    require(getsockname(listener->socket, (struct sockaddr *) &listener->address, &length), "getsockname"); // which port it became
}

void loopback_listen(loopback_listener *listener, int backlog) {
    listen_on(listener, SOCK_NONBLOCK, backlog);
}

int loopback_join(const loopback_listener *listener) {
    const int end = require(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    require(connect(end, (const struct sockaddr *) &listener->address, sizeof(listener->address)), "connect to 127.0.0.1");
    send_at_once(end);
    return end;
}

int loopback_accept(const loopback_listener *listener) {
    const int end = accept4(listener->socket, NULL, NULL, SOCK_CLOEXEC);
    if (end >= 0) {
        send_at_once(end);
    } else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR && errno != ECONNABORTED) {
        die("accept on 127.0.0.1", errno);
    }
    return end;
}

void loopback_connect(int ends[2]) {
    loopback_listener listener;
    listen_on(&listener, 0, 1);
    ends[0] = loopback_join(&listener);
    ends[1] = require(loopback_accept(&listener), "accept on 127.0.0.1");
    close(listener.socket);
}
