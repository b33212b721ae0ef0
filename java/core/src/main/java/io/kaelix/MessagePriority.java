// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

/**
 * What a message is worth when a lane fills up: the lower, the sooner it is dropped instead of sent. See {@link PublisherConfig}.
 *
 * <p>A priority decides whether a message is sent, never when: those that are sent arrive in the order they were sent.
 */
public enum MessagePriority {
    /** Never dropped: its offers answer {@link Publisher#BACK_PRESSURED} when the lane is full. */
    CRITICAL,
    /** Dropped last. */
    HIGH,
    /** Dropped before {@link #HIGH}. */
    NORMAL,
    /** Dropped first. */
    LOW
}
