// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Memory of the process, and on which node it lies.
 *
 * <p><b>Cost</b>: a small file, some 20 µs. On a machine of several nodes the kernel is asked where each page lies
 * ({@code numa_maps}), for which it walks all page tables of the process and holds up whoever wants to change its mappings meanwhile: about
 * 30 ms for each GiB in pages of 4 KiB, and next to nothing for huge ones. Choose the interval accordingly. With one node there is nothing
 * to ask.
 *
 * <p><b>Threads</b>: one.
 */
final class MemoryGauge implements AutoCloseable {

    private static final long KIB = 1 << 10;
    /** More than any kernel has. */
    private static final int MOST_NODES = 1024;
    private static final String PAGE_SIZE = "kernelpagesize_kB=";

    private final int[] nodes;
    private final KernelFile status;
    private final KernelFile maps;
    private long[] pages;
    private long[] bytes;

    /** @param nodes numbers of those that the machine has */
    MemoryGauge(final Path proc, final int[] nodes) {
        this.nodes = nodes;
        this.status = new KernelFile(proc.resolve("self/status"));
        this.maps = new KernelFile(proc.resolve("self/numa_maps"));
    }

    /** @param absences takes the reasons of what is missing */
    Optional<ProcessProfile.Memory> look(final List<String> absences) {
        try {
            status.rewind();
            // In the order in which they stand there.
            final long resident = KIB * status.numberOf("VmRSS:");
            final long swapped = KIB * status.numberOf("VmSwap:");
            // A kernel that has none does not tell of them.
            final long huge = KIB * status.numberOf("HugetlbPages:", 0);
            // Huge pages that were set aside are no part of what the kernel calls resident.
            return Optional.of(new ProcessProfile.Memory(resident + huge, huge, swapped, nodes(resident + huge, absences)));
        } catch (final IOException e) {
            status.close();
            absences.add("memory of the process: " + e.getMessage());
            return Optional.empty();
        }
    }

    private List<ProcessProfile.NodeBytes> nodes(final long all, final List<String> absences) {
        if (nodes.length == 1) {
            return List.of(new ProcessProfile.NodeBytes(nodes[0], all));
        }
        try {
            readMaps();
        } catch (final IOException e) {
            maps.close();
            absences.add("memory on each node: " + e.getMessage());
            return List.of();
        }
        final List<ProcessProfile.NodeBytes> found = new ArrayList<>(nodes.length);
        for (final int node : nodes) {
            found.add(new ProcessProfile.NodeBytes(node, bytes[node]));
        }
        return found;
    }

    /**
     * A line for each mapping, such as {@code 7f10a000 default anon=3 N0=1 N1=2 kernelpagesize_kB=4}. Blanks and equals signs in names of
     * files are written otherwise there, so that none looks like a field.
     */
    private void readMaps() throws IOException {
        if (pages == null) {
            pages = new long[MOST_NODES];
            bytes = new long[MOST_NODES];
        }
        Arrays.fill(bytes, 0);
        maps.rewind();
        int c = maps.next();
        while (c >= 0) {
            Arrays.fill(pages, 0);
            while (c >= 0 && c != '\n') {
                c = c == ' ' ? field(maps.next()) : maps.next();
            }
            c = c == '\n' ? maps.next() : c;
        }
    }

    /** One field from its first character on; the character behind what was read. */
    private int field(final int first) throws IOException {
        int c = first;
        if (c == 'N') {
            int node = 0;
            for (c = maps.next(); c >= '0' && c <= '9' && node < MOST_NODES; c = maps.next()) {
                node = 10 * node + c - '0';
            }
            if (c == '=' && node < MOST_NODES) {
                pages[node] = maps.number();
                c = maps.next();
            }
        } else if (c == PAGE_SIZE.charAt(0)) {
            int matched = 0;
            while (matched < PAGE_SIZE.length() && c == PAGE_SIZE.charAt(matched)) {
                matched++;
                c = matched < PAGE_SIZE.length() ? maps.next() : c;
            }
            if (matched == PAGE_SIZE.length()) {
                addAll(KIB * maps.number());
                c = maps.next();
            }
        }
        return c;
    }

    private void addAll(final long pageBytes) {
        for (int node = 0; node < MOST_NODES; node++) {
            bytes[node] += pages[node] * pageBytes;
        }
    }

    @Override
    public void close() {
        status.close();
        maps.close();
    }
}
