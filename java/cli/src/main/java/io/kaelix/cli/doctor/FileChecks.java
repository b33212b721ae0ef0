// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import io.kaelix.cli.report.Units;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Folders that the library puts something in. */
final class FileChecks {

    private static final String SHM = "/dev/shm";
    private static final String MOUNTS = "/proc/self/mountinfo";
    private static final String CACHE_VARIABLE = "XDG_CACHE_HOME";

    /** Counters take some hundred KiB, memory that processes share its whole size. Docker gives 64 MiB. */
    private static final long SHM_FREE = 256L << 20;

    private FileChecks() {
    }

    static List<Check> all() {
        return List.of(
                new Check("files.shm",
                        "counters, and memory that processes share, are files there; without it they are on a disk, which writes them"
                                + " out every 30 s",
                        "man shm_overview(7), tmpfs(5)", FileChecks::shm),
                new Check("files.noexec",
                        "the C library travels in a jar and is run from one of these folders; mounted noexec, plain Java serves in its"
                                + " place",
                        "man mount(8)", FileChecks::noexec));
    }

    private static Finding shm(final Host host) {
        final String wanted = "tmpfs, " + Units.bytes(SHM_FREE) + " free or more";
        if (!host.files().exists(MOUNTS)) {
            return Finding.unknown(MOUNTS + " is not there", wanted);
        }
        final boolean mounted = MountTable.of(host.files()).of(SHM)
                .filter(mount -> mount.point().equals(SHM) && mount.type().equals("tmpfs")).isPresent();
        if (!mounted || !host.files().exists(SHM)) {
            return Finding.advice("no tmpfs is mounted at " + SHM, wanted,
                    Remedy.of(new Change.Run(List.of("mount", "-t", "tmpfs", "-o", "nosuid,nodev,mode=1777,size=1g", "tmpfs", SHM),
                            FileChecks::space), "echo 'tmpfs " + SHM + " tmpfs nosuid,nodev,size=1g 0 0' | sudo tee -a /etc/fstab"));
        }
        try {
            final Host.Space space = host.around().space().of(host.files().at(SHM));
            final String found = shown(space);
            if (space.free() >= SHM_FREE) {
                return Finding.ok(found, wanted);
            }
            // Whole MiB, so that what is there stays, and what is wanted is free.
            final String size = "size=" + ((space.total() - space.free() + 2 * SHM_FREE >> 20) + 1) + "m";
            return Finding.advice(found, wanted, Remedy.of(
                    new Change.Run(List.of("mount", "-o", "remount," + size, SHM), FileChecks::space),
                    "echo 'tmpfs " + SHM + " tmpfs nosuid,nodev," + size + " 0 0' | sudo tee -a /etc/fstab").withWords(
                            "start a container with --shm-size=1g"));
        } catch (final IOException untold) {
            return Finding.unknown("the size of " + SHM + " is refused: " + untold.getMessage(), wanted);
        }
    }

    private static String space(final Host host) {
        try {
            return shown(host.around().space().of(host.files().at(SHM)));
        } catch (final IOException untold) {
            return "its size is refused: " + untold.getMessage();
        }
    }

    private static String shown(final Host.Space space) {
        return Units.bytes(space.total()) + ", " + Units.bytes(space.free()) + " free";
    }

    private static Finding noexec(final Host host) {
        final String wanted = "one of them allows exec";
        final MountTable mounts = MountTable.of(host.files());
        final List<String> folders = folders(host);
        final List<MountTable.Mount> found = folders.stream().flatMap(folder -> mounts.of(folder).stream()).toList();
        if (found.size() < folders.size()) {
            return Finding.unknown(MOUNTS + " does not tell where " + String.join(" and ", folders) + " are", wanted);
        }
        final List<String> refused = new ArrayList<>();
        for (int i = 0; i < folders.size(); i++) {
            if (found.get(i).options().contains("noexec")) {
                refused.add(folders.get(i));
            }
        }
        if (refused.size() < folders.size()) {
            return Finding.ok(folders.stream().map(folder -> folder + (refused.contains(folder) ? " noexec" : " exec"))
                    .collect(Collectors.joining(", ")), wanted);
        }
        final String point = found.getLast().point();
        return Finding.problem(String.join(" and ", folders) + ": all noexec", wanted,
                Remedy.of(new Change.Run(List.of("mount", "-o", "remount,exec", point), changed -> MountTable.of(changed.files()).of(point)
                        .map(mount -> mount.options().contains("noexec") ? "noexec" : "exec").orElse("not mounted")),
                        "").withWords(
                                "or set " + CACHE_VARIABLE + " to a folder that is not mounted noexec, where Kaelix is started"));
    }

    /** Where the library's loader puts its copy: the user's cache, or else the folder for temporary files. */
    private static List<String> folders(final Host host) {
        final List<String> folders = new ArrayList<>();
        final String cache = host.around().variable().apply(CACHE_VARIABLE);
        final String home = host.around().property().apply("user.home");
        if (cache != null && cache.startsWith("/")) {
            folders.add(cache);
        } else if (home != null && home.startsWith("/")) {
            folders.add(home + "/.cache");
        }
        final String temporary = host.around().property().apply("java.io.tmpdir");
        folders.add(temporary == null ? "/tmp" : temporary);
        return folders;
    }
}
