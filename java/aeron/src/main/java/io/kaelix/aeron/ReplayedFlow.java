// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.kaelix.net.FlowSink;
import io.kaelix.net.Flows;
import org.agrona.DirectBuffer;

/**
 * A flow that comes from a recording. What lies before the position of its receipt was published here already, maybe by a process that was
 * killed: it tells what numbers mean, and what had begun of messages in parts.
 *
 * <pre>
 *   start ────────────── position of the receipt ──────────────► what comes
 *   names, open parts     open parts are published here anew       runs: noted in the receipt, then published
 * </pre>
 *
 * <p>One thread.
 */
final class ReplayedFlow extends RemoteFlow {

    private static final long ASK_NANOS = 5_000_000;

    private final Receipt receipt;
    private final Figures figures;
    private final Flows flows;
    private final OpenParts open = new OpenParts();
    /** Whether lanes of before may hold messages that nobody has read: those of this flow come behind them. */
    private boolean behindOthers = true;
    private long lastAsked;

    /**
     * @param number of this life of the sender
     * @param follows whether another life came before it: what that had begun is never completed
     */
    ReplayedFlow(final long number, final String name, final long sender, final Flows flows, final Figures figures, final Receipt receipt,
            final boolean follows) {
        super(number, name, sender, flows, figures);
        this.receipt = receipt;
        this.flows = flows;
        this.figures = figures;
        countFrom(receipt.expected(), receipt.lost());
        if (!follows) {
            open.keep();
        }
    }

    @Override
    void sync(final long messages, final long lostSoFar, final long begin) {
        if (begin >= receipt.position() && messages < expected()) {
            figures.error("the sender has lost " + (expected() - messages) + " messages that had come here: it was restored from an"
                    + " older state, or its disk lost what was written last");
            countFrom(messages, lostSoFar);
        }
        if (begin >= receipt.position() && messages > expected()) {
            // What lay between is gone, or nothing told what it means: it is not to come.
            passOver(messages);
            interrupt();
        }
        super.sync(messages, lostSoFar, begin);
        if (open.isEmpty()) {
            receipt.start(begin);
        }
    }

    @Override
    int run(final DirectBuffer buffer, final int at, final int length, final long end) {
        final int lane = buffer.getInt(at + RecordDescriptor.RUN_LANE_OFFSET, LITTLE_ENDIAN);
        final int frames = at + RecordDescriptor.RUN_LENGTH;
        final int bytes = length - RecordDescriptor.RUN_LENGTH;
        if (end <= receipt.position()) {
            open.take(lane, buffer, frames, bytes);
            return 0;
        }
        if (behindOthers && !areOthersRead()) {
            return NO_ROOM;
        }
        if (isWaiting()) {
            // The receipt knows of one that may not be published, not of two.
            return NO_ROOM;
        }
        if (open.keeps()) {
            final int result = open.giveBack(this::republish);
            if (result < 0) {
                return result;
            }
        }
        boolean published = false;
        try {
            final int result = super.run(buffer, at, length, end);
            published = result == 0;
            return result;
        } finally {
            if (published) {
                open.take(lane, buffer, frames, bytes);
            } else if (receipt.position() == end) {
                receipt.takeBack();
            }
        }
    }

    @Override
    void laneEnd(final int number) {
        super.laneEnd(number);
        open.forget(number);
    }

    private boolean areOthersRead() {
        final long now = System.nanoTime();
        if (now - lastAsked < ASK_NANOS) {
            return false;
        }
        lastAsked = now;
        if (!receipt.areLanesRead(flows::isRead)) {
            return false;
        }
        behindOthers = false;
        inlets().forEach(one -> receipt.opened(one.sink.laneNumber()));
        return true;
    }

    @Override
    void opened(final Inlet one) {
        // While others are waited for, nothing is in it.
        if (receipt != null && !behindOthers) {
            receipt.opened(one.sink.laneNumber());
        }
    }

    @Override
    boolean isSettled() {
        return super.isSettled() && (behindOthers || inlets().stream().allMatch(one -> one.sink.readTo() >= one.sink.position()));
    }

    private int republish(final int lane, final DirectBuffer buffer, final int at, final int length) {
        return isWaiting() ? NO_ROOM : publish(lane, buffer, at, length);
    }

    @Override
    void about(final Inlet to, final long end, final long messages) {
        if (to == null) {
            receipt.intend(end, messages, lost(), Receipt.NO_LANE, 0);
        } else {
            final FlowSink sink = to.sink;
            receipt.intend(end, messages, lost(), sink.laneNumber(), sink.position());
        }
    }
}
