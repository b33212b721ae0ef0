// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static io.kaelix.net.WireDescriptor.DECLARE_LENGTH;
import static io.kaelix.net.WireDescriptor.DECLARE_PARTITIONS_OFFSET;
import static io.kaelix.net.WireDescriptor.DECLARE_RESERVED_OFFSET;
import static io.kaelix.net.WireDescriptor.DECLARE_TOPIC_LENGTH_OFFSET;
import static io.kaelix.net.WireDescriptor.align;

import io.kaelix.Topic;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * How many partitions a topic has: the sender declares it, or {@linkplain #ASK asks}, and is answered by another DECLARE.
 *
 * @param topic that has them
 * @param partitions how many, or {@link #ASK}
 */
record WireDeclare(Topic topic, int partitions) implements WireMessage {

    /** In place of a number. */
    static final int ASK = 0;

    WireDeclare {
        Objects.requireNonNull(topic, "topic");
        WireMessage.require(partitions >= ASK && partitions <= 0xFFFF, "a topic has at most 65535 partitions", partitions);
    }

    @Override
    public WireType type() {
        return WireType.DECLARE;
    }

    @Override
    public int flow() {
        return 0;
    }

    @Override
    public int length() {
        return align(DECLARE_LENGTH + WireText.length(topic.name()));
    }

    @Override
    public void encode(final ByteBuffer target, final int at) {
        target.putShort(at + DECLARE_PARTITIONS_OFFSET, (short) partitions);
        target.putShort(at + DECLARE_TOPIC_LENGTH_OFFSET, (short) WireText.length(topic.name()));
        WireText.put(topic.name(), target, at + DECLARE_LENGTH);
    }

    static WireDeclare decode(final WireBody body) {
        body.reserved(DECLARE_RESERVED_OFFSET, DECLARE_LENGTH);
        final int topic = body.unsignedShort(DECLARE_TOPIC_LENGTH_OFFSET);
        body.end(DECLARE_LENGTH + topic);
        return new WireDeclare(Topic.of(body.text(DECLARE_LENGTH, topic)), body.unsignedShort(DECLARE_PARTITIONS_OFFSET));
    }
}
