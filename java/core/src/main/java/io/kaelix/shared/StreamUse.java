// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

/**
 * The first use of a stream by a lane of many.
 *
 * @param position of the lane that no frame of the stream lies before
 * @param frames messages that end before that
 */
public record StreamUse(int stream, long position, long frames) {
}
