// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

/**
 * A lane as one flow carries it.
 *
 * @param number within the flow: 0, 1, … in the order in which they appeared; not used again within it
 * @param epoch of the streamer whose lane it is: {@link Flows#epoch}
 * @param publisher number of the lane in that streamer, never used again there
 * @param start position that the flow begins at in it
 * @param messagesBefore messages of the lane that end before that, exactly; of all its streams
 * @param origin {@linkplain Flows#instance instance} that its messages were published at, 0 if that is this one
 * @param hops hosts that have passed them on until they came here: 0 if they were published here
 */
public record FlowLane(int number, long epoch, int publisher, long start, long messagesBefore, long origin, int hops) {
}
