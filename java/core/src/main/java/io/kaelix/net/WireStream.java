// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static io.kaelix.net.WireDescriptor.MAX_FLOW;
import static io.kaelix.net.WireDescriptor.STREAM_LENGTH;
import static io.kaelix.net.WireDescriptor.STREAM_OFFSET;
import static io.kaelix.net.WireDescriptor.STREAM_PARTITIONS_OFFSET;
import static io.kaelix.net.WireDescriptor.STREAM_PARTITION_OFFSET;
import static io.kaelix.net.WireDescriptor.STREAM_RESERVED_OFFSET;
import static io.kaelix.net.WireDescriptor.STREAM_TOPIC_LENGTH_OFFSET;
import static io.kaelix.net.WireDescriptor.align;

import io.kaelix.Topic;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Which topic a stream id in the frames of a flow stands for, until another STREAM says otherwise.
 *
 * @param flow that it holds for
 * @param stream id in the frames
 * @param topic its name
 * @param partition of the topic
 * @param partitions that the topic has; 1 if it was not declared with any
 */
record WireStream(int flow, int stream, Topic topic, int partition, int partitions) implements WireMessage {

    WireStream {
        WireMessage.require(flow >= 0 && flow <= MAX_FLOW, "a flow is from 0 to " + MAX_FLOW, flow);
        WireMessage.require(stream >= 0, "a stream has no sign", stream);
        Objects.requireNonNull(topic, "topic");
        WireMessage.require(partitions >= 1 && partitions <= 0xFFFF, "a topic has 1 to 65535 partitions", partitions);
        WireMessage.require(partition >= 0 && partition < partitions, "a partition of " + partitions + " is below that", partition);
    }

    @Override
    public WireType type() {
        return WireType.STREAM;
    }

    @Override
    public int length() {
        return align(STREAM_LENGTH + WireText.length(topic.name()));
    }

    @Override
    public void encode(final ByteBuffer target, final int at) {
        target.putInt(at + STREAM_OFFSET, stream);
        target.putShort(at + STREAM_PARTITION_OFFSET, (short) partition);
        target.putShort(at + STREAM_PARTITIONS_OFFSET, (short) partitions);
        target.putShort(at + STREAM_TOPIC_LENGTH_OFFSET, (short) WireText.length(topic.name()));
        WireText.put(topic.name(), target, at + STREAM_LENGTH);
    }

    static WireStream decode(final WireBody body) {
        body.reserved(STREAM_RESERVED_OFFSET, STREAM_LENGTH);
        final int topic = body.unsignedShort(STREAM_TOPIC_LENGTH_OFFSET);
        body.end(STREAM_LENGTH + topic);
        return new WireStream(body.flow(), body.integer(STREAM_OFFSET), Topic.of(body.text(STREAM_LENGTH, topic)),
                body.unsignedShort(STREAM_PARTITION_OFFSET), body.unsignedShort(STREAM_PARTITIONS_OFFSET));
    }
}
