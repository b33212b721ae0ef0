// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import io.kaelix.KaelixException;
import io.kaelix.platform.LibNuma;
import io.kaelix.platform.MappedMemory;
import io.kaelix.platform.MemoryRequest;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import io.kaelix.platform.Scheduling;
import io.kaelix.platform.topology.NumaTopology;

/**
 * What the library is on a machine, by trying it.
 *
 * @param refusal why it cannot be used at all; empty if it can, and only then the rest is known
 * @param name of the platform in use
 * @param isa instruction set of its kernels
 * @param missed why the platform in use is not the best; empty if it is, or was asked for
 * @param memory whether the kernel binds memory to a node
 * @param realTime why a thread may not be real-time; empty if it may
 * @param libnuma what it tells of the machine
 */
public record PlatformFacts(String refusal, String name, String isa, String missed, Binding memory, String realTime,
        LibNuma.Testimony libnuma) {

    /** A page is enough to see whether the kernel does it. */
    private static final long PROBE_BYTES = 4096;

    /**
     * What came of binding a page to a node.
     *
     * @param bound whether it was
     * @param told whether the kernel tells where the page is
     * @param text what the platform said of it
     */
    public record Binding(boolean bound, boolean told, String text) {
    }

    /** Of this process: maps a page, and starts a thread to see whether it may be real-time. */
    public static PlatformFacts ofThisProcess(final NumaTopology machine) {
        try {
            final Platform platform = Platforms.current();
            return new PlatformFacts("", platform.name(), platform.kernels().isa().label(), Platforms.missed(), bind(platform, machine),
                    realTime(platform), LibNuma.on(machine));
        } catch (final KaelixException refused) {
            return unusable(refused.getMessage());
        }
    }

    static PlatformFacts unusable(final String why) {
        return new PlatformFacts(why, "", "", "", new Binding(false, false, ""), "", new LibNuma.Testimony(LibNuma.Verdict.SILENT, ""));
    }

    private static Binding bind(final Platform platform, final NumaTopology machine) {
        final int node = machine.nodes().stream().filter(candidate -> candidate.memoryAllowed() && candidate.memoryBytes() != 0)
                .mapToInt(NumaTopology.Node::id).findFirst().orElse(0);
        try {
            final MappedMemory page = platform.map(new MemoryRequest(PROBE_BYTES, node, Rung.NORMAL));
            try {
                final boolean told = platform.pageNodes(page.address(), page.pageBytes(), 1)[0] != Platform.ANY_NODE;
                return new Binding(!page.reason().contains("not bound"), told, page.reason());
            } finally {
                platform.unmap(page);
            }
        } catch (final KaelixException refused) {
            return new Binding(false, false, refused.getMessage());
        }
    }

    /** On a thread of its own, which ends with what it was given. */
    private static String realTime(final Platform platform) {
        final String[] refusal = {""};
        final Thread thread = new Thread(() -> refusal[0] = platform.schedule(Scheduling.fifo(1)).refusal(), "kaelix-real-time-probe");
        thread.start();
        try {
            thread.join();
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return "interrupted before it could be tried";
        }
        return refusal[0];
    }
}
