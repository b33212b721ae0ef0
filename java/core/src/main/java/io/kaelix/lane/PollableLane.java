// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import io.kaelix.MessageHandler;
import io.kaelix.message.BatchColumns;
import io.kaelix.message.FrameMatches;
import io.kaelix.message.FrameMessage;

/** A reader of one lane, gating or lossy. */
public sealed interface PollableLane permits LaneReader, LossyLaneReader {

    /** Frames that a poll passes over at the most. */
    int MOST_PASSED_OVER = 4096;

    /** The lane that it reads. */
    Lane lane();

    /** Position that it really started at. */
    long start();

    /** Frames of the lane before {@link #start}, exactly; of all its streams. */
    long framesBefore();

    /** Position up to which it has read. */
    long position();

    /** Frames that were overwritten before it read them, exactly; of all streams of the lane, whichever it wants. */
    long lost();

    /**
     * Hands over frames, in order, until there are no more or {@code limit} is reached. A frame whose handler throws counts as read.
     *
     * @param message pointed at each frame in turn
     * @return how many frames were handed over
     * @throws io.kaelix.KaelixException if the lane is corrupt; the reader stays where it is
     */
    int poll(FrameMessage message, MessageHandler handler, int limit);

    /**
     * The same for a reader that wants some of the lane's streams: passes over the frames of others, at most {@value #MOST_PASSED_OVER} of
     * them, so that a lane full of them is left after a while.
     *
     * @param streams ids of those that are handed over
     * @return how many frames were handed over; {@link #position} tells whether others were passed over
     * @throws io.kaelix.KaelixException if the lane is corrupt; the reader stays where it is
     */
    int pollMatching(FrameMessage message, MessageHandler handler, int limit, StreamSet streams);

    /**
     * The same for a reader that wants only what a filter holds for. Looks at {@value #MOST_PASSED_OVER} frames or a few more.
     *
     * @param streams ids of those that are handed over; null for all
     * @param matches of this reader, with the filter
     * @return how many frames were handed over
     * @throws io.kaelix.KaelixException if the lane is corrupt; the reader stays where it is
     */
    int pollWhere(FrameMessage message, MessageHandler handler, int limit, StreamSet streams, FrameMatches matches);

    /**
     * Takes frames into a batch, in order. A gating reader leaves them where they are, at most half a ring of them, and holds the writer up
     * until {@link #release}; a lossy one copies them.
     *
     * @param batch with room for {@code limit} more
     * @param message shows the frames of the batch: those of the ring, or its copies
     * @param limit most frames if all are wanted; else the batch may be filled
     * @param streams ids of those that are taken; null for all
     * @param matches with the filter for those that are taken; null for all
     * @return how many were taken
     * @throws io.kaelix.KaelixException if the lane is corrupt; nothing was taken then
     */
    int take(BatchColumns batch, FrameMessage message, int limit, StreamSet streams, FrameMatches matches);

    /** What was taken is not needed any more. Without effect if nothing was. */
    void release();

    /** Whether the lane is closed, or closed to this reader, and all that it will get was handed over. */
    boolean isDrained();

    /** From any thread: the poll that is under way stops before the next frame, later ones hand over nothing. */
    void requestLeave();

    /** Detaches it. Under the registry's lock, when no poll is under way; once. */
    void leave();
}
