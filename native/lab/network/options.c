/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * options.c - the command line of network-relay.
 */
#include "relay.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE_STATUS 2
#define NANOS_PER_SECOND 1e9
#define NANOS_PER_MILLISECOND UINT64_C(1000000)

static const char usage[] =
    "Usage: network-relay NAMESPACE NAMESPACE [--mtu BYTES] [--loss N] [--delay MS] [--reorder N] [--detour MS] [--queue PACKETS]\n"
    "                     [--seed N] [--cut-after SECONDS | --cut-at BYTES] [--cut-for SECONDS]\n"
    "Passes IP packets between TUN devices 'kaelix' in two network namespaces. N is of 1000 packets.\n";

static _Noreturn __attribute__((format(printf, 1, 2))) void refuse(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("network-relay: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(USAGE_STATUS);
}

static uint64_t parse_count(const char *name, const char *text, uint64_t least, uint64_t most) {
    char *end;
    errno = 0;
    const unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || *text < '0' || *text > '9' || value < least || value > most) {
        refuse("%s %s: give a whole number from %llu to %llu", name, text, (unsigned long long) least, (unsigned long long) most);
    }
    return value;
}

static uint64_t parse_seconds(const char *name, const char *text) {
    char *end;
    const double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= 0.001 && value <= 86400)) {
        refuse("%s %s: give seconds from 0.001 to 86400", name, text);
    }
    return (uint64_t) (value * NANOS_PER_SECOND);
}

/* False if there is no such option. */
static bool parse_option(relay_options *options, const char *name, const char *text) {
    if (strcmp(name, "--mtu") == 0) {
        /* As a TUN device takes it; less is no IPv4 host's. */
        options->rules.packet_bytes = (uint32_t) parse_count(name, text, 576, 65535);
    } else if (strcmp(name, "--loss") == 0) {
        options->rules.loss = (uint32_t) parse_count(name, text, 0, 1000);
    } else if (strcmp(name, "--delay") == 0) {
        options->rules.delay = parse_count(name, text, 0, 60000) * NANOS_PER_MILLISECOND;
    } else if (strcmp(name, "--reorder") == 0) {
        options->rules.reordering = (uint32_t) parse_count(name, text, 0, 1000);
    } else if (strcmp(name, "--detour") == 0) {
        options->rules.detour = parse_count(name, text, 1, 60000) * NANOS_PER_MILLISECOND;
    } else if (strcmp(name, "--queue") == 0) {
        options->rules.queue = (uint32_t) parse_count(name, text, 1, 100000);
    } else if (strcmp(name, "--seed") == 0) {
        options->seed = parse_count(name, text, 0, UINT64_MAX);
    } else if (strcmp(name, "--cut-after") == 0) {
        options->cut_after = parse_seconds(name, text);
    } else if (strcmp(name, "--cut-at") == 0) {
        options->cut_at = parse_count(name, text, 1, UINT64_MAX - 1);
    } else if (strcmp(name, "--cut-for") == 0) {
        options->cut_for = parse_seconds(name, text);
    } else {
        return false;
    }
    return true;
}

static void parse_namespace(relay_options *options, const char *text) {
    if (*text == '\0' || strchr(text, '/') != NULL || strcmp(text, ".") == 0 || strcmp(text, "..") == 0) {
        refuse("'%s' is no name of a network namespace: give one that 'ip netns' lists", text);
    }
    if (options->namespaces[1] != NULL) {
        refuse("%s: there are two namespaces already", text);
    }
    options->namespaces[options->namespaces[0] == NULL ? 0 : 1] = text;
}

relay_options relay_options_parse(int count, char **arguments) {
    relay_options options = {
        .rules = {.packet_bytes = 1500, .queue = 1000, .detour = 10 * NANOS_PER_MILLISECOND},
        .seed = 1,
        .cut_after = CABLE_NEVER,
        .cut_at = CABLE_NEVER,
    };
    for (int i = 1; i < count; i++) {
        const char *name = arguments[i];
        if (strcmp(name, "--help") == 0) {
            fputs(usage, stdout);
            exit(EXIT_SUCCESS);
        }
        if (name[0] != '-') {
            parse_namespace(&options, name);
        } else if (i + 1 == count) {
            refuse("%s: its value is missing, or it is no option; --help lists them", name);
        } else if (!parse_option(&options, name, arguments[++i])) {
            refuse("unknown option %s; --help lists them", name);
        }
    }
    if (options.namespaces[1] == NULL) {
        refuse("give two network namespaces, as 'ip netns' lists them; --help says more");
    }
    const bool begins = options.cut_after != CABLE_NEVER || options.cut_at != CABLE_NEVER;
    if (options.cut_after != CABLE_NEVER && options.cut_at != CABLE_NEVER) {
        refuse("--cut-after and --cut-at exclude each other");
    }
    if (begins != (options.cut_for != 0)) {
        refuse("%s", begins ? "--cut-for is missing: say for how long nothing passes"
                            : "--cut-for needs --cut-after or --cut-at: say when nothing passes any more");
    }
    return options;
}
