// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Topic;
import io.kaelix.lane.Lane;

/**
 * A publisher as the registry knows it.
 *
 * @param lane that it writes
 * @param topic that it sends to
 * @param streamId number of that topic
 */
record Channel(Lane lane, Topic topic, int streamId) {
}
