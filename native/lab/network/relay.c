/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * network-relay NAMESPACE NAMESPACE [options]: a bad cable between two network namespaces; --help lists what may be bad about it.
 *
 *     namespace A: device kaelix ──► read ──► cable a-to-b ──► write ──► device kaelix: namespace B
 *                              ◄── write ◄── cable b-to-a ◄── read ◄──
 *
 * It makes both devices, which go when it ends; who starts it gives them addresses and sets them up. On SIGTERM or SIGINT it prints a line
 * of JSON that says what became of the packets, and exits with 0; with 1 if the system fails, 2 for a bad command line. One thread. See
 * setns(2), network_namespaces(7), netdevice(7), ppoll(2), and Documentation/networking/tuntap.rst of Linux.
 */
#include "relay.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define DEVICE "kaelix"
#define NANOS_PER_SECOND UINT64_C(1000000000)
/* Packets read from one device before the other has its turn. */
#define READ_AT_ONCE 64

struct relay {
    const relay_options *options;
    int devices[2];     /* of both namespaces */
    struct cable *cables[2];   /* from the first and from the second */
    uint64_t started;   /* when */
    uint64_t cut_until; /* 0 before the cut */
};

static volatile sig_atomic_t stopped;

static void stop(int number) {
    (void) number;
    stopped = 1;
}

static _Noreturn __attribute__((format(printf, 1, 2))) void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("network-relay: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(EXIT_FAILURE);
}

static uint64_t nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t) now.tv_sec * NANOS_PER_SECOND + (uint64_t) now.tv_nsec;
}

/* A TUN device belongs to the namespace that its file was opened in; the descriptor stays good in any other. */
static int open_device(const char *namespace, uint32_t mtu) {
    char path[256];
    if (snprintf(path, sizeof(path), "/run/netns/%s", namespace) >= (int) sizeof(path)) {
        fail("the name of a namespace is too long: %s", namespace);
    }
    const int entered = open(path, O_RDONLY | O_CLOEXEC);
    if (entered < 0 || setns(entered, CLONE_NEWNET) != 0) {
        fail("%s: %s; make it by 'ip netns add %s', and be root", path, strerror(errno), namespace);
    }
    close(entered);
    const int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    memcpy(request.ifr_name, DEVICE, sizeof(DEVICE));
    if (device < 0 || ioctl(device, TUNSETIFF, &request) != 0) {
        fail("/dev/net/tun: %s; a container needs the device and CAP_NET_ADMIN", strerror(errno));
    }
    const int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    request.ifr_mtu = (int) mtu;
    if (any < 0 || ioctl(any, SIOCSIFMTU, &request) != 0) {
        fail("the device in %s does not take an MTU of %" PRIu32 ": %s", namespace, mtu, strerror(errno));
    }
    close(any);
    return device;
}

/* Whether nothing passes now. */
static bool is_cut(struct relay *relay, uint64_t now) {
    const relay_options *options = relay->options;
    if (options->cut_for == 0) {
        return false;
    }
    const uint64_t bytes = cable_counted(relay->cables[0])->bytes + cable_counted(relay->cables[1])->bytes;
    if (relay->cut_until == 0 && (now - relay->started >= options->cut_after || bytes >= options->cut_at)) {
        relay->cut_until = now + options->cut_for;
    }
    return now < relay->cut_until;
}

/* Takes what a device has. Whether there may be more. */
static bool take(struct relay *relay, int from) {
    struct cable *cable = relay->cables[from];
    for (int i = 0; i < READ_AT_ONCE; i++) {
        const ssize_t length = read(relay->devices[from], cable_room(cable), relay->options->rules.packet_bytes);
        if (length < 0) {
            if (errno == EAGAIN || errno == EINTR) {
                return false;
            }
            fail("reading packets of %s: %s", relay->options->namespaces[from], strerror(errno));
        }
        const uint64_t now = nanos();
        if (is_cut(relay, now)) {
            cable_enter_cut(cable);
        } else {
            cable_enter(cable, (uint32_t) length, now);
        }
    }
    return true;
}

/* Hands over what is due. */
static void give(struct relay *relay, int from) {
    struct cable *cable = relay->cables[from];
    for (uint64_t now = nanos(); cable_due(cable) <= now; now = nanos()) {
        if (is_cut(relay, now)) {
            cable_leave(cable, CABLE_CUT);
            continue;
        }
        uint32_t length;
        const uint8_t *packet = cable_first(cable, &length);
        const ssize_t written = write(relay->devices[1 - from], packet, length);
        /* A device that is down answers EIO, one without memory the others: so do cables drop. */
        if (written < 0 && errno != EIO && errno != EAGAIN && errno != ENOBUFS && errno != ENOMEM) {
            fail("handing packets to %s: %s", relay->options->namespaces[1 - from], strerror(errno));
        }
        cable_leave(cable, written < 0 ? CABLE_DROPPED : CABLE_PASSED);
    }
}

static void run(struct relay *relay, const sigset_t *while_waiting) {
    struct pollfd polled[2] = {{.fd = relay->devices[0], .events = POLLIN}, {.fd = relay->devices[1], .events = POLLIN}};
    while (!stopped) {
        bool more = false;
        for (int from = 0; from < 2; from++) {
            more |= take(relay, from);
            give(relay, from);
        }
        const uint64_t now = nanos();
        const uint64_t dues[2] = {cable_due(relay->cables[0]), cable_due(relay->cables[1])};
        const uint64_t due = dues[0] < dues[1] ? dues[0] : dues[1];
        const uint64_t wait = more || due <= now ? 0 : due - now;
        const struct timespec timeout = {.tv_sec = (time_t) (wait / NANOS_PER_SECOND), .tv_nsec = (long) (wait % NANOS_PER_SECOND)};
        /* Signals come only here, so that none is missed. */
        if (ppoll(polled, 2, due == CABLE_NEVER && !more ? NULL : &timeout, while_waiting) < 0 && errno != EINTR) {
            fail("waiting for packets: %s", strerror(errno));
        }
    }
}

static void print_counts(const char *name, const struct cable *cable) {
    const cable_counts *counts = cable_counted(cable);
    printf("\"%s\":{\"passed\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"reordered\":%" PRIu64 ",\"dropped\":%" PRIu64
           ",\"cut\":%" PRIu64 "}", name, counts->passed, counts->bytes, counts->lost, counts->reordered, counts->dropped, counts->cut);
}

/* Signals are blocked but for the wait. The mask of the wait. */
static sigset_t catch_signals(void) {
    sigset_t caught;
    sigset_t before;
    sigemptyset(&caught);
    sigaddset(&caught, SIGTERM);
    sigaddset(&caught, SIGINT);
    sigprocmask(SIG_BLOCK, &caught, &before);
    const struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    /* A shell that starts it in the background may have them ignored or blocked. */
    sigdelset(&before, SIGTERM);
    sigdelset(&before, SIGINT);
    return before;
}

int main(int count, char **arguments) {
    const relay_options options = relay_options_parse(count, arguments);
    const sigset_t while_waiting = catch_signals();
    struct relay relay = {.options = &options};
    for (int end = 0; end < 2; end++) {
        /* Each direction has chances of its own. */
        relay.cables[end] = cable_create(&options.rules, options.seed * 2 + (uint64_t) end);
        if (relay.cables[end] == NULL) {
            fail("no memory for %" PRIu32 " packets: give a shorter --queue", options.rules.queue);
        }
        relay.devices[end] = open_device(options.namespaces[end], options.rules.packet_bytes);
    }
    relay.started = nanos();
    run(&relay, &while_waiting);
    putchar('{');
    print_counts("a-to-b", relay.cables[0]);
    putchar(',');
    print_counts("b-to-a", relay.cables[1]);
    puts("}");
    for (int end = 0; end < 2; end++) {
        cable_destroy(relay.cables[end]);
        close(relay.devices[end]);
    }
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
