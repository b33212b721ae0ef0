// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import io.kaelix.cli.report.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What the kernel grants sockets. */
final class NetworkChecks {

    private static final String FOLDER = "/proc/sys/net/core/";

    /** What 10 Gbit/s bring in 3 ms. */
    private static final long BUFFER = 4L << 20;

    private static final String INTERFACES = "/sys/class/net";
    private static final Pattern ANY_NAME = Pattern.compile(".+");
    private static final String LOOPBACK = "lo";

    /** Of Aeron, without the headers of IP and UDP. */
    private static final long PACKET = 1408;
    private static final long HEADERS = 20 + 8;
    /** What lengths of packets of Aeron are multiples of. */
    private static final long STEP = 32;

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
                        "kernel doc admin-guide/sysctl/net", NetworkChecks::busyPoll),
                new Check("network.mtu",
                        "a bridge sends packets of 1,408 bytes, unless mtu says otherwise, with 28 of IP and UDP: where an interface takes"
                                + " less, they go in fragments, and one that is lost costs all of them",
                        "man ip-link(8), Aeron doc on aeron.mtu.length", NetworkChecks::mtu));
    }

    private static Finding buffer(final Host host, final String name) {
        final String wanted = Units.bytes(BUFFER) + " at the most, or more";
        return host.onNumber(FOLDER + name + "_max", wanted, max -> host.onNumber(FOLDER + name + "_default", wanted, normal -> {
            final String found = Units.bytes(max) + " at the most, " + Units.bytes(normal) + " by default";
            return max >= BUFFER ? Finding.ok(found, wanted)
                    : Finding.advice(found, wanted, Remedy.sysctl("net.core." + name + "_max", Long.toString(BUFFER)));
        }));
    }

    /** Of interfaces that are not down, besides the loopback. */
    private static Finding mtu(final Host host) {
        final String wanted = Units.grouped(PACKET + HEADERS) + " bytes or more on each interface, or a smaller mtu of the bridges";
        final List<String> names = host.files().names(INTERFACES, ANY_NAME);
        if (names.isEmpty()) {
            return Finding.unknown(INTERFACES + " tells of no interface", wanted);
        }
        final List<String> found = new ArrayList<>();
        boolean enough = true;
        for (final String name : names) {
            final String folder = INTERFACES + '/' + name;
            if (name.equals(LOOPBACK) || host.files().read(folder + "/operstate").text().equals("down")) {
                continue;
            }
            final MachineFiles.Reading mtu = host.files().read(folder + "/mtu");
            final long bytes = mtu.number().orElse(0);
            if (bytes <= HEADERS) {
                return Finding.unknown(mtu.known() ? folder + "/mtu holds no length but '" + mtu.text() + "'" : mtu.failure(), wanted);
            }
            found.add(name + ' ' + Units.grouped(bytes) + ", for mtu up to " + (bytes - HEADERS) / STEP * STEP);
            enough &= bytes >= PACKET + HEADERS;
        }
        final String all = found.isEmpty() ? "no interface but the loopback is up" : String.join("; ", found);
        return enough ? Finding.ok(all, wanted) : Finding.advice(all, wanted);
    }

    /** Whether it pays depends on the load: it is told, not judged. */
    private static Finding busyPoll(final Host host) {
        final String wanted = "any";
        return host.onNumber(FOLDER + "busy_poll", wanted, poll -> host.onNumber(FOLDER + "busy_read", wanted,
                read -> Finding.ok(poll == 0 && read == 0 ? "off" : "poll " + poll + " us, read " + read + " us", wanted)));
    }
}
