// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.time.Instant;
import java.util.Objects;

/**
 * Where a subscriber starts in the lanes of the publishers that are there already; in those to come it starts with the first message.
 *
 * <p>A lane keeps its last messages until they are overwritten: about as many bytes as it is large. Messages have different lengths,
 * so that a lane can be read only from known boundaries: publishers leave a mark about each sixteenth of the lane, and the last two turns
 * are marked. What begins before the tail begins at a mark. {@link Subscriber#lanes} tells where a subscriber really started in
 * each lane, and how many messages lay before.
 *
 * <p>Lanes of publishers that were closed are not there any more for who comes later.
 */
public sealed interface Start {

    /** With the messages that are sent after the subscriber was created. */
    static Start latest() {
        return Latest.INSTANCE;
    }

    /** With the oldest message that is there still, behind a mark. */
    static Start oldest() {
        return Oldest.INSTANCE;
    }

    /**
     * With the newest mark that is older than a time: nothing that was sent at that time or later is missed, if it is there still, and some
     * messages may come that were sent before. Marks carry the publisher's wall clock, in milliseconds; a clock that was set back in
     * between makes it start too early or too late.
     */
    static Start at(final Instant time) {
        return new At(time);
    }

    /** See {@link Start#latest}. */
    record Latest() implements Start {

        private static final Latest INSTANCE = new Latest();
    }

    /** See {@link Start#oldest}. */
    record Oldest() implements Start {

        private static final Oldest INSTANCE = new Oldest();
    }

    /**
     * See {@link Start#at}.
     *
     * @param time of the first message wanted
     */
    record At(Instant time) implements Start {

        /** Checks that there is one. */
        public At {
            Objects.requireNonNull(time, "time");
        }
    }
}
