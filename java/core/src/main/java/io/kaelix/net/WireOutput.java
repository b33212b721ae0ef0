// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What is to be sent, in order: messages and what stands in front of runs lie in a buffer of this, frames where they are.
 *
 * <pre>
 *   buffers()   ┌ messages, header of run ┬ frames in a ring ┬ header of run ┬ frames in a ring ┬ messages ┐
 *                ▲ first()                                                                                 ▲ first() + count()
 * </pre>
 *
 * A vectored write takes them as they are and moves their positions; {@link #written} drops what is done. What a short write left, be
 * it the half of a header or of a frame, stands first the next time. Frames stay where they are until then.
 *
 * <p>One thread. Nothing is allocated once the buffers were used for the first time.
 */
final class WireOutput {

    private static final int FIRST_CAPACITY = 8 * 1024;

    private ByteBuffer control;
    private int controlEnd;
    private int controlPieces;
    /** Views of the control bytes that can be used again. */
    private final ByteBuffer[] idle;
    private int idleCount;
    private final ByteBuffer[] pieces;
    private final boolean[] isFrames;
    private int first;
    private int count;
    private long pending;
    private long runs;
    private long runsWritten;

    /**
     * @param mostPieces of memory that wait at once, at least 4: each run is two
     */
    WireOutput(final int mostPieces) {
        pieces = new ByteBuffer[2 * mostPieces];
        isFrames = new boolean[2 * mostPieces];
        idle = new ByteBuffer[mostPieces];
        newControl(FIRST_CAPACITY);
    }

    private void newControl(final int capacity) {
        control = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
        idleCount = 0;
    }

    /** Adds a message. Answers whether there was room for it; if not, nothing has changed, and there will be once more was written. */
    boolean message(final WireMessage message) {
        final int length = message.length();
        if (!hasRoom(length, 1)) {
            return false;
        }
        final int at = controlEnd;
        for (int i = at; i < at + length; i += Long.BYTES) {
            control.putLong(i, 0);
        }
        control.putLong(at, WireDescriptor.header(message.type(), message.flags(), message.flow(), length));
        message.encode(control, at);
        added(length);
        return true;
    }

    /** Adds a message that has no body. Answers as {@link #message}. */
    boolean bare(final WireType type, final int flow) {
        if (!hasRoom(WireDescriptor.HEADER_LENGTH, 1)) {
            return false;
        }
        control.putLong(controlEnd, WireDescriptor.header(type, 0, flow, WireDescriptor.HEADER_LENGTH));
        added(WireDescriptor.HEADER_LENGTH);
        return true;
    }

    /**
     * Adds a credit. Answers as {@link #message}.
     *
     * @param flow that it is for
     * @param limit bytes of frames since the flow began that the peer may send
     * @param acknowledged bytes of frames since the flow began that the peer need not keep any longer
     */
    boolean credit(final int flow, final long limit, final long acknowledged) {
        if (!hasRoom(WireDescriptor.CREDIT_LENGTH, 1)) {
            return false;
        }
        final int at = controlEnd;
        control.putLong(at, WireDescriptor.header(WireType.CREDIT, 0, flow, WireDescriptor.CREDIT_LENGTH));
        control.putLong(at + WireDescriptor.CREDIT_LIMIT_OFFSET, limit);
        control.putLong(at + WireDescriptor.CREDIT_ACKNOWLEDGED_OFFSET, acknowledged);
        added(WireDescriptor.CREDIT_LENGTH);
        return true;
    }

    /**
     * Adds a run. Answers as {@link #message}.
     *
     * @param flow that it belongs to
     * @param lane its number
     * @param epoch of the lane
     * @param position of the first frame in the lane
     * @param messagesBefore in the lane before that
     * @param origin of the messages, or 0
     * @param hops how often they were passed on
     * @param frames from its position to its limit, direct: a multiple of 8 bytes, more than none. It belongs to this until the run is
     *     {@linkplain #runsWritten written}
     */
    boolean run(final int flow, final int lane, final long epoch, final long position, final long messagesBefore, final long origin,
            final int hops, final ByteBuffer frames) {
        if (!hasRoom(WireDescriptor.RUN_LENGTH, 2)) {
            return false;
        }
        final int bytes = frames.remaining();
        final int at = controlEnd;
        control.putLong(at, WireDescriptor.header(WireType.RUN, 0, flow, WireDescriptor.RUN_LENGTH + bytes));
        control.putInt(at + WireDescriptor.RUN_LANE_OFFSET, lane);
        control.putInt(at + WireDescriptor.RUN_HOPS_OFFSET, hops & WireDescriptor.MAX_HOPS);
        control.putLong(at + WireDescriptor.RUN_EPOCH_OFFSET, epoch);
        control.putLong(at + WireDescriptor.RUN_POSITION_OFFSET, position);
        control.putLong(at + WireDescriptor.RUN_MESSAGES_OFFSET, messagesBefore);
        control.putLong(at + WireDescriptor.RUN_ORIGIN_OFFSET, origin);
        added(WireDescriptor.RUN_LENGTH);
        add(frames, bytes, true);
        runs++;
        return true;
    }

    /** Number of runs that were added until now. */
    long runs() {
        return runs;
    }

    /** Number of these whose buffers are not used any longer: the first ones, as they are written in order. */
    long runsWritten() {
        return runsWritten;
    }

    /** What is to be written, from {@link #first} on, {@link #count} of them. A write moves their positions. */
    ByteBuffer[] buffers() {
        return pieces;
    }

    /** Index of the first piece. */
    int first() {
        return first;
    }

    /** Number of pieces. */
    int count() {
        return count;
    }

    /** Bytes that wait. */
    long pending() {
        return pending;
    }

    /** So many bytes were written, as the positions show: drops the pieces that are done. */
    void written(final long bytes) {
        pending -= bytes;
        while (count > 0 && !pieces[first].hasRemaining()) {
            drop();
        }
    }

    /** Drops everything: the connection is gone. */
    void clear() {
        while (count > 0) {
            drop();
        }
        pending = 0;
    }

    private void drop() {
        if (isFrames[first]) {
            runsWritten++;
        } else {
            idle[idleCount++] = pieces[first];
            if (--controlPieces == 0) {
                controlEnd = 0;
            }
        }
        pieces[first] = null;
        first++;
        if (--count == 0) {
            first = 0;
        }
    }

    private boolean hasRoom(final int controlBytes, final int morePieces) {
        if (count + morePieces > pieces.length / 2) {
            return false;
        }
        if (controlBytes <= control.capacity() - controlEnd) {
            return true;
        }
        if (controlPieces == 0) {
            newControl(WireDescriptor.MAX_CONTROL_LENGTH);
            return true;
        }
        moveControlDown();
        return controlBytes <= control.capacity() - controlEnd;
    }

    /** Makes room of what was written of the control bytes, which is what lies in front of the first piece. */
    private void moveControlDown() {
        int by = -1;
        for (int i = first; i < first + count; i++) {
            if (!isFrames[i]) {
                final ByteBuffer piece = pieces[i];
                by = by < 0 ? piece.position() : by;
                final int position = piece.position() - by;
                piece.limit(piece.limit() - by).position(position);
            }
        }
        control.put(0, control, by, controlEnd - by);
        controlEnd -= by;
    }

    private void added(final int length) {
        final int last = first + count - 1;
        // What goes on in the same buffer, right behind, is one piece, also when the half of it was written.
        if (count > 0 && !isFrames[last]) {
            pieces[last].limit(controlEnd + length);
            pending += length;
        } else {
            final ByteBuffer piece = idleCount == 0 ? control.duplicate() : idle[--idleCount];
            add(piece.limit(controlEnd + length).position(controlEnd), length, false);
            controlPieces++;
        }
        controlEnd += length;
    }

    private void add(final ByteBuffer piece, final int bytes, final boolean frames) {
        if (first + count == pieces.length) {
            System.arraycopy(pieces, first, pieces, 0, count);
            System.arraycopy(isFrames, first, isFrames, 0, count);
            Arrays.fill(pieces, count, pieces.length, null);
            first = 0;
        }
        pieces[first + count] = piece;
        isFrames[first + count] = frames;
        count++;
        pending += bytes;
    }
}
