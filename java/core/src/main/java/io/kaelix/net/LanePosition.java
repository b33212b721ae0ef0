// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

/**
 * Where a receiver stands in a lane of its peer: what it shows when it comes back to a peer that has forgotten its session.
 *
 * @param epoch of the streamer whose lane it is: {@link Flows#epoch}
 * @param publisher number of the lane in that streamer, never used again there
 * @param position behind the last frame received
 * @param messages of the lane that end before that, of all its streams: {@link OutRun#messagesBefore} of the last run, and those received
 *     of it
 */
public record LanePosition(long epoch, int publisher, long position, long messages) {
}
