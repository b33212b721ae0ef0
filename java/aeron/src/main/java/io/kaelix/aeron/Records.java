// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.kaelix.Topic;
import io.kaelix.config.BridgeConfig;
import io.kaelix.net.FlowLane;
import io.kaelix.net.FlowSource;
import io.kaelix.net.OutRun;
import java.nio.charset.StandardCharsets;
import org.agrona.ExpandableDirectByteBuffer;

/**
 * Records other than runs that wait to be sent, in order. They go out as many in a message of Aeron as fit into one packet.
 *
 * <p>One thread. Nothing is allocated once it has grown.
 */
final class Records {

    private static final int FIRST_CAPACITY = 4 << 10;
    private static final int LANES_AT_ONCE = 64;

    private final ExpandableDirectByteBuffer buffer = new ExpandableDirectByteBuffer(FIRST_CAPACITY);
    private int sent;
    private int end;

    /** Whether some wait. */
    boolean isEmpty() {
        return sent == end;
    }

    /** Forgets those that wait. */
    void clear() {
        sent = 0;
        end = 0;
    }

    private int begin(final byte type, final int length) {
        final int at = end;
        final int whole = RecordDescriptor.aligned(length);
        buffer.setMemory(at, whole, (byte) 0);
        buffer.putInt(at, whole, LITTLE_ENDIAN);
        buffer.putByte(at + RecordDescriptor.TYPE_OFFSET, type);
        end += whole;
        return at;
    }

    void hello(final long instance, final long flow, final int shard, final BridgeConfig link, final int longest, final byte[] name) {
        final int at = begin(RecordDescriptor.HELLO, RecordDescriptor.HELLO_NAME_OFFSET + name.length);
        buffer.putInt(at + RecordDescriptor.HELLO_MAGIC_OFFSET, RecordDescriptor.MAGIC, LITTLE_ENDIAN);
        buffer.putShort(at + RecordDescriptor.HELLO_OLDEST_OFFSET, (short) RecordDescriptor.VERSION, LITTLE_ENDIAN);
        buffer.putShort(at + RecordDescriptor.HELLO_NEWEST_OFFSET, (short) RecordDescriptor.VERSION, LITTLE_ENDIAN);
        buffer.putLong(at + RecordDescriptor.HELLO_INSTANCE_OFFSET, instance, LITTLE_ENDIAN);
        buffer.putLong(at + RecordDescriptor.HELLO_FLOW_OFFSET, flow, LITTLE_ENDIAN);
        buffer.putShort(at + RecordDescriptor.HELLO_SHARD_OFFSET, (short) shard, LITTLE_ENDIAN);
        buffer.putShort(at + RecordDescriptor.HELLO_SHARDS_OFFSET, (short) link.shards(), LITTLE_ENDIAN);
        buffer.putByte(at + RecordDescriptor.HELLO_MODE_OFFSET, (byte) link.mode().ordinal());
        buffer.putInt(at + RecordDescriptor.HELLO_MAX_FRAME_OFFSET, longest, LITTLE_ENDIAN);
        buffer.putShort(at + RecordDescriptor.HELLO_NAME_LENGTH_OFFSET, (short) name.length, LITTLE_ENDIAN);
        buffer.putBytes(at + RecordDescriptor.HELLO_NAME_OFFSET, name);
    }

    void sync(final long messages, final long lost) {
        final int at = begin(RecordDescriptor.SYNC, RecordDescriptor.SYNC_LENGTH);
        buffer.putLong(at + RecordDescriptor.SYNC_MESSAGES_OFFSET, messages, LITTLE_ENDIAN);
        buffer.putLong(at + RecordDescriptor.SYNC_LOST_OFFSET, lost, LITTLE_ENDIAN);
    }

    void stream(final int number, final Topic topic, final int partition, final int partitions) {
        final byte[] text = topic.name().getBytes(StandardCharsets.US_ASCII);
        final int at = begin(RecordDescriptor.STREAM, RecordDescriptor.STREAM_TOPIC_OFFSET + text.length);
        buffer.putInt(at + RecordDescriptor.STREAM_NUMBER_OFFSET, number, LITTLE_ENDIAN);
        buffer.putShort(at + RecordDescriptor.STREAM_PARTITION_OFFSET, (short) partition, LITTLE_ENDIAN);
        buffer.putShort(at + RecordDescriptor.STREAM_PARTITIONS_OFFSET, (short) partitions, LITTLE_ENDIAN);
        buffer.putShort(at + RecordDescriptor.STREAM_TOPIC_LENGTH_OFFSET, (short) text.length, LITTLE_ENDIAN);
        buffer.putBytes(at + RecordDescriptor.STREAM_TOPIC_OFFSET, text);
    }

    void lane(final FlowLane lane) {
        final int at = begin(RecordDescriptor.LANE, RecordDescriptor.LANE_LENGTH);
        buffer.putInt(at + RecordDescriptor.LANE_NUMBER_OFFSET, lane.number(), LITTLE_ENDIAN);
        buffer.putInt(at + RecordDescriptor.LANE_PUBLISHER_OFFSET, lane.publisher(), LITTLE_ENDIAN);
        buffer.putLong(at + RecordDescriptor.LANE_EPOCH_OFFSET, lane.epoch(), LITTLE_ENDIAN);
        buffer.putLong(at + RecordDescriptor.LANE_ORIGIN_OFFSET, lane.origin(), LITTLE_ENDIAN);
        buffer.putByte(at + RecordDescriptor.LANE_HOPS_OFFSET, (byte) lane.hops());
        buffer.putLong(at + RecordDescriptor.LANE_POSITION_OFFSET, lane.start(), LITTLE_ENDIAN);
        buffer.putLong(at + RecordDescriptor.LANE_MESSAGES_OFFSET, lane.messagesBefore(), LITTLE_ENDIAN);
    }

    void laneEnd(final int lane) {
        buffer.putInt(begin(RecordDescriptor.LANE_END, RecordDescriptor.LANE_END_LENGTH) + RecordDescriptor.LANE_NUMBER_OFFSET, lane,
                LITTLE_ENDIAN);
    }

    void lost(final long total) {
        buffer.putLong(begin(RecordDescriptor.LOST, RecordDescriptor.LOST_LENGTH) + RecordDescriptor.LOST_TOTAL_OFFSET, total,
                LITTLE_ENDIAN);
    }

    void bye() {
        begin(RecordDescriptor.BYE, RecordDescriptor.HEADER_LENGTH);
    }

    /** What a receiver has to be told of before a run. @return bytes of it, about */
    int announce(final FlowSource source, final OutRun run) {
        if (run.isLaneNew()) {
            lane(source.lane(run.lane()));
        }
        for (int i = 0; i < run.newStreams(); i++) {
            final int stream = run.newStream(i);
            stream(stream, source.topic(stream), source.partition(stream), source.partitions(stream));
        }
        return run.newStreams() * RecordDescriptor.STREAM_TOPIC_OFFSET;
    }

    /** Lanes that have come, or ended, since the last call; of new ones not more than some. */
    void lanes(final FlowSource source) {
        for (int i = 0; i < LANES_AT_ONCE; i++) {
            final int lane = source.newLane();
            if (lane == FlowSource.NONE) {
                break;
            }
            lane(source.lane(lane));
        }
        for (int lane = source.endedLane(); lane != FlowSource.NONE; lane = source.endedLane()) {
            laneEnd(lane);
        }
    }

    /**
     * Offers what waits.
     *
     * @return a positive number if nothing waits any more; else what Aeron answered: see {@link Publication}
     */
    long flush(final ExclusivePublication publication) {
        final int most = publication.maxPayloadLength();
        while (sent < end) {
            int length = 0;
            while (sent + length < end) {
                final int next = buffer.getInt(sent + length, LITTLE_ENDIAN);
                if (length > 0 && length + next > most) {
                    break;
                }
                length += next;
            }
            final long result = publication.offer(buffer, sent, length);
            if (result < 0) {
                return result;
            }
            sent += length;
        }
        clear();
        return 1;
    }
}
