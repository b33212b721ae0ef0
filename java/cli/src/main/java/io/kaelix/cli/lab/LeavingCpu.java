// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.lab;

import io.kaelix.CpuSet;
import io.kaelix.platform.Platform;
import io.kaelix.platform.topology.NumaTopology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A CPU goes away while a thread is pinned to it, and comes back. The thread goes on elsewhere; pinning to that CPU alone changes nothing,
 * pinning to it and others is reduced to the others, and both say so in what they return. Needs root, and a machine that can spare a CPU.
 */
final class LeavingCpu {

    private static final int LIMIT_SECONDS = 30;

    private final Platform platform;
    private final int leaving;
    private final CpuSet alone;
    private final CpuSet withNeighbour;
    private final CpuSet neighbour;

    private LeavingCpu(final Platform platform, final List<Integer> cpus) {
        this.platform = platform;
        this.leaving = cpus.getLast();
        this.alone = CpuSet.of(leaving);
        this.neighbour = CpuSet.of(cpus.getFirst());
        this.withNeighbour = CpuSet.of(cpus.getFirst(), leaving);
    }

    /** The last CPU of the last node that has two. */
    static Answer ask(final Platform platform) throws Exception {
        final List<Integer> cpus = platform.topology().nodes().stream().map(NumaTopology.Node::cpus).filter(candidate -> candidate.size() > 1)
                .reduce((first, second) -> second).orElseThrow(() -> new IllegalStateException("no node has two CPUs"));
        return new LeavingCpu(platform, cpus).leaveAndReturn();
    }

    private Answer leaveAndReturn() throws Exception {
        final String asked = "CPU " + leaving + " went: its thread went on elsewhere, pinning to it was refused, with CPU " + neighbour
                + " reduced to that; it came back: pinned";
        final ExecutorService thread = Executors.newSingleThreadExecutor(Thread.ofPlatform().name("kaelix-lab").daemon().factory());
        try {
            final CpuSet before = thread.submit(() -> platform.pin(alone)).get(LIMIT_SECONDS, TimeUnit.SECONDS);
            final String away = whileAway(thread);
            final CpuSet after = thread.submit(() -> platform.pin(alone)).get(LIMIT_SECONDS, TimeUnit.SECONDS);
            final String obtained = "CPU " + leaving + (before.equals(alone) ? " went: " : " was never pinned to, " + before + ": ") + away
                    + "; it came back: " + (after.equals(alone) ? "pinned" : "not pinned, but on " + after);
            return Answer.of(asked, obtained);
        } finally {
            thread.shutdown();
        }
    }

    private String whileAway(final ExecutorService thread) throws Exception {
        final CountDownLatch running = new CountDownLatch(1);
        final CountDownLatch gone = new CountDownLatch(1);
        final var seen = thread.submit(() -> {
            running.countDown();
            // Runs on that CPU at the moment it goes, and is not merely found asleep there.
            while (gone.getCount() > 0) {
                Thread.onSpinWait();
            }
            final int cpu = platform.currentCpu();
            final CpuSet refused = platform.pin(alone);
            final CpuSet reduced = platform.pin(withNeighbour);
            return "its thread went on " + (cpu == leaving ? "there" : "elsewhere")
                    + ", pinning to it was " + (refused.contains(leaving) ? "granted, " + refused : "refused")
                    + ", with CPU " + neighbour + " " + (reduced.equals(neighbour) ? "reduced to that" : "became " + reduced);
        });
        running.await();
        try {
            online(false);
        } finally {
            gone.countDown();
        }
        try {
            return seen.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } finally {
            online(true);
        }
    }

    private void online(final boolean online) throws IOException {
        Files.writeString(Path.of("/sys/devices/system/cpu/cpu" + leaving + "/online"), online ? "1" : "0");
    }
}
