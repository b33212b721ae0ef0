// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.MessagePriority;
import io.kaelix.Publisher;
import io.kaelix.PublisherConfig;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Which priorities a publisher drops at how much free space, and how many it has dropped.
 *
 * <p><b>Threads</b>: the publisher's; the counts may be read by any.
 */
final class Shedding {

    private static final MessagePriority[] PRIORITIES = MessagePriority.values();
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

    /** By priority: free bytes below which it is dropped. */
    private final long[] shares = new long[PRIORITIES.length];
    private final long[] dropped = new long[PRIORITIES.length];

    /**
     * @param config null for a publisher that drops nothing
     * @param capacity of the ring
     */
    Shedding(final PublisherConfig config, final int capacity) {
        for (final MessagePriority priority : PRIORITIES) {
            shares[priority.ordinal()] = config == null ? 0 : (long) capacity * config.share(priority) / 100;
        }
    }

    /** Free bytes below which a priority is dropped; 0 if it never is. */
    private long share(final MessagePriority priority) {
        return shares[priority.ordinal()];
    }

    /** Whether a message is dropped for its priority: it is counted then. What is too long is told so instead. */
    boolean sheds(final LaneSender sender, final MessagePriority priority, final int length) {
        if (length > sender.maxLength() || sender.isFree(share(priority))) {
            return false;
        }
        count(priority);
        return true;
    }

    /** What may be dropped is dropped, too, if there is no room for it. */
    long counted(final MessagePriority priority, final long result) {
        if (result != Publisher.BACK_PRESSURED || share(priority) == 0) {
            return result;
        }
        count(priority);
        return Publisher.DROPPED;
    }

    private void count(final MessagePriority priority) {
        COUNT.setOpaque(dropped, priority.ordinal(), dropped[priority.ordinal()] + 1);
    }

    long dropped(final MessagePriority priority) {
        return (long) COUNT.getOpaque(dropped, priority.ordinal());
    }
}
