// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * Implements the API over lanes.
 *
 * <pre>
 *   LocalStreamer ──► Registry (one lock) ──► Channel: a publisher's lane, the streams that it has carried
 *        ▲  ▲             │       │               ▲
 *        │  │             │       └► Interest: a pattern, the streams that match; found by topic in the PatternIndex
 *        │  │             │             │         │
 *        │  │             └──► Subscription ──────┘  one LaneFeed for each lane that matches
 *        │  │                       ▲
 *        │  ├── LaneSubscriber ─────┤                one interest: its own
 *        │  ├── PushReader ─────────┘                one interest for each handler; polled by a PushWorker
 *        │  ├── LanePublisher ────────► LaneSender ──► LaneWriter
 *        └──┴── LaneStreamPublisher ──────┘
 * </pre>
 *
 * <p>A lane of one topic is attached to who matches when it is made. A lane of many streams is, with each stream, before the first frame of that:
 * its readers pass over the streams that they do not want, but for those that want all, and those that fan out to handlers.
 *
 * <p>Handlers are called, and idle streams expire, on the workers of the {@link io.kaelix.engine.Crew}: a {@link io.kaelix.engine.PushWorker} is the duty of one.
 *
 * <p>Who joins or leaves does so under the registry's lock, so that each pair of a lane and a subscription meets exactly once; the hot
 * paths take no lock and read one field for changes. The registry knows channels and subscriptions, never the objects that users
 * hold: a publisher or subscriber that was forgotten is found by the garbage collector, and then closed.
 */
package io.kaelix.engine;
