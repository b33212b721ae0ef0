// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

/**
 * What a publisher drops when its lane fills up. Immutable: each {@code with} makes a changed copy.
 *
 * <p>For each {@link MessagePriority} but {@link MessagePriority#CRITICAL}, a share of the lane, in percent: when less than that is free,
 * what is offered with that priority is dropped, counted, and answered by {@link Publisher#DROPPED}. What subscribers have not received
 * yet takes space, with its headers. A share of 0 drops nothing.
 *
 * {@snippet :
 * Publisher publisher = streamer.publisher("quotes.eu", PublisherConfig.defaults().withLow(75));
 * publisher.offer(MessagePriority.LOW, "101.25".getBytes(), 0, 6);
 * }
 *
 * @param high percent of the lane below which {@link MessagePriority#HIGH} is dropped; 10 by default
 * @param normal the same for {@link MessagePriority#NORMAL}; 25 by default
 * @param low the same for {@link MessagePriority#LOW}; 50 by default
 */
public record PublisherConfig(int high, int normal, int low) {

    private static final PublisherConfig DEFAULTS = new PublisherConfig(10, 25, 50);

    /** Readers tell a publisher how far they are each sixteenth of a lane: more is never sure to be free. */
    private static final int MOST = 90;

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if a share is out of range, or a lower priority would be dropped later than a higher one
     */
    public PublisherConfig {
        if (high < 0 || normal < high || low < normal || low > MOST) {
            throw new IllegalArgumentException("shares must not fall with the priority and be from 0 to " + MOST + " percent, not "
                    + high + " (high), " + normal + " (normal), " + low + " (low)");
        }
    }

    /** Drops low priority when less than half of the lane is free, normal at a quarter, high at a tenth. */
    public static PublisherConfig defaults() {
        return DEFAULTS;
    }

    /** Another share for {@link MessagePriority#HIGH}. */
    public PublisherConfig withHigh(final int percent) {
        return new PublisherConfig(percent, normal, low);
    }

    /** Another share for {@link MessagePriority#NORMAL}. */
    public PublisherConfig withNormal(final int percent) {
        return new PublisherConfig(high, percent, low);
    }

    /** Another share for {@link MessagePriority#LOW}. */
    public PublisherConfig withLow(final int percent) {
        return new PublisherConfig(high, normal, percent);
    }

    /** Percent of the lane below which a priority is dropped; 0 for {@link MessagePriority#CRITICAL}. */
    public int share(final MessagePriority priority) {
        return priority == MessagePriority.CRITICAL ? 0
                : priority == MessagePriority.HIGH ? high
                : priority == MessagePriority.NORMAL ? normal : low;
    }
}
