// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.aeron.archive.checksum.Checksum;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a killed process leaves at the end of a segment of a recording: the last fragment may be there in part. It was not recorded then, as
 * the position is told behind the write, and is taken away. A sum of each fragment says whether it is whole.
 */
final class SegmentRepair implements Checksum {

    private static final int HEADER_LENGTH = 32;
    private static final int FRAME_ALIGNMENT = 32;
    private static final long FACTOR = 0x9E37_79B9_7F4A_7C15L;

    private final UnsafeBuffer bytes = new UnsafeBuffer(0, 0);

    /** Only the thread of the Archive calls it. */
    @Override
    public int compute(final long address, final int offset, final int length) {
        bytes.wrap(address + offset, length);
        long sum = length;
        int at = 0;
        for (; at <= length - Long.BYTES; at += Long.BYTES) {
            sum = Long.rotateLeft(sum ^ bytes.getLong(at), 29) * FACTOR;
        }
        for (; at < length; at++) {
            sum = Long.rotateLeft(sum ^ bytes.getByte(at), 29) * FACTOR;
        }
        return (int) (sum >>> Integer.SIZE);
    }

    /** Takes the last fragment of a segment away. */
    static void cutLast(final Path segment) throws IOException {
        final ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            final long size = channel.size();
            long last = -1;
            for (long at = 0; at + HEADER_LENGTH <= size; ) {
                length.clear();
                channel.read(length, at);
                if (length.getInt(0) <= 0) {
                    break;
                }
                last = at;
                at += length.getInt(0) + FRAME_ALIGNMENT - 1 & -FRAME_ALIGNMENT;
            }
            if (last >= 0) {
                channel.truncate(last);
                channel.write(ByteBuffer.allocate(1), size - 1);
            }
        }
    }
}
