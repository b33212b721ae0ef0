// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import io.kaelix.bench.trial.Tally;
import io.kaelix.bench.trial.TrialException;
import java.util.Map;
import java.util.concurrent.RecursiveAction;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * A task schedules {@value #WIDTH} empty ones, and the last of them to finish starts the next turn.
 *
 * <p>That one is found by counting down in two stages, so that the counting is not what is measured: a word for each {@value #BLOCK}
 * tasks that follow each other, on lines of its own, then one word for the blocks. Neighbours are mostly run by the same worker, whose
 * cache has their word. It is the same for all systems.
 */
final class FanOut implements Runnable {

    private static final int WIDTH = 1000;
    private static final int BLOCK = 20;
    private static final int BLOCKS = WIDTH / BLOCK;
    /** Words of two cache lines. */
    private static final int APART = 32;

    private final TaskSystem system;
    private final boolean forked;
    private final AtomicIntegerArray tasksLeft = new AtomicIntegerArray((BLOCKS + 2) * APART);
    private final AtomicInteger blocksLeft = new AtomicInteger(BLOCKS);
    private final Tally tally = new Tally();
    private final Leaf[] leaves = new Leaf[WIDTH];
    private long turns;
    private volatile boolean stopping;

    /** An empty task. */
    private final class Leaf implements Runnable {

        private final int word;

        private Leaf(final int word) {
            this.word = word;
        }

        @Override
        public void run() {
            finish(word);
        }
    }

    /** The same to be forked; a new one each time, since it has not quite ended when the next turn begins. */
    private final class ForkedLeaf extends RecursiveAction {

        private static final long serialVersionUID = 1L;

        private final int word;

        private ForkedLeaf(final int word) {
            this.word = word;
        }

        @Override
        protected void compute() {
            finish(word);
        }
    }

    /** Forks the leaves. */
    private final class ForkedRoot extends RecursiveAction {

        private static final long serialVersionUID = 1L;

        @Override
        protected void compute() {
            for (int i = 0; i < WIDTH; i++) {
                new ForkedLeaf(wordOf(i)).fork();
            }
        }
    }

    private FanOut(final TaskSystem system, final boolean forked) {
        this.system = system;
        this.forked = forked;
        for (int i = 0; i < WIDTH; i++) {
            leaves[i] = new Leaf(wordOf(i));
            tasksLeft.set(wordOf(i), BLOCK);
        }
    }

    private static int wordOf(final int leaf) {
        return (leaf / BLOCK + 1) * APART;
    }

    static Map<String, Double> run(final TaskSystem system, final SchedulerRequest request) throws TrialException, InterruptedException {
        final FanOut turns = new FanOut(system, request.isForked());
        system.schedule(turns.forked ? () -> turns.new ForkedRoot().fork() : turns);
        final Rate rate = Rate.of(turns.tally, request).times(WIDTH);
        turns.stopping = true;
        return Map.of(Figures.TASKS_PER_SECOND.name(), rate.perSecond(), Figures.BYTES.name(), rate.bytesEach());
    }

    /** The root. */
    @Override
    public void run() {
        for (final Leaf leaf : leaves) {
            system.schedule(leaf);
        }
    }

    private void finish(final int word) {
        if (tasksLeft.decrementAndGet(word) == 0) {
            tasksLeft.setRelease(word, BLOCK);
            if (blocksLeft.decrementAndGet() == 0) {
                // SYNC: all other tasks of this turn happened before; the next turn's begin behind what is scheduled here.
                blocksLeft.set(BLOCKS);
                tally.publish(++turns);
                if (!stopping) {
                    startTurn();
                }
            }
        }
    }

    private void startTurn() {
        if (forked) {
            new ForkedRoot().fork();
        } else {
            system.schedule(this);
        }
    }
}
