// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.aeron.ControlledFragmentAssembler;
import io.aeron.Image;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;
import io.aeron.protocol.DataHeaderFlyweight;
import io.kaelix.KaelixException;
import io.kaelix.Topic;
import io.kaelix.net.FlowSink;
import java.nio.charset.StandardCharsets;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;

/**
 * What comes from one sender, for as long as Aeron holds the two together: its records are read, and given to its flow. A sender that breaks
 * the rules is heard no more.
 *
 * <p>One thread.
 */
final class InImage implements ControlledFragmentHandler {

    /** Packets in one turn. */
    private static final int FRAGMENTS = 64;

    private final Image image;
    private final InEnd end;
    private final ControlledFragmentAssembler assembler = new ControlledFragmentAssembler(this);
    private RemoteFlow flow;
    /** Positions in Aeron's stream before and behind the message in hand; before it, if it came in one piece. */
    private long begin;
    private long position;
    private boolean refused;
    private boolean closed;
    private boolean empty = true;

    InImage(final Image image, final InEnd end) {
        this.image = image;
        this.end = end;
    }

    Image image() {
        return image;
    }

    /** What it carries; null as long as its sender has not introduced itself. */
    RemoteFlow flow() {
        return flow;
    }

    /** Whether its sender is heard no more. */
    boolean isRefused() {
        return refused;
    }

    /** Whether the streamer is closed. */
    boolean isClosed() {
        return closed;
    }

    int turn() {
        if (refused || closed) {
            return 0;
        }
        if (flow != null) {
            flow.catchUp();
        }
        empty = true;
        final int fragments = image.controlledPoll(assembler, FRAGMENTS);
        empty &= fragments == 0;
        return fragments;
    }

    /** Whether there was nothing in its last turn. */
    boolean isEmpty() {
        return empty;
    }

    @Override
    public Action onFragment(final DirectBuffer buffer, final int offset, final int length, final Header header) {
        empty = false;
        final int behind = offset + length;
        int at = offset;
        position = header.position();
        begin = position - BitUtil.align(length + DataHeaderFlyweight.HEADER_LENGTH, FrameDescriptor.FRAME_ALIGNMENT);
        try {
            while (at < behind) {
                final int bytes = behind - at < RecordDescriptor.HEADER_LENGTH ? 0 : buffer.getInt(at, LITTLE_ENDIAN);
                if (bytes < RecordDescriptor.HEADER_LENGTH || bytes > behind - at || bytes % RecordDescriptor.ALIGNMENT != 0) {
                    throw new KaelixException("a record of " + bytes + " bytes, where " + (behind - at) + " are left");
                }
                if (!record(buffer, at, bytes)) {
                    return closed ? Action.BREAK : Action.ABORT;
                }
                at += bytes;
            }
        } catch (final RuntimeException offence) {
            // Whatever it is: Aeron would pass over the message, as if it had been taken in.
            refused = true;
            end.refused(this, AeronClient.text(offence));
            return Action.BREAK;
        }
        return Action.CONTINUE;
    }

    /** Whether it was taken in; if not, it comes again. */
    private boolean record(final DirectBuffer buffer, final int at, final int length) {
        final byte type = buffer.getByte(at + RecordDescriptor.TYPE_OFFSET);
        if (type == RecordDescriptor.RUN) {
            return run(buffer, at, length);
        }
        if (type == RecordDescriptor.HELLO) {
            return hello(buffer, at, length);
        }
        if (flow == null) {
            // It began before this listened: what it means comes with the next HELLO and SYNC.
            return true;
        }
        switch (type) {
            case RecordDescriptor.SYNC -> {
                flow.sync(get(buffer, at, length, RecordDescriptor.SYNC_MESSAGES_OFFSET),
                        get(buffer, at, length, RecordDescriptor.SYNC_LOST_OFFSET), begin);
                end.connected(this);
            }
            case RecordDescriptor.STREAM -> stream(buffer, at, length);
            case RecordDescriptor.LANE -> {
                atLeast(length, RecordDescriptor.LANE_LENGTH);
                flow.lane(buffer.getInt(at + RecordDescriptor.LANE_NUMBER_OFFSET, LITTLE_ENDIAN),
                        buffer.getLong(at + RecordDescriptor.LANE_ORIGIN_OFFSET, LITTLE_ENDIAN),
                        buffer.getByte(at + RecordDescriptor.LANE_HOPS_OFFSET) & 0xFF);
            }
            case RecordDescriptor.LANE_END -> {
                atLeast(length, RecordDescriptor.LANE_END_LENGTH);
                flow.laneEnd(buffer.getInt(at + RecordDescriptor.LANE_NUMBER_OFFSET, LITTLE_ENDIAN));
            }
            case RecordDescriptor.LOST -> flow.lost(get(buffer, at, length, RecordDescriptor.LOST_TOTAL_OFFSET));
            case RecordDescriptor.BYE -> {
                end.left(this, flow);
                flow = null;
            }
            default -> throw new KaelixException("a record of type " + type + ", which version " + RecordDescriptor.VERSION
                    + " does not have");
        }
        return true;
    }

    private static void atLeast(final int length, final int least) {
        if (length < least) {
            throw new KaelixException("a record of " + length + " bytes, where " + least + " are needed");
        }
    }

    private static long get(final DirectBuffer buffer, final int at, final int length, final int offset) {
        atLeast(length, offset + Long.BYTES);
        return buffer.getLong(at + offset, LITTLE_ENDIAN);
    }

    private boolean hello(final DirectBuffer buffer, final int at, final int length) {
        atLeast(length, RecordDescriptor.HELLO_NAME_OFFSET);
        final int magic = buffer.getInt(at + RecordDescriptor.HELLO_MAGIC_OFFSET, LITTLE_ENDIAN);
        if (magic != RecordDescriptor.MAGIC) {
            throw new KaelixException("what comes is not from a bridge: give the link a channel and stream of its own");
        }
        final int oldest = buffer.getShort(at + RecordDescriptor.HELLO_OLDEST_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
        final int newest = buffer.getShort(at + RecordDescriptor.HELLO_NEWEST_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
        if (oldest > RecordDescriptor.VERSION || newest < RecordDescriptor.VERSION) {
            throw new KaelixException("the sender speaks versions " + oldest + " to " + newest + " of the bridge's protocol, this end "
                    + RecordDescriptor.VERSION + ": bring both to the same release");
        }
        final int bytes = buffer.getShort(at + RecordDescriptor.HELLO_NAME_LENGTH_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
        if (bytes > RecordDescriptor.MAX_NAME_LENGTH) {
            throw new KaelixException("a name of " + bytes + " bytes");
        }
        atLeast(length, RecordDescriptor.HELLO_NAME_OFFSET + bytes);
        final int number = buffer.getShort(at + RecordDescriptor.HELLO_SHARD_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
        final int shards = buffer.getShort(at + RecordDescriptor.HELLO_SHARDS_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
        end.check(number, shards, buffer.getByte(at + RecordDescriptor.HELLO_MODE_OFFSET));
        final long which = buffer.getLong(at + RecordDescriptor.HELLO_FLOW_OFFSET, LITTLE_ENDIAN);
        if (flow != null && flow.number() == which) {
            return true;
        }
        if (flow != null) {
            if (!flow.isSettled()) {
                end.backPressured();
                return false;
            }
            end.left(this, flow);
            flow = null;
        }
        final byte[] name = new byte[bytes];
        buffer.getBytes(at + RecordDescriptor.HELLO_NAME_OFFSET, name);
        flow = end.flow(which, new String(name, StandardCharsets.UTF_8),
                buffer.getLong(at + RecordDescriptor.HELLO_INSTANCE_OFFSET, LITTLE_ENDIAN));
        if (flow == null) {
            end.backPressured();
            return false;
        }
        flow.begin();
        final int longest = buffer.getInt(at + RecordDescriptor.HELLO_MAX_FRAME_OFFSET, LITTLE_ENDIAN);
        if (longest > flow.maxFrameLength()) {
            throw new KaelixException("the sender's pieces have up to " + longest + " bytes, and lanes here take " + flow.maxFrameLength()
                    + ": give the sender's link a smaller max_frame_length, or this streamer larger lanes");
        }
        return true;
    }

    private void stream(final DirectBuffer buffer, final int at, final int length) {
        atLeast(length, RecordDescriptor.STREAM_TOPIC_OFFSET);
        final int bytes = buffer.getShort(at + RecordDescriptor.STREAM_TOPIC_LENGTH_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
        atLeast(length, RecordDescriptor.STREAM_TOPIC_OFFSET + bytes);
        final byte[] text = new byte[bytes];
        buffer.getBytes(at + RecordDescriptor.STREAM_TOPIC_OFFSET, text);
        final int partition = buffer.getShort(at + RecordDescriptor.STREAM_PARTITION_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
        final int partitions = buffer.getShort(at + RecordDescriptor.STREAM_PARTITIONS_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
        if (partition >= partitions) {
            throw new KaelixException("partition " + partition + " of " + partitions);
        }
        if (!flow.stream(buffer.getInt(at + RecordDescriptor.STREAM_NUMBER_OFFSET, LITTLE_ENDIAN),
                Topic.of(new String(text, StandardCharsets.US_ASCII)), partition, partitions)) {
            throw new KaelixException(flow.error());
        }
    }

    private boolean run(final DirectBuffer buffer, final int at, final int length) {
        if (flow == null || !flow.isKnown()) {
            return true;
        }
        if (length < RecordDescriptor.RUN_LENGTH + 2 * RecordDescriptor.ALIGNMENT
                || length - RecordDescriptor.RUN_LENGTH > flow.maxFrameLength()) {
            throw new KaelixException("a run of " + length + " bytes");
        }
        final int result = flow.run(buffer, at, length, position);
        if (result == FlowSink.PROTOCOL_ERROR) {
            throw new KaelixException(flow.error());
        }
        if (result == RemoteFlow.NO_ROOM) {
            end.backPressured();
        }
        closed = result == FlowSink.CLOSED;
        return result == 0;
    }
}
