// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static io.kaelix.net.WireDescriptor.ALIGNMENT;
import static io.kaelix.net.WireDescriptor.MAX_FLOW;
import static io.kaelix.net.WireDescriptor.MAX_PARTITIONS_NAMED;
import static io.kaelix.net.WireDescriptor.MAX_PATTERN_LENGTH;
import static io.kaelix.net.WireDescriptor.MAX_POINTS;
import static io.kaelix.net.WireDescriptor.POINT_EPOCH_OFFSET;
import static io.kaelix.net.WireDescriptor.POINT_PUBLISHER_OFFSET;
import static io.kaelix.net.WireDescriptor.POINT_LENGTH;
import static io.kaelix.net.WireDescriptor.POINT_MESSAGES_OFFSET;
import static io.kaelix.net.WireDescriptor.POINT_POSITION_OFFSET;
import static io.kaelix.net.WireDescriptor.POINT_RESERVED_OFFSET;
import static io.kaelix.net.WireDescriptor.SUBSCRIBE_LAG_OFFSET;
import static io.kaelix.net.WireDescriptor.SUBSCRIBE_LENGTH;
import static io.kaelix.net.WireDescriptor.SUBSCRIBE_PARTITIONS_OFFSET;
import static io.kaelix.net.WireDescriptor.SUBSCRIBE_PATTERN_LENGTH_OFFSET;
import static io.kaelix.net.WireDescriptor.SUBSCRIBE_POINTS_OFFSET;
import static io.kaelix.net.WireDescriptor.SUBSCRIBE_POLICY_OFFSET;
import static io.kaelix.net.WireDescriptor.SUBSCRIBE_STALL_OFFSET;
import static io.kaelix.net.WireDescriptor.SUBSCRIBE_START_OFFSET;
import static io.kaelix.net.WireDescriptor.SUBSCRIBE_TIME_OFFSET;
import static io.kaelix.net.WireDescriptor.align;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.TopicPattern;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * A client asks for a flow.
 *
 * @param flow number that the client gives it, from 1 on, in use for no other
 * @param pattern of its topics
 * @param policy what happens when it is slow, or null for what the server is set to
 * @param maxLag bytes that it may be behind in a lane, or 0 for what the server is set to
 * @param maxStall nanoseconds that it may hold a publisher up for, or {@link #SERVERS_STALL} for what the server is set to
 * @param start where it begins in lanes that are there already, and are not among the points
 * @param partitions of each topic that it wants, ascending; none for all
 * @param points where it stopped in a session that is no more
 */
record WireSubscribe(int flow, TopicPattern pattern, SlowSubscriberPolicy policy, long maxLag, long maxStall, Start start,
        List<Integer> partitions, List<LanePosition> points) implements WireMessage {

    /** The server's own limit holds. */
    static final long SERVERS_STALL = -1;

    private static final int MAX_PARTITION = 0xFFFE;
    private static final int LATEST = 0;
    private static final int OLDEST = 1;
    private static final int AT = 2;

    WireSubscribe {
        WireMessage.require(flow > 0 && flow <= MAX_FLOW, "a subscription's flow is from 1 to " + MAX_FLOW, flow);
        Objects.requireNonNull(pattern, "pattern");
        WireText.check("a pattern", pattern.text(), MAX_PATTERN_LENGTH);
        WireMessage.require(maxLag >= 0, "the most lag is at least 0", maxLag);
        WireMessage.require(maxStall >= SERVERS_STALL, "the longest stall is at least -1", maxStall);
        if (start instanceof Start.At(final Instant time)) {
            start = Start.at(Instant.ofEpochMilli(millis(time)));
        }
        partitions = List.copyOf(partitions);
        WireMessage.require(partitions.size() <= MAX_PARTITIONS_NAMED, "at most " + MAX_PARTITIONS_NAMED + " partitions are named",
                partitions.size());
        for (int i = 0; i < partitions.size(); i++) {
            WireMessage.require(partitions.get(i) >= (i == 0 ? 0 : partitions.get(i - 1) + 1) && partitions.get(i) <= MAX_PARTITION,
                    "partitions ascend from 0 to " + MAX_PARTITION, partitions.get(i));
        }
        points = List.copyOf(points);
        WireMessage.require(points.size() <= MAX_POINTS, "at most " + MAX_POINTS + " points are named", points.size());
        for (final LanePosition point : points) {
            WireMessage.require(point.position() >= 0 && point.position() % ALIGNMENT == 0, "a position is a multiple of " + ALIGNMENT,
                    point.position());
            WireMessage.require(point.messages() >= 0, "a number of messages has no sign", point.messages());
        }
    }

    /** Times that are no 64 bits of milliseconds are those that are. */
    private static long millis(final Instant time) {
        try {
            return time.toEpochMilli();
        } catch (final ArithmeticException e) {
            return time.isBefore(Instant.EPOCH) ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    @Override
    public WireType type() {
        return WireType.SUBSCRIBE;
    }

    @Override
    public int length() {
        return align(SUBSCRIBE_LENGTH + POINT_LENGTH * points.size() + Short.BYTES * partitions.size() + WireText.length(pattern.text()));
    }

    @Override
    public void encode(final ByteBuffer target, final int at) {
        target.put(at + SUBSCRIBE_POLICY_OFFSET, (byte) WirePolicy.code(policy));
        target.put(at + SUBSCRIBE_START_OFFSET, (byte) switch (start) {
            case Start.Latest latest -> LATEST;
            case Start.Oldest oldest -> OLDEST;
            case Start.At time -> AT;
        });
        target.putShort(at + SUBSCRIBE_PATTERN_LENGTH_OFFSET, (short) WireText.length(pattern.text()));
        target.putShort(at + SUBSCRIBE_PARTITIONS_OFFSET, (short) partitions.size());
        target.putShort(at + SUBSCRIBE_POINTS_OFFSET, (short) points.size());
        target.putLong(at + SUBSCRIBE_LAG_OFFSET, maxLag);
        target.putLong(at + SUBSCRIBE_STALL_OFFSET, maxStall);
        target.putLong(at + SUBSCRIBE_TIME_OFFSET, start instanceof Start.At(final Instant time) ? millis(time) : 0);
        int next = at + SUBSCRIBE_LENGTH;
        for (final LanePosition point : points) {
            target.putInt(next + POINT_PUBLISHER_OFFSET, point.publisher());
            target.putLong(next + POINT_EPOCH_OFFSET, point.epoch());
            target.putLong(next + POINT_POSITION_OFFSET, point.position());
            target.putLong(next + POINT_MESSAGES_OFFSET, point.messages());
            next += POINT_LENGTH;
        }
        for (final int partition : partitions) {
            target.putShort(next, (short) partition);
            next += Short.BYTES;
        }
        WireText.put(pattern.text(), target, next);
    }

    static WireSubscribe decode(final WireBody body) {
        final int points = body.unsignedShort(SUBSCRIBE_POINTS_OFFSET);
        WireMessage.require(points <= MAX_POINTS, "at most " + MAX_POINTS + " points are named", points);
        final int partitions = body.unsignedShort(SUBSCRIBE_PARTITIONS_OFFSET);
        WireMessage.require(partitions <= MAX_PARTITIONS_NAMED, "at most " + MAX_PARTITIONS_NAMED + " partitions are named", partitions);
        final int pattern = body.unsignedShort(SUBSCRIBE_PATTERN_LENGTH_OFFSET);
        WireMessage.require(pattern <= MAX_PATTERN_LENGTH, "a pattern has at most " + MAX_PATTERN_LENGTH + " bytes", pattern);
        final int partitionsAt = SUBSCRIBE_LENGTH + POINT_LENGTH * points;
        final int patternAt = partitionsAt + Short.BYTES * partitions;
        body.end(patternAt + pattern);
        return new WireSubscribe(body.flow(), TopicPattern.of(body.text(patternAt, pattern)),
                WirePolicy.of(body.unsignedByte(SUBSCRIBE_POLICY_OFFSET)), body.longInteger(SUBSCRIBE_LAG_OFFSET),
                body.longInteger(SUBSCRIBE_STALL_OFFSET), start(body), partitions(body, partitionsAt, partitions), points(body, points));
    }

    private static Start start(final WireBody body) {
        final long time = body.longInteger(SUBSCRIBE_TIME_OFFSET);
        final int start = body.unsignedByte(SUBSCRIBE_START_OFFSET);
        WireMessage.require(start <= AT, "a start is 0, 1 or 2", start);
        if (start == AT) {
            return Start.at(Instant.ofEpochMilli(time));
        }
        WireMessage.require(time == 0, "a time belongs to start " + AT + " alone, else it is 0", time);
        return start == LATEST ? Start.latest() : Start.oldest();
    }

    private static List<Integer> partitions(final WireBody body, final int offset, final int count) {
        final Integer[] partitions = new Integer[count];
        for (int i = 0; i < count; i++) {
            partitions[i] = body.unsignedShort(offset + Short.BYTES * i);
        }
        return List.of(partitions);
    }

    private static List<LanePosition> points(final WireBody body, final int count) {
        final LanePosition[] points = new LanePosition[count];
        for (int i = 0; i < count; i++) {
            final int at = SUBSCRIBE_LENGTH + POINT_LENGTH * i;
            body.reserved(at + POINT_RESERVED_OFFSET, at + POINT_EPOCH_OFFSET);
            points[i] = new LanePosition(body.longInteger(at + POINT_EPOCH_OFFSET), body.integer(at + POINT_PUBLISHER_OFFSET),
                    body.longInteger(at + POINT_POSITION_OFFSET), body.longInteger(at + POINT_MESSAGES_OFFSET));
        }
        return List.of(points);
    }
}
