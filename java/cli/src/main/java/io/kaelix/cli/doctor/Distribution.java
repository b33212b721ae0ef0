// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Whose packages and boot loader a machine has: what differs between them of what is to be typed. */
enum Distribution {

    /** Debian, Ubuntu and what is made of them. */
    DEBIAN,

    /** Red Hat, Fedora, CentOS, Rocky, Alma, Oracle, Amazon. */
    RED_HAT,

    /** Another, or one that does not say. */
    OTHER;

    private static final List<String> FILES = List.of("/etc/os-release", "/usr/lib/os-release");

    /** As {@code os-release(5)} tells: the name of the distribution, and of those that it is like. */
    static Distribution of(final MachineFiles files) {
        final String file = files.exists(FILES.getFirst()) ? FILES.getFirst() : FILES.getLast();
        final Set<String> names = new HashSet<>(words(files.value(file, "ID=")));
        names.addAll(words(files.value(file, "ID_LIKE=")));
        if (names.contains("debian") || names.contains("ubuntu")) {
            return DEBIAN;
        }
        return names.contains("rhel") || names.contains("fedora") || names.contains("centos") || names.contains("amzn") ? RED_HAT : OTHER;
    }

    private static List<String> words(final String value) {
        return Arrays.asList(value.replaceAll("[\"']", "").split("\\s+"));
    }

    /** Installs the library of which {@code libnuma.so.1} is a part. */
    Remedy libnuma() {
        return switch (this) {
            case DEBIAN -> Remedy.byHand("sudo apt-get install -y libnuma1", "");
            case RED_HAT -> Remedy.byHand("sudo dnf install -y numactl-libs", "");
            case OTHER -> Remedy.inWords("install the package that has libnuma.so.1: libnuma1, numactl-libs or numactl");
        };
    }

    /** Adds to the kernel's command line; the restart is left to whoever knows when. */
    Remedy bootParameters(final String parameters) {
        return switch (this) {
            case DEBIAN -> Remedy.atNextStart("sudo sed -i 's/^GRUB_CMDLINE_LINUX=\"/&" + parameters
                    + " /' /etc/default/grub && sudo update-grub");
            case RED_HAT -> Remedy.atNextStart("sudo grubby --update-kernel=ALL --args='" + parameters + "'");
            case OTHER -> Remedy.inWords("add to the kernel's command line: " + parameters + "; then restart the machine");
        };
    }
}
