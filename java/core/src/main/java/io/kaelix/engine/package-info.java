// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * Implements the API over lanes.
 *
 * <pre>
 *   LocalStreamer ──► Registry (one lock) ──► Channel: a publisher's lane, topic, stream id
 *        ▲  ▲             │                       ▲
 *        │  │             └──► Subscription ──────┘  one LaneFeed for each lane that matches
 *        │  │                       ▲
 *        │  └── LaneSubscriber ─────┘
 *        └───── LanePublisher ──► LaneWriter
 * </pre>
 *
 * <p>Who joins or leaves does so under the registry's lock, so that each pair of a lane and a subscription meets exactly once; the hot
 * paths take no lock and read one field for changes. The registry knows channels and subscriptions, never the objects that users
 * hold: a publisher or subscriber that was forgotten is found by the garbage collector, and then closed.
 */
package io.kaelix.engine;
