// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import io.kaelix.cli.report.Units;
import java.util.List;

/** What the kernel grants sockets. */
final class NetworkChecks {

    private static final String FOLDER = "/proc/sys/net/core/";

    /** What 10 Gbit/s bring in 3 ms. */
    private static final long BUFFER = 4L << 20;

    private NetworkChecks() {
    }

    static List<Check> all() {
        final String why = "bounds SO_RCVBUF and SO_SNDBUF: 10 Gbit/s over a round trip of 3 ms keep 4 MiB in flight, and no more is sent"
                + " than the buffer holds";
        return List.of(
                new Check("network.receive-buffer", why, "man socket(7), tcp(7)", host -> buffer(host, "rmem")),
                new Check("network.send-buffer", why, "man socket(7), tcp(7)", host -> buffer(host, "wmem")),
                new Check("network.busy-poll",
                        "a reader of a socket that waits is woken by an interrupt; busy polling (50, say) spares that, and takes its"
                                + " core meanwhile",
                        "kernel doc admin-guide/sysctl/net", NetworkChecks::busyPoll));
    }

    private static Finding buffer(final Host host, final String name) {
        final String wanted = Units.bytes(BUFFER) + " at the most, or more";
        return host.onNumber(FOLDER + name + "_max", wanted, max -> host.onNumber(FOLDER + name + "_default", wanted, normal -> {
            final String found = Units.bytes(max) + " at the most, " + Units.bytes(normal) + " by default";
            return max >= BUFFER ? Finding.ok(found, wanted)
                    : Finding.advice(found, wanted, Remedy.sysctl("net.core." + name + "_max", Long.toString(BUFFER)));
        }));
    }

    /** Whether it pays depends on the load: it is told, not judged. */
    private static Finding busyPoll(final Host host) {
        final String wanted = "any";
        return host.onNumber(FOLDER + "busy_poll", wanted, poll -> host.onNumber(FOLDER + "busy_read", wanted,
                read -> Finding.ok(poll == 0 && read == 0 ? "off" : "poll " + poll + " us, read " + read + " us", wanted)));
    }
}
