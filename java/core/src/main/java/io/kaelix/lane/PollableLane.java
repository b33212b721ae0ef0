// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import io.kaelix.MessageHandler;
import io.kaelix.message.BatchColumns;
import io.kaelix.message.FrameMatches;
import io.kaelix.message.FrameMessage;
import io.kaelix.telemetry.LatencyHistogram;

/** A reader of one lane, gating or lossy. */
public sealed interface PollableLane permits LaneReader, LossyLaneReader {

    /** Frames that a poll passes over at the most. */
    int MOST_PASSED_OVER = 4096;

    /** Parts of messages that a poll takes at the most: a ring of them. */
    int MOST_PARTS = 32;

    /**
     * Has it record how long messages took from their commit to here, of those that the writer {@linkplain Lane#sampleLatency times}.
     * Before it is first polled; the histogram is written by the thread that polls.
     */
    void record(LatencyHistogram delivery);

    /** The lane that it reads. */
    Lane lane();

    /** Position that it really started at. */
    long start();

    /** Messages that end in the lane before {@link #start}, exactly; of all its streams. */
    long framesBefore();

    /** Position up to which it has read. */
    long position();

    /** Messages of the lane, of all its streams, that end before that: as {@link LaneWalk#framesBefore}. From any thread. */
    default long frames() {
        return LaneWalk.framesBefore(lane(), position());
    }

    /**
     * Messages that ended behind {@link #start} and were overwritten, all or a part of them, before they were read, exactly; of all streams
     * of the lane, whichever it wants. For a lossy reader that starts in the middle of a message, that one is among them. And messages
     * whose payload was gone, because all that gated the lane had passed them: of the streams that it wants.
     */
    long lost();

    /**
     * Hands over messages, in order, until there are no more or {@code limit} is reached. One whose handler throws counts as read. Of
     * messages in parts it takes at most {@value #MOST_PARTS} parts, and stops behind the last one: whether it handed over anything or not,
     * there may be more then.
     *
     * @param message pointed at each frame in turn; keeps the parts of what is not complete
     * @return how many messages were handed over
     * @throws io.kaelix.KaelixException if the lane is corrupt, or there is no memory for a message in parts; the reader stays where it is
     */
    int poll(FrameMessage message, MessageHandler handler, int limit);

    /**
     * The same for a reader that wants some of the lane's streams: passes over the frames of others, at most {@value #MOST_PASSED_OVER} of
     * them, so that a lane full of them is left after a while.
     *
     * @param streams ids of those that are handed over
     * @return how many messages were handed over; {@link #position} tells whether others were passed over
     * @throws io.kaelix.KaelixException as {@link #poll}
     */
    int pollMatching(FrameMessage message, MessageHandler handler, int limit, StreamSet streams);

    /**
     * The same for a reader that wants only what a filter holds for. Looks at {@value #MOST_PASSED_OVER} frames or a few more. A message
     * in parts is asked for when it is whole, one with a reference by the bytes that it refers to.
     *
     * @param streams ids of those that are handed over; null for all
     * @param matches of this reader, with the filter
     * @return how many messages were handed over
     * @throws io.kaelix.KaelixException as {@link #poll}
     */
    int pollWhere(FrameMessage message, MessageHandler handler, int limit, StreamSet streams, FrameMatches matches);

    /**
     * Takes messages into a batch, in order. A gating reader leaves their frames where they are, at most half a ring of them, and holds the
     * writer up until {@link #release}; a lossy one copies them. Ends before a message that is more than its frame, in parts or with a
     * reference; at one, takes that alone, a copy, and holds nobody up for it. Of its parts as many as {@link #poll}; 0 then, if it is
     * not complete.
     *
     * @param batch with room for {@code limit} more
     * @param message of this reader; {@linkplain FrameMessage#open open}
     * @param limit most messages if all are wanted; else the batch may be filled
     * @param streams ids of those that are taken; null for all
     * @param matches with the filter for those that are taken; null for all
     * @return how many were taken
     * @throws io.kaelix.KaelixException if the lane is corrupt, or there is no memory for a copy, and the reader stays where it is; or if
     *     a message is one of a file that was cut, which counts as read if the batch is empty. Nothing was taken then
     * @throws InternalError if a filter is asked of such a file; then likewise. {@link FrameMessage#explain} tells which
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
