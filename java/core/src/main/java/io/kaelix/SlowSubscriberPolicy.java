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
    LOSSY
}
