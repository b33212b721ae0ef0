// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.memory.Block;
import io.kaelix.message.FrameMessage;
import io.kaelix.shared.LaneFile;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Memory that lanes and their readers leave when they end: noted under the registry's lock, cleared and given back without it, as that
 * takes a while.
 *
 * <p><b>Threads</b>: any.
 */
final class Leftovers {

    private static final Executor LATER = CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);

    private final Queue<Block> lanes = new ConcurrentLinkedQueue<>();
    private final Queue<FrameMessage> unfinished = new ConcurrentLinkedQueue<>();

    /** Memory of a lane that nobody takes part in any more. */
    void add(final Block lane) {
        lanes.add(lane);
    }

    /** A message of a reader that left in the middle of one that has parts. */
    void add(final FrameMessage message) {
        unfinished.add(message);
    }

    /** Unmaps a lane's file; a little later, if a thread reads it at this moment. */
    static void unmap(final LaneFile file) {
        if (!file.tryUnmap()) {
            LATER.execute(() -> unmap(file));
        }
    }

    /** Gives back what was noted. Not under the lock. */
    void free() {
        for (FrameMessage message = unfinished.poll(); message != null; message = unfinished.poll()) {
            message.dropParts();
        }
        for (Block lane = lanes.poll(); lane != null; lane = lanes.poll()) {
            lane.free();
        }
    }
}
