// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.KaelixException;
import io.kaelix.TopicPattern;

/**
 * What is sent of one flow: runs as its source has them, as long as the receiver has room.
 *
 * <p>The memory of a run belongs to its lane until the receiver has acknowledged it, and to the connection until the socket has taken it:
 * a source
 * is closed only when none of its runs waits there any more.
 *
 * <p>One thread.
 */
final class OutFlow {

    private static final int LANES_AT_ONCE = 64;
    /** That find nothing, one behind the other: each may leave one lane that has ended, and passes over many that were idle. */
    private static final int LAST_LOOKS = 1 << 16;

    private final int number;
    private final TopicPattern pattern;
    private final FlowSource source;
    /** What the source had sent when the flow began. */
    private long base;
    private long limit;
    private long lostTold;
    private long lostBefore;
    /** Number of its last run at the connection. */
    private long lastRun;
    private boolean ended;

    OutFlow(final int number, final TopicPattern pattern, final FlowSource source) {
        this.number = number;
        this.pattern = pattern;
        this.source = source;
    }

    int number() {
        return number;
    }

    /** What was asked for. */
    TopicPattern pattern() {
        return pattern;
    }

    FlowSource source() {
        return source;
    }

    /** The receiver has room up to a byte of the flow, and the flow need not be kept up to another. */
    void credit(final long limit, final long acknowledged) {
        if (acknowledged > source.acknowledged() - base && !source.acknowledge(base + acknowledged)) {
            throw new ProtocolException("flow " + number + ": " + acknowledged + " bytes were acknowledged of " + (source.sent() - base)
                    + " that were sent, or it is not where a message ends");
        }
        this.limit = Math.max(this.limit, limit);
    }

    /**
     * Gives to the connection what there is, as far as there is room.
     *
     * @return bytes of frames; or {@link FlowSource#DISCONNECTED} or {@link FlowSource#CLOSED}, if that is all
     */
    int send(final Connection connection, final int maxRun) {
        int total = 0;
        OutRun run = connection.freeRun();
        if (run == null && source.next(connection.spareRun(), 0) == FlowSource.DISCONNECTED) {
            return FlowSource.DISCONNECTED;
        }
        while (run != null && !ended) {
            final int most = (int) Math.min(limit - (source.sent() - base), maxRun);
            final int bytes = source.next(run, Math.max(0, most));
            if (bytes <= 0) {
                if (bytes < 0 && total == 0) {
                    return bytes;
                }
                break;
            }
            total += bytes;
            announce(connection, run);
            // Before what lies behind it: a receiver that has the run would not ask again for what was lost before.
            tellLost(connection);
            connection.send(run, number, source.lane(run.lane()));
            lastRun = connection.runsQueued();
            run = connection.freeRun();
        }
        if (total == 0) {
            tellLost(connection);
        }
        return total;
    }

    private void tellLost(final Connection connection) {
        if (source.lost() - lostBefore != lostTold) {
            lostTold = source.lost() - lostBefore;
            connection.send(new WireLost(number, lostTold));
        }
    }

    private void announce(final Connection connection, final OutRun run) {
        if (run.isLaneNew()) {
            tell(connection, source.lane(run.lane()));
        }
        for (int i = 0; i < run.newStreams(); i++) {
            final int stream = run.newStream(i);
            connection.send(new WireStream(number, stream, source.topic(stream), source.partition(stream), source.partitions(stream)));
        }
    }

    private void tell(final Connection connection, final FlowLane lane) {
        // Who has heard where the lane goes on would not ask again for what lies before that.
        tellLost(connection);
        connection.send(new WireLane(number, lane.number(), lane.publisher(), lane.epoch(), 0, lane.start(), lane.messagesBefore()));
    }

    /**
     * Tells of lanes that nothing was sent of yet, some at a time: a receiver that comes back when the flow was forgotten can say of these,
     * too, where it stood.
     */
    private void beginLanes(final Connection connection) {
        for (int i = 0; i < LANES_AT_ONCE; i++) {
            final int lane = source.newLane();
            if (lane == FlowSource.NONE) {
                return;
            }
            tell(connection, source.lane(lane));
        }
    }

    /** Tells of lanes that have ended, and, if there is nothing else to do, of those that have begun. */
    void tellOfLanes(final Connection connection, final boolean quiet) {
        if (quiet) {
            beginLanes(connection);
        }
        endLanes(connection);
    }

    /** Tells of lanes that have ended. */
    void endLanes(final Connection connection) {
        for (int lane = source.endedLane(); lane != FlowSource.NONE; lane = source.endedLane()) {
            if (source.lost() != lostBefore) {
                // What was lost behind its last run is said, and that it was of this lane: of one that has ended, nothing is said again.
                tell(connection, source.lane(lane));
            }
            connection.send(new WireLaneEnd(number, lane));
        }
    }

    /** Whether everything that can be taken was sent and acknowledged. Only right behind a {@link #send} that found nothing. */
    boolean isDone() {
        return source.acknowledged() == source.sent();
    }

    /** Whether the receiver takes so many bytes now. */
    boolean hasRoom(final int bytes) {
        return limit - (source.sent() - base) >= bytes;
    }

    /** The connection is lost: nothing of it waits there any more. */
    void detach() {
        lastRun = 0;
    }

    /** Goes on behind what the receiver has; on another connection. False if it cannot have that. */
    boolean resume(final long received) {
        lostTold = 0;
        return source.rewind(base + received);
    }

    /** The receiver has forgotten the flow: begins another one. What was sent and may not have come is lost. */
    void restart() {
        source.abandon();
        base = source.acknowledged();
        source.rewind(base);
        limit = 0;
        lostBefore = source.lost();
        lostTold = 0;
    }

    /**
     * Nothing more is sent, and nothing more published: what was not acknowledged, and what still waits in the lanes, is lost. A message of
     * which not all parts were published never was one.
     */
    void giveUp() {
        ended = true;
        final OutRun run = new OutRun(0);
        for (int looks = 0; looks < LAST_LOOKS; looks++) {
            source.abandonTaken();
            try {
                final int bytes = source.next(run, Integer.MAX_VALUE);
                if (bytes < 0) {
                    return;
                }
                looks = bytes > 0 ? 0 : looks;
            } catch (final KaelixException corrupt) {
                // What that lane holds nobody can count; it was left.
                looks = 0;
            }
        }
    }

    /** Nothing more is sent. */
    void end() {
        ended = true;
    }

    boolean isEnded() {
        return ended;
    }

    /** Closes the source, if it has ended and nothing of it waits any more. */
    boolean closeIfUnused(final Connection connection) {
        if (!ended || connection != null && connection.runsWritten() < lastRun) {
            return false;
        }
        source.close();
        return true;
    }

    /** Whether the connection holds runs of it that the socket has not taken. */
    boolean isBeingWritten(final Connection connection) {
        return connection.runsWritten() < lastRun;
    }
}
