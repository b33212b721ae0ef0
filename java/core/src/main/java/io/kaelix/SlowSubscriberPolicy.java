// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

/** What happens when a subscriber reads more slowly than its publishers write. */
public enum SlowSubscriberPolicy {
    /**
     * Publishers wait: no message is lost, and once a lane is full of what this subscriber has not read, its publisher's
     * offers answer {@link Publisher#BACK_PRESSURED}.
     */
    BLOCK,
    /**
     * Publishers never wait: when a lane comes round before the subscriber has read it, the subscriber catches up to within half a lane of
     * the publisher. What it passes over, which is more than what was overwritten, is lost to this subscriber alone and counted
     * exactly ({@link Subscriber#lost()}). Each message is copied out of the lane before it is handed over.
     */
    LOSSY,
    /**
     * Publishers wait as with {@link #BLOCK}, but not for ever: a subscriber that is too far behind, or has held a publisher up for too
     * long ({@link SubscriberConfig#maxLag}, {@link SubscriberConfig#maxStall}), is cut off, and its polls answer
     * {@link Subscriber#DISCONNECTED} from then on. Up to there it misses nothing. The message that its handler is at when it is cut off
     * may be overwritten in its hands: of the last message that was handed over before that answer, nothing is sure.
     */
    DISCONNECT
}
