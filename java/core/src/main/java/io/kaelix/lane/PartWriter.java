// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static io.kaelix.message.FrameDescriptor.FLAG_FRAGMENT;
import static io.kaelix.message.FrameDescriptor.FLAG_MORE;
import static io.kaelix.message.FrameDescriptor.HEADER_LENGTH;
import static io.kaelix.message.FrameDescriptor.TIMESTAMP_LENGTH;
import static io.kaelix.message.FrameDescriptor.TOTAL_LENGTH;
import static io.kaelix.message.FrameDescriptor.VERSION_BITS;

import io.kaelix.memory.NativeMemory;
import io.kaelix.message.FrameBuilder;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameEncoder;

/**
 * Writes messages that are longer than a lane's longest frame, as {@link FrameDescriptor} says, one at a time.
 *
 * <p>What a caller does, on the writer's thread:
 * <pre>
 *   parts.begin(…);
 *   try {
 *       position = parts.writeAll();          // all or nothing, or
 *       while (!parts.isComplete()) {
 *           position = parts.writeNext();     // one part, or BACK_PRESSURED
 *       }
 *   } finally {
 *       parts.end();                          // if it is not complete, tells the readers that it never will be
 *   }
 * </pre>
 * Each part is claimed with room for that mark behind it: so there always is, as long as nothing else is written between two parts.
 *
 * <p>Parts are shorter than the longest frame: while one is copied out by a reader the next one is copied in, and space comes back early.
 */
public final class PartWriter {

    /** Bytes of the frame that says that a message is given up. */
    private static final int ABORT_LENGTH = HEADER_LENGTH;

    private final LaneWriter writer;
    private final int partLength;
    private final int mostBytes;
    private final int maxFrameLength;

    private FrameBuilder builder;
    private Object source;
    private long offset;
    private int length;
    private int sent;
    private int headerLength;
    private int flags;
    private long timestamp;
    private int streamId;
    private int sequence;

    /** Over a lane's writer. */
    public PartWriter(final LaneWriter writer) {
        this.writer = writer;
        final int capacity = writer.lane().capacity();
        this.partLength = LaneDescriptor.partLength(capacity);
        this.maxFrameLength = writer.maxFrameLength();
        this.mostBytes = capacity / 2;
    }

    /** Most bytes of payload that {@link #writeAll} takes, with a timestamp and without headers. */
    public int maxLength() {
        final int header = HEADER_LENGTH + TIMESTAMP_LENGTH;
        int fits = 0;
        int exceeds = mostBytes;
        while (exceeds - fits > 1) {
            final int middle = fits + exceeds >>> 1;
            if (bytes(header, middle) <= mostBytes) {
                fits = middle;
            } else {
                exceeds = middle;
            }
        }
        return fits;
    }

    /** Bytes of the ring that a message takes, without padding. */
    private long bytes(final int header, final int payload) {
        final int first = firstLength(header);
        final long rest = Math.max(0, payload - (first - header - TOTAL_LENGTH));
        final int perPart = partLength - HEADER_LENGTH;
        final long middles = Math.max(0, rest - 1) / perPart;
        return first + middles * partLength + FrameDescriptor.step((int) (rest - middles * perPart) + HEADER_LENGTH);
    }

    /** Of a first part: as long as others, or longer if headers need it. It has payload, or nothing would tell that it was sent. */
    private int firstLength(final int header) {
        return Math.max(partLength, FrameDescriptor.step(header + TOTAL_LENGTH + FrameDescriptor.ALIGNMENT));
    }

    /**
     * Begins a message, longer than the longest frame.
     *
     * @param payload an array, a segment or a buffer that holds the range
     * @param sequence of all its parts
     */
    public void begin(final int streamId, final int sequence, final Object payload, final long offset, final int length,
            final long timestamp) {
        this.headerLength = FrameEncoder.headerLength(timestamp);
        this.flags = FrameEncoder.flags(headerLength);
        this.timestamp = timestamp;
        begin(streamId, sequence, payload, offset, length);
    }

    /** The same for what was built, to be left as it is until the {@link #end}. */
    public void begin(final int streamId, final int sequence, final FrameBuilder message) {
        // First, as it may throw.
        final Object payload = message.source();
        this.headerLength = message.headerLength();
        this.flags = message.flags();
        this.builder = message;
        begin(streamId, sequence, payload, message.sourceOffset(), message.payloadLength());
    }

    private void begin(final int streamId, final int sequence, final Object payload, final long offset, final int length) {
        this.streamId = streamId;
        this.sequence = sequence;
        this.source = payload;
        this.offset = offset;
        this.length = length;
        this.sent = 0;
    }

    /**
     * Writes all parts, or none.
     *
     * @return the position behind them; {@link LaneWriter#BACK_PRESSURED}, or {@link LaneWriter#TOO_LONG} if
     *     they never fit into half the ring
     */
    public long writeAll() {
        final long bytes = bytes(headerLength, length);
        if (firstLength(headerLength) + ABORT_LENGTH > maxFrameLength || bytes > mostBytes) {
            return LaneWriter.TOO_LONG;
        }
        // With the padding that the end of the ring may take, which is shorter than the longest frame, and
        // the mark: less than the whole ring.
        if (!writer.reserve((int) bytes + firstLength(headerLength) + 2 * ABORT_LENGTH)) {
            return LaneWriter.BACK_PRESSURED;
        }
        long position;
        do {
            position = writeNext();
        } while (position >= 0 && !isComplete());
        return position;
    }

    /**
     * Writes the next part.
     *
     * @return the position behind it, or {@link LaneWriter#BACK_PRESSURED}
     */
    public long writeNext() {
        final boolean first = sent == 0;
        final int header = first ? headerLength + TOTAL_LENGTH : HEADER_LENGTH;
        final int room = (first ? firstLength(headerLength) : partLength) - header;
        final int bytes = Math.min(room, length - sent);
        final boolean last = sent + bytes == length;
        final int frameLength = header + bytes;
        // What a part's time would tell is not when its message comes.
        writer.postponeSample();
        final long frame = writer.claim(last ? frameLength : frameLength + ABORT_LENGTH);
        if (frame < 0) {
            return frame;
        }
        if (first) {
            putFirst(frame);
        }
        FrameEncoder.putPart(frame + header, source, offset + sent, bytes);
        final int partFlags = first ? flags : VERSION_BITS | FLAG_FRAGMENT;
        final long position = last
                ? writer.commit(frameLength, partFlags, streamId, sequence)
                : writer.commitPart(frameLength, partFlags | FLAG_MORE, streamId, sequence);
        sent += bytes;
        return position;
    }

    private void putFirst(final long frame) {
        if (builder == null) {
            FrameEncoder.putTimestamp(frame, timestamp);
        } else {
            builder.encodeHeaders(frame);
        }
        NativeMemory.putLong(frame + headerLength, length);
    }

    /** Whether the last part was written. */
    public boolean isComplete() {
        return sent == length;
    }

    /** Ends the message that was begun. If it is not complete, but parts of it were written, that is written, too. */
    public void end() {
        if (sent > 0 && sent < length) {
            writer.postponeSample();
            // Granted, see above. Were it not, nothing may be written: readers drop the parts when the stream's next message begins.
            if (writer.claim(ABORT_LENGTH) >= 0) {
                writer.commitPart(ABORT_LENGTH, VERSION_BITS | FLAG_FRAGMENT | FLAG_MORE, streamId, sequence);
            }
        }
        forget();
    }

    /** The same where nobody reads on, because the lane has ended. */
    public void forget() {
        builder = null;
        source = null;
        sent = length;
    }
}
