// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.util.Arrays;

/**
 * The subscriptions of a session: those that run, and those that have ended and whose runs the socket has not taken.
 *
 * <p>One thread. In the midst of a loop over {@link #count}, flows may end, and none is taken away but by {@link #sweep}.
 */
final class OutFlows {

    private static final OutFlow[] NONE = {};

    private OutFlow[] flows = NONE;
    private int count;
    private int running;
    /** Of those that were taken away. */
    private long sentBefore;
    private long messagesBefore;
    private long lostBefore;

    /** How many there are, those that have ended included. */
    int count() {
        return count;
    }

    /** How many run. */
    int running() {
        return running;
    }

    OutFlow get(final int index) {
        return flows[index];
    }

    void add(final OutFlow flow) {
        if (count == flows.length) {
            flows = Arrays.copyOf(flows, Math.max(4, 2 * count));
        }
        flows[count++] = flow;
        running++;
    }

    /** The one that runs under a number; null if none does. */
    OutFlow find(final int number) {
        for (int i = 0; i < count; i++) {
            if (flows[i].number() == number && !flows[i].isEnded()) {
                return flows[i];
            }
        }
        return null;
    }

    /** Ends one that runs. */
    void end(final OutFlow flow) {
        flow.end();
        running--;
    }

    /** Ends all, and waits for no socket. */
    void endAll() {
        for (int i = 0; i < count; i++) {
            flows[i].end();
            flows[i].detach();
        }
        sweep(null);
    }

    /** The connection is lost: of what was given to it, nothing waits any more. */
    void detach() {
        for (int i = 0; i < count; i++) {
            flows[i].detach();
        }
        sweep(null);
    }

    /** Whether a connection holds runs that the socket has not taken. */
    boolean isBeingWritten(final Connection connection) {
        for (int i = 0; i < count; i++) {
            if (flows[i].isBeingWritten(connection)) {
                return true;
            }
        }
        return false;
    }

    /** Closes, and takes away, what has ended and is not written any more. */
    void sweep(final Connection connection) {
        int kept = 0;
        int live = 0;
        for (int i = 0; i < count; i++) {
            final OutFlow flow = flows[i];
            final FlowSource source = flow.source();
            if (flow.isEnded() && flow.closeIfUnused(connection)) {
                sentBefore += source.sent();
                messagesBefore += source.messages();
                lostBefore += source.lost();
            } else {
                flows[kept++] = flow;
                live += flow.isEnded() ? 0 : 1;
            }
        }
        Arrays.fill(flows, kept, count, null);
        count = kept;
        running = live;
    }

    /** Bytes that were sent, of all there ever were. */
    long sent() {
        long bytes = sentBefore;
        for (int i = 0; i < count; i++) {
            bytes += flows[i].source().sent();
        }
        return bytes;
    }

    /** Messages that were sent, of all there ever were. */
    long messages() {
        long messages = messagesBefore;
        for (int i = 0; i < count; i++) {
            messages += flows[i].source().messages();
        }
        return messages;
    }

    /** Messages that were lost, of all there ever were. */
    long lost() {
        long lost = lostBefore;
        for (int i = 0; i < count; i++) {
            lost += flows[i].source().lost();
        }
        return lost;
    }

    /** Bytes that were copied, of those there are. */
    long copied() {
        long copied = 0;
        for (int i = 0; i < count; i++) {
            copied += flows[i].source().copied();
        }
        return copied;
    }

    /** Bytes that the one which is furthest behind is behind. */
    long lag() {
        long furthest = 0;
        for (int i = 0; i < count; i++) {
            furthest = Math.max(furthest, flows[i].isEnded() ? 0 : flows[i].source().lag());
        }
        return furthest;
    }
}
