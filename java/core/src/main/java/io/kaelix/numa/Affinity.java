// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.numa;

import io.kaelix.CpuSet;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Scheduling;

/**
 * Where the calling thread runs, and before whom: pins it to CPUs or to a node, gives it real-time priority, and puts back what was before.
 *
 * {@snippet :
 * Affinity affinity = Affinity.ofThisMachine();
 * try (Pinned pinned = affinity.pinToNode(0); RealTime realTime = affinity.realTime(10)) {
 *     if (!pinned.isAsAsked()) {
 *         System.err.println(pinned.reason());
 *     }
 *     while (running) {
 *         subscriber.poll(handler, 100);
 *     }
 * }
 * }
 *
 * <p><b>Threads</b>: any; each call is about the thread that makes it, and so is the handle that it gives. Handles are closed in the reverse
 * order, as try-with-resources does. A virtual thread is left as it is: its carrier would stay pinned, for whichever it carries next.
 *
 * <p><b>Blocking</b>: for a system call or three; never waits for another thread.
 *
 * <p><b>Errors</b>: what the system, a cpuset or a container refuses is told by the handle, with the remedy, and never thrown: whoever may
 * not pin, or have real-time priority, runs on without.
 */
public final class Affinity {

    private final Platform platform;

    Affinity(final Platform platform) {
        this.platform = platform;
    }

    /**
     * Of the machine that this process runs on.
     *
     * @throws io.kaelix.KaelixException if native access is not enabled; the message has the option to start Java with
     */
    public static Affinity ofThisMachine() {
        return new Affinity(Platforms.current());
    }

    /** CPUs that the calling thread may use. */
    public CpuSet cpus() {
        return platform.affinity();
    }

    /** CPU that the calling thread runs on at this moment, or -1 where that cannot be told. */
    public int currentCpu() {
        return platform.currentCpu();
    }

    /** Node that the calling thread runs on at this moment; 0 where that cannot be told. */
    public int currentNode() {
        return platform.currentNode();
    }

    /**
     * Restricts the calling thread to these CPUs.
     *
     * @return what it got, read back; closed by the same thread, it may use again what it might before
     */
    public Pinned pin(final CpuSet cpus) {
        return pin(cpus, cpus.isEmpty() ? "no CPU" : "CPUs " + cpus);
    }

    /**
     * Restricts the calling thread to the CPUs of a node that the process may use.
     *
     * @return what it got, read back; closed by the same thread, it may use again what it might before
     * @throws IllegalArgumentException if there is no such node
     */
    public Pinned pinToNode(final int node) {
        final CpuSet cpus = platform.topology().usableCpuSet(node);
        return pin(cpus, "node " + node + " (CPUs " + cpus + ")");
    }

    private Pinned pin(final CpuSet cpus, final String what) {
        final CpuSet before = platform.affinity();
        final CpuSet obtained = platform.pin(cpus);
        final boolean asAsked = obtained.equals(cpus) && !Thread.currentThread().isVirtual();
        return new Pinned(platform, cpus, before, obtained, asAsked, asAsked ? "pinned to " + what : refusal(what, cpus, obtained));
    }

    private String refusal(final String what, final CpuSet asked, final CpuSet obtained) {
        final String why;
        if (asked.isEmpty()) {
            why = "there are no CPUs to pin to";
        } else if (Thread.currentThread().isVirtual()) {
            why = "this is a virtual thread, whose carrier serves others; use a platform thread";
        } else if (asked.containsAll(obtained)) {
            why = "the cpuset of this process leaves out CPUs " + asked.minus(obtained) + ", or they are offline";
        } else {
            why = "none of them may be used (the cpuset of this process, or a CPU that is offline), or the platform "
                    + platform.name() + " cannot pin here";
        }
        return "asked for " + what + ": " + why + "; it may use CPUs " + obtained;
    }

    /**
     * Runs the calling thread before all normal threads of its CPU, until it blocks ({@code SCHED_FIFO}). Threads that it starts are
     * normal. One that never blocks keeps its CPU from everybody else, the kernel's own threads included: pin it to a CPU that they can do
     * without.
     *
     * @param priority 1 to {@value Scheduling#MAX_PRIORITY}, the higher first
     * @return whether it was granted, and if not, why; closed by the same thread, it is scheduled again as it was before
     * @throws IllegalArgumentException if the priority is not in that range
     */
    public RealTime realTime(final int priority) {
        final Scheduling before = platform.scheduling();
        return new RealTime(platform, priority, before, platform.schedule(Scheduling.fifo(priority)));
    }
}
