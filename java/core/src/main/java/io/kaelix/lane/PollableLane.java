// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import io.kaelix.MessageHandler;
import io.kaelix.message.FrameMessage;

/** A reader of one lane, gating or lossy. */
public sealed interface PollableLane permits LaneReader, LossyLaneReader {

    /** The lane that it reads. */
    Lane lane();

    /** Position that it really started at. */
    long start();

    /** Position up to which it has read. */
    long position();

    /** Frames that were overwritten before it read them, exactly. */
    long lost();

    /**
     * Hands over frames, in order, until there are no more or {@code limit} is reached. A frame whose handler throws counts as read.
     *
     * @param message pointed at each frame in turn
     * @return how many frames were handed over
     * @throws io.kaelix.KaelixException if the lane is corrupt; the reader stays where it is
     */
    int poll(FrameMessage message, MessageHandler handler, int limit);

    /** Whether the lane is closed, or closed to this reader, and all that it will get was handed over. */
    boolean isDrained();

    /** From any thread: the poll that is under way stops before the next frame, later ones hand over nothing. */
    void requestLeave();

    /** Detaches it. Under the registry's lock, when no poll is under way; once. */
    void leave();
}
