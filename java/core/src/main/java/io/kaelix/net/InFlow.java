// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is received of one flow: how much the peer may send, how much has come, and up to where in each lane.
 *
 * <p>A flow counts its bytes from its own begin on, while a sink outlives flows: of a client that comes back to a server which has
 * forgotten
 * it, the next flow goes on into the same sink.
 *
 * <p>One thread.
 */
final class InFlow {

    /** A part of the window that is worth telling of: one over this. */
    private static final int PARTS = 4;
    /** Lanes that are remembered at most: more is no honest peer's. */
    private static final int MOST_LANES = 1 << 16;

    private static final class Cursor {
        private final int lane;
        private int publisher;
        private long epoch;
        private long position;
        private long messages;

        private Cursor(final int lane) {
            this.lane = lane;
        }

        private LanePosition point() {
            return new LanePosition(epoch, publisher, position, messages);
        }
    }

    private final FlowSink sink;
    private final long window;
    /** Where it stands in each lane; null if nobody will ask. */
    private final Map<Integer, Cursor> cursors;
    /**
     * Where it stood in flows before this one, by publisher, in lanes that the peer has not told of in this one: it may forget this flow,
     * too, before it does. Those told of last come last.
     */
    private final LinkedHashMap<Integer, LanePosition> before = new LinkedHashMap<>();
    private Cursor cursor;
    /** What the sink had received when this was made, and when the flow began. */
    private final long first;
    private long base;
    private long granted;
    /** What the peer was told that came; less, if it is to be told again in any case. */
    private long told;
    private long lostTold;
    /** What the peer said last of this flow, and what was counted and lies before where this stands: that is said again. */
    private long lostSaid;
    private long lostAhead;
    /** Of the run that is being received. */
    private long runPosition;
    private long runMessages;
    private long runStart;
    /** Messages of the lane between where this stood and the run. */
    private long runGap;

    /**
     * @param window bytes that may be on their way at most
     * @param remembers whether {@link #points} is asked for
     */
    InFlow(final FlowSink sink, final int window, final boolean remembers) {
        this.sink = sink;
        this.window = window;
        this.cursors = remembers ? new HashMap<>() : null;
        this.first = sink.received();
        this.base = first;
        this.told = -window;
    }

    FlowSink sink() {
        return sink;
    }

    /** Bytes that came in this flow and were published. */
    long received() {
        return sink.received() - base;
    }

    /** Bytes that came in flows before this one. */
    long receivedBefore() {
        return base - first;
    }

    /**
     * A run begins.
     *
     * @return whether there is space for it; false if nobody is there any more to read it
     * @throws ProtocolException if it is more than was granted
     */
    boolean begin(final WireInput input, final int bytes) {
        final long came = received() + sink.waiting();
        if (came + bytes > granted) {
            throw new ProtocolException("flow " + input.flow() + " has room for " + (granted - came) + " bytes, and was sent "
                    + bytes);
        }
        final int result = sink.claim(bytes);
        if (result == FlowSink.PROTOCOL_ERROR) {
            throw new ProtocolException(sink.error());
        }
        if (result != 0) {
            return false;
        }
        if (cursors != null) {
            runPosition = input.position();
            runMessages = input.messagesBefore();
            runStart = sink.received();
            at(input.lane());
            runGap = runMessages - cursor.messages;
        }
        return true;
    }

    /** Frames of the run were published. */
    void committed() {
        if (cursors != null && cursor != null) {
            cursor.position = runPosition + sink.received() - runStart;
            cursor.messages = runMessages + sink.messagesOfRun();
            if (lostAhead > 0) {
                passLost(runGap);
                runGap = 0;
            }
        }
    }

    /**
     * It stands further on in a lane, by so many messages that did not come. Those that were lost among them are not said again; others
     * were not wanted. As much as that at the most: a loss in another lane still lies before where this stands there.
     */
    private void passLost(final long messages) {
        lostAhead -= Math.clamp(messages, 0, lostAhead);
    }

    private void at(final int lane) {
        if (cursor == null || cursor.lane != lane) {
            cursor = cursors.get(lane);
            if (cursor == null) {
                throw new ProtocolException("a RUN of lane " + lane + ", which no LANE told of");
            }
        }
    }

    /** A lane is part of the flow from here on; or goes on, and is told of once more. */
    void lane(final WireLane lane) {
        if (cursors == null) {
            return;
        }
        if (!cursors.containsKey(lane.lane()) && cursors.size() >= MOST_LANES) {
            throw new ProtocolException("a flow of more than " + MOST_LANES + " lanes");
        }
        LanePosition stood = null;
        if (!before.isEmpty()) {
            // A peer that was started again has none of the lanes that there were.
            before.values().removeIf(at -> at.epoch() != lane.epoch());
            stood = before.remove(lane.publisher());
        }
        // What lies between the points that it was asked with and the lanes was said before the first of these.
        lostTold = Math.min(lostTold, lostSaid);
        lostAhead = Math.min(lostAhead, lostSaid);
        final Cursor known = cursors.get(lane.lane());
        if (known != null || stood != null) {
            passLost(lane.messages() - (known != null ? known.messages : stood.messages()));
        }
        final Cursor at = cursors.computeIfAbsent(lane.lane(), Cursor::new);
        at.publisher = lane.publisher();
        at.epoch = lane.epoch();
        at.position = Math.max(at.position, lane.position());
        at.messages = Math.max(at.messages, lane.messages());
    }

    /** Nothing more comes of a lane. */
    void laneEnd(final WireLaneEnd end) {
        if (cursors != null) {
            cursors.remove(end.lane());
            cursor = null;
        }
    }

    /** The peer lost so many messages since the flow began. How many more than it had told. */
    long lost(final long messages) {
        final long more = Math.max(0, messages - lostTold);
        lostTold += more;
        lostSaid = messages;
        lostAhead += more;
        if (more > 0) {
            sink.lost(more);
        }
        return more;
    }

    /** Where it stands, for a peer that has forgotten the flow; not more than a message takes. */
    List<LanePosition> points() {
        final List<LanePosition> points = new ArrayList<>();
        for (final Cursor at : cursors.values()) {
            if (points.size() < WireDescriptor.MAX_POINTS) {
                points.add(at.point());
            }
        }
        for (final LanePosition at : before.sequencedValues().reversed()) {
            if (points.size() < WireDescriptor.MAX_POINTS) {
                points.add(at);
            }
        }
        return points;
    }

    private void remember(final Cursor at) {
        before.putLast(at.publisher, at.point());
        if (before.size() > WireDescriptor.MAX_POINTS) {
            before.pollFirstEntry();
        }
    }

    /** Begins another flow into the same sink: the peer has forgotten this one. */
    void restart() {
        abort();
        base = sink.received();
        granted = 0;
        told = -window;
        // A peer that was cut off between LOST and LANE is asked with the point of before, and says the same once more.
        lostTold = lostAhead;
        lostSaid = 0;
        cursor = null;
        if (cursors != null) {
            cursors.values().forEach(this::remember);
            cursors.clear();
        }
    }

    /** The connection is lost, and the run with it, as far as it was not published. What was granted may not have arrived. */
    void abort() {
        sink.abort();
    }

    /** After a reconnect: what was told may not have arrived, and is told again. */
    void tellAgain() {
        told = received() - window;
    }

    /** A first grant, which the sink surely takes without being asked. */
    void assume(final long bytes) {
        granted = bytes;
    }

    /**
     * Tells the peer what was received, and how much more may come, if that is worth a message.
     *
     * @param quiet whether there is nothing else to do, so that even a little is worth it
     * @return whether it was told
     * @throws ProtocolException if what was kept aside is wrong
     */
    boolean grant(final Connection connection, final int flow, final boolean quiet) {
        // A client's lane has one reader, which is there before anything comes: nothing is ever late there.
        if (cursors == null && sink.catchUp() == FlowSink.PROTOCOL_ERROR) {
            throw new ProtocolException(sink.error());
        }
        final long received = received();
        final long unsaid = received - told;
        // Looking at the readers costs their cache lines: only when it may matter.
        if (unsaid < window / PARTS && granted - received >= window / 2 && !(quiet && unsaid > 0)) {
            return false;
        }
        final long limit = Math.max(granted, received + Math.min(sink.room(), window) & -WireDescriptor.ALIGNMENT);
        if (unsaid < window / PARTS && limit - granted < window / PARTS && !(quiet && (unsaid > 0 || limit > granted))
                || !connection.credit(flow, limit, received)) {
            return false;
        }
        granted = limit;
        told = received;
        return true;
    }
}
