// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import io.kaelix.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What a batch has for itself once it was retained: pooled memory for the rows that lay in lanes, and messages that know their topics. It
 * is given back by whoever releases the batch, or, if nobody can any more, when the batch is found to be garbage.
 *
 * <p><b>Threads</b>: one at a time. Does not refer to the batch.
 */
final class RetainedRows {

    private final List<BatchColumns.Run> runs = new ArrayList<>();
    private final List<PooledBytes> memory = new ArrayList<>();
    private final Runnable atEnd;
    /** Set before the batch has it, or never. */
    private LeakWatch watch;

    private RetainedRows(final Runnable atEnd) {
        this.atEnd = atEnd;
    }

    /**
     * Memory for the rows of a batch, all of it or none. The rows are still to be copied.
     *
     * @throws io.kaelix.KaelixException if there is no memory for them
     * @throws IllegalStateException if the pool is closed
     */
    static RetainedRows of(final BatchColumns batch, final IntFunction<Topic> topics, final Runnable atEnd) {
        final RetainedRows rows = new RetainedRows(atEnd);
        try {
            for (int i = 0; i < batch.runs().size(); i++) {
                rows.add(batch.runs().get(i), batch.bytes(i), topics);
            }
            rows.watch(batch);
        } catch (final RuntimeException | Error e) {
            rows.memory.forEach(PooledBytes::release);
            throw e;
        }
        return rows;
    }

    private void add(final BatchColumns.Run run, final int bytes, final IntFunction<Topic> topics) {
        final FrameMessage message = run.message();
        if (!run.isCopy()) {
            memory.add(message.pool.buffer(bytes));
        }
        final var base = run.isCopy() ? run.base() : memory.getLast().segment();
        runs.add(new BatchColumns.Run(base, new FrameMessage(base, message.publisherId, topics, message.pool, message.maxMessageLength),
                run.from(), true));
    }

    private void watch(final BatchColumns batch) {
        if (!runs.isEmpty()) {
            final LeakReports leaks = runs.getFirst().message().pool.leaks;
            if (leaks.watchesAny()) {
                watch = leaks.watch(batch, "a batch of " + batch.size() + " messages was retained", "Release or close what is retained",
                        this::giveBack);
            }
        }
    }

    /** The rows of a run, where they are the batch's own. */
    BatchColumns.Run run(final int index) {
        return runs.get(index);
    }

    /** Gives all back; once. */
    void release() {
        if (watch != null) {
            watch.end();
        }
        giveBack();
    }

    private void giveBack() {
        memory.forEach(PooledBytes::release);
        atEnd.run();
    }
}
