// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import io.kaelix.Topic;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/**
 * Reads a part of a recording to count what is in it. Messages of Aeron that are not whole are none; streams that were named before the part
 * begins are not counted.
 *
 * <p>One thread.
 */
final class RecordingScan implements FragmentHandler {

    private final StreamCounts counts;
    private long messages;
    private long lost;

    /** @param messages of the flow before the part, and those that were lost */
    RecordingScan(final StreamCounts counts, final long messages, final long lost) {
        this.counts = counts;
        this.messages = messages;
        this.lost = lost;
    }

    /** Messages of the flow up to the end. */
    long messages() {
        return messages;
    }

    /** Messages that were lost to the flow up to the end. */
    long lost() {
        return lost;
    }

    @Override
    public void onFragment(final DirectBuffer buffer, final int offset, final int length, final Header header) {
        final int end = offset + length;
        int at = offset;
        while (end - at >= RecordDescriptor.HEADER_LENGTH) {
            final int bytes = buffer.getInt(at, LITTLE_ENDIAN);
            if (bytes < RecordDescriptor.HEADER_LENGTH || bytes > end - at) {
                return;
            }
            record(buffer, at, bytes, header.position());
            at += bytes;
        }
        counts.recorded(header.position());
    }

    private void record(final DirectBuffer buffer, final int at, final int length, final long position) {
        switch (buffer.getByte(at + RecordDescriptor.TYPE_OFFSET)) {
            case RecordDescriptor.STREAM -> {
                final byte[] topic = new byte[buffer.getShort(at + RecordDescriptor.STREAM_TOPIC_LENGTH_OFFSET, LITTLE_ENDIAN) & 0xFFFF];
                buffer.getBytes(at + RecordDescriptor.STREAM_TOPIC_OFFSET, topic);
                counts.stream(buffer.getInt(at + RecordDescriptor.STREAM_NUMBER_OFFSET, LITTLE_ENDIAN),
                        Topic.of(new String(topic, StandardCharsets.US_ASCII)),
                        buffer.getShort(at + RecordDescriptor.STREAM_PARTITION_OFFSET, LITTLE_ENDIAN) & 0xFFFF);
            }
            case RecordDescriptor.RUN -> {
                messages = buffer.getLong(at + RecordDescriptor.RUN_FLOW_MESSAGES_OFFSET, LITTLE_ENDIAN)
                        + buffer.getInt(at + RecordDescriptor.RUN_COUNT_OFFSET, LITTLE_ENDIAN);
                counts.sent(buffer, at + RecordDescriptor.RUN_LENGTH, length - RecordDescriptor.RUN_LENGTH, position);
            }
            case RecordDescriptor.SYNC -> {
                messages = Math.max(messages, buffer.getLong(at + RecordDescriptor.SYNC_MESSAGES_OFFSET, LITTLE_ENDIAN));
                lost = buffer.getLong(at + RecordDescriptor.SYNC_LOST_OFFSET, LITTLE_ENDIAN);
            }
            case RecordDescriptor.LOST -> lost = buffer.getLong(at + RecordDescriptor.LOST_TOTAL_OFFSET, LITTLE_ENDIAN);
            default -> {
                // It counts nothing.
            }
        }
    }
}
