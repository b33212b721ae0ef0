// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import io.kaelix.KaelixException;
import io.kaelix.memory.NativeMemory;
import io.kaelix.message.BatchColumns;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameFilter;
import io.kaelix.message.FrameMessage;

/**
 * One gating reader puts a message into a batch that is more than a frame of its lane: in parts, or with a payload elsewhere. It is copied,
 * so that the batch does not hold the lane. All before it was released.
 */
final class LaneCopy {

    private final LaneReader reader;
    private final PartReader parts;
    private final Lane lane;
    private final BatchColumns batch;
    private final FrameMessage message;
    private final StreamSet streams;
    private final FrameFilter filter;

    LaneCopy(final LaneReader reader, final PartReader parts, final BatchColumns batch, final FrameMessage message, final StreamSet streams,
            final FrameFilter filter) {
        this.reader = reader;
        this.parts = parts;
        this.lane = reader.lane();
        this.batch = batch;
        this.message = message;
        this.streams = streams;
        this.filter = filter;
    }

    /**
     * Takes the message whose frame, or next part, lies at a position. The reader stands behind what was taken then.
     *
     * @return whether that was passed over, so that this may be done for what comes next
     * @throws KaelixException if it is corrupt, or there is no memory for it: the reader stands before it then; or it is one of a file
     *     that was cut
     */
    boolean take(final long at) {
        reader.moveTo(at);
        if (at != reader.published()) {
            // Not released: rows that lie in the lane may follow what is passed over here.
            reader.publish(at);
        }
        final long index = at & lane.capacity() - 1L;
        final long frame = lane.ring() + index;
        final long firstWord = NativeMemory.getLongAcquire(frame);
        final int word = FrameDescriptor.length(firstWord);
        final int flags = FrameDescriptor.flags(firstWord);
        if (!reader.isActive()) {
            return false;
        }
        if (FrameDescriptor.isPart(flags)) {
            takeParts();
            return false;
        }
        final int step = LengthCheck.frame(word, index, lane.capacity(), LaneDescriptor.maxFrameLength(lane.capacity()), lane);
        if (message.wrap(frame, word, flags)) {
            return takeShown(word, step);
        }
        if (!reader.isActiveStill()) {
            return false;
        }
        reader.passOver(message, at, word);
        reader.pass(step);
        return true;
    }

    /** Until one message is complete that is wanted, or no more parts follow. */
    private void takeParts() {
        for (int taken = 0; taken < PollableLane.MOST_PARTS; taken++) {
            final int part = parts.take(message, streams, taken > 0);
            if (part == PartReader.NONE) {
                return;
            }
            final boolean wanted = part == FrameMessage.WHOLE && message.isWanted(filter);
            if (wanted) {
                // Before the last part is passed: without room the message is not lost, but taken once more.
                batch.makeRoom(message.plainLength(), lane.capacity() >> 1);
            }
            parts.pass();
            if (wanted) {
                message.deliver(whole -> batch.addCopyOf(message));
                return;
            }
        }
    }

    private boolean takeShown(final int word, final int step) {
        if (!reader.isActiveStill()) {
            return false;
        }
        if (!isWanted(step)) {
            filter.passOver(1);
            message.clear();
            reader.pass(step);
            return true;
        }
        final int size = batch.size();
        batch.makeRoom(message.plainLength(), lane.capacity() >> 1);
        final boolean added;
        try {
            added = batch.addCopyOf(message);
        } catch (final KaelixException | InternalError cut) {
            passUnreadable(step);
            throw cut;
        }
        // What its frame has beside the reference was copied from the ring.
        if (!reader.isActiveStill()) {
            batch.truncate(size);
            return false;
        }
        if (!added) {
            throw LengthCheck.corruptHeaders(word, reader.next() & lane.capacity() - 1L, lane);
        }
        reader.pass(step);
        return false;
    }

    private boolean isWanted(final int step) {
        if (filter == null) {
            return true;
        }
        try {
            final boolean holds = filter.holds(message);
            message.checkWhole();
            return holds;
        } catch (final KaelixException | InternalError cut) {
            passUnreadable(step);
            throw cut;
        }
    }

    /** Of a file that was cut: told, and passed, unless the batch has messages of other lanes that are to be handed over before. */
    private void passUnreadable(final int step) {
        if (batch.size() == 0) {
            reader.pass(step);
        }
    }
}
